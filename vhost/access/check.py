"""Checks hosts: an ICMP echo first, then, where it is wanted, a login by ssh without a password."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from vhost.access.targets import Target
from vhost.errors import VhostError
from vhost.reach import Limits, Reply, probe
from vhost.reach.table import UP_FILE
from vhost.transport.connections import Connections
from vhost.transport.hosts import host

MOST: Final = 256
"""Hosts that may be checked at a time."""

Told = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How hosts are checked: `trials` of each kind, `seconds` that a ping waits, or that pass between two logins.

    `user` logs in where a target names nobody itself; `parallel` hosts are checked at a time.
    """

    ssh: bool = False
    user: str | None = None
    ping_trials: int = 1
    ping_seconds: float = 1.0
    ssh_trials: int = 1
    ssh_seconds: float = 1.0
    parallel: int = 32


@dataclass(frozen=True, slots=True)
class Checked:
    """A target after its check; None is what was not checked. `seconds` is the time of the echo, if it was measured."""

    target: Target
    ping: bool | None = None
    ssh: bool | None = None
    seconds: float | None = None
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the host passed everything that it was asked."""
        return bool(self.ping) and self.ssh is not False


def checked(targets: Sequence[Target], manner: Manner, told: Told | None = None) -> list[Checked]:
    """Return the targets after their checks, in their order.

    Raises `UsageError` for a static table that cannot be read, `ProgramFailed` where nothing can send an echo request.
    """
    limits = Limits(
        seconds=manner.ping_seconds,
        tries=manner.ping_trials,
        total=3600.0,
        parallel=manner.parallel,
    )
    replies = probe({one.host for one in targets if one.host}, "ping", limits, told=told)
    found = [_pinged(one, replies.get(one.host)) for one in targets]
    return _logged_in(found, manner) if manner.ssh else found


def _pinged(target: Target, reply: Reply | None) -> Checked:
    if reply is None:
        return Checked(target, ping=False, problem=target.problem)
    return Checked(target, ping=reply.up, seconds=reply.seconds, problem=reply.problem)


def _logged_in(found: Sequence[Checked], manner: Manner) -> list[Checked]:
    """Return the targets that answer with the result of a login; a static table knows that, too."""
    if os.environ.get(UP_FILE):
        replies = probe({one.target.host for one in found if one.ping}, "ssh")
        return [replace(one, ssh=replies[one.target.host].up) if one.ping else one for one in found]
    connections = Connections()
    try:
        with ThreadPoolExecutor(manner.parallel) as threads:
            return list(threads.map(lambda one: _login(one, manner, connections) if one.ping else one, found))
    finally:
        connections.close()


def _login(one: Checked, manner: Manner, connections: Connections) -> Checked:
    user = one.target.user or manner.user
    problem = ""
    for trial in range(manner.ssh_trials):
        try:
            account = host(f"{user}@{one.target.host}" if user else one.target.host)
            if trial:
                time.sleep(manner.ssh_seconds)
                connections.forget(account)
            connections.open(account)
        except VhostError as error:
            problem = error.problem
        else:
            return replace(one, ssh=True)
    return replace(one, ssh=False, problem=problem)
