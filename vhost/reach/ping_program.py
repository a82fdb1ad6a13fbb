"""Asks for ICMP echoes with the program `ping`, which is allowed to where we are not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from time import monotonic

from vhost.process import ProgramFailed, run
from vhost.reach.reply import LATE, SILENT, Limits, Reply

_THREADS = 32
_TIME = re.compile(rb"time[=<]([0-9.]+) ?ms")


def ask(
    addresses: Collection[str], limits: Limits, told: Callable[[int, int, int], None] | None = None
) -> dict[str, Reply]:
    """Return the reply of every numeric address. Raises `ProgramFailed` if there is no such program."""
    program = shutil.which("ping")
    if program is None:
        raise ProgramFailed(
            "ping", "is not installed, and sockets for ICMP are not allowed", "see net.ipv4.ping_group_range"
        )
    end = monotonic() + limits.total

    def one(address: str) -> Reply:
        return _asked(program, address, limits) if monotonic() < end else LATE

    found: dict[str, Reply] = {}
    up = 0
    with ThreadPoolExecutor(min(_THREADS, limits.parallel)) as threads:
        for address, reply in zip(addresses, threads.map(one, addresses), strict=True):
            found[address] = reply
            up += reply.up
            if told is not None:
                told(len(found), len(addresses) - len(found), up)
    return found


def _asked(program: str, address: str, limits: Limits) -> Reply:
    wait = max(1, ceil(limits.seconds))
    for _ in range(limits.tries):
        try:
            done = run([program, "-n", "-c", "1", "-W", str(wait), address], seconds=wait + 5)
        except ProgramFailed as error:
            return Reply(up=False, problem=error.problem)
        if done.code == 0:
            took = _TIME.search(done.stdout)
            return Reply(up=True, seconds=float(took[1]) / 1000 if took else None)
    return SILENT
