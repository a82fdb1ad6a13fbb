"""Looks whether the files of machines in collisions are still there: only a look at the disk can tell.

Only files that this host saw itself are looked for, on the file system that the claim names: where it is not mounted
now, nothing is known. A server that does not answer holds nobody up: the looks run in threads that end with the call.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import duckdb

from scanners.mounts import Table, parse
from vhost.host import observer, own_name
from vhost.text import unescape

SECONDS = 10.0
THREADS = 8
_BATCH = 500

_CLAIMED = """
SELECT DISTINCT machine_id, path, mount FROM claim SEMI JOIN member USING (machine_id)
WHERE observer = ? AND source_host = ? AND path IS NOT NULL AND mount IS NOT NULL
"""

Claimed = tuple[str, str, str]
"""Machine, path and file system."""


def looked_for(con: duckdb.DuckDBPyConnection, seconds: float = SECONDS) -> None:
    """Make the table `gone`: the machines of which this host finds no file at any path that it knows."""
    claimed = con.execute(_CLAIMED, [observer(), own_name()]).fetchall()
    seen = _seen(claimed, seconds)
    gone = {machine for machine, *_ in seen} - {machine for machine, is_there in seen if is_there}
    con.execute("CREATE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS machine_id", [sorted(gone)])


def _seen(claimed: Sequence[Claimed], seconds: float) -> list[tuple[str, bool]]:
    """Return for each file that could be looked for whether it is there; those without an answer are missing."""
    table = parse(os.fsdecode(_mountinfo()))
    waiting: SimpleQueue[Sequence[Claimed]] = SimpleQueue()
    answered: SimpleQueue[list[tuple[str, bool]]] = SimpleQueue()
    batches = [claimed[at : at + _BATCH] for at in range(0, len(claimed), _BATCH)]
    for batch in batches:
        waiting.put(batch)
    for _ in range(min(THREADS, len(batches))):
        Thread(target=_look, args=(waiting, answered, table), daemon=True).start()
    return [one for batch in _collected(answered, len(batches), seconds) for one in batch]


def _mountinfo() -> bytes:
    try:
        return Path("/proc/self/mountinfo").read_bytes()
    except OSError:
        return b""


def _collected(
    answered: SimpleQueue[list[tuple[str, bool]]], count: int, seconds: float
) -> Iterable[list[tuple[str, bool]]]:
    end = monotonic() + seconds
    for _ in range(count):
        try:
            yield answered.get(timeout=max(0.0, end - monotonic()))
        except Empty:
            return


def _look(waiting: SimpleQueue[Sequence[Claimed]], answered: SimpleQueue[list[tuple[str, bool]]], table: Table) -> None:
    identities: dict[int, str] = {}
    while True:
        try:
            batch = waiting.get_nowait()
        except Empty:
            return
        found = []
        for machine, path, mount in batch:
            name = unescape(path)
            held = table.find(name)
            if held is not None and identities.setdefault(held.number, table.identity(held)) == mount:
                found.append((machine, _is_there(name)))
        answered.put(found)


def _is_there(path: str) -> bool:
    """Tell whether a file is there; True where that cannot be known."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
