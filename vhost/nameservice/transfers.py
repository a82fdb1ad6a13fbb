"""Fetches zones: many at a time onto the disk, then one after the other into claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import ClassVar, Final

import duckdb

from scanners.dns import transfer, zone_reader
from scanners.dns.transfer import Fetched, Limits, Wanted
from scanners.dns.wire_names import Malformed
from vhost.cache.claim_buffer import Buffer, Buffered, DnsSource
from vhost.cache.dns_segment import KnownZone, known_zone, updated
from vhost.cache.scan import brief
from vhost.discover import Progress, Step, run
from vhost.nameservice.request import Place, ZonesWanted
from vhost.nameservice.store import key

_HOW: Final = {"whole": "fetched", "changes": "updated", "same": "unchanged"}


def fetched(wanted: ZonesWanted, work: Path, directory: Path | None, progress: Progress | None = None) -> list[Place]:
    """Return what the servers gave of the zones, compared with what the database in `directory` knows of them.

    `work` is a directory for files that are needed until the claims are stored.
    """
    known = {} if wanted.whole or directory is None else _known(wanted, directory)
    tasks = [
        Wanted(
            server=server,
            zone=zone,
            key=wanted.key,
            serial=known[root(server, zone)].serial if root(server, zone) in known else None,
        )
        for server in wanted.servers
        for zone in wanted.zones
    ]
    came = run(_Transfers(tasks, work, wanted.limits), threads=wanted.threads, progress=progress).found
    by_task = {one.wanted: one for one in came}
    return [_read(by_task[task], known.get(root(task.server, task.zone))) for task in tasks]


def root(server: object, zone: str) -> str:
    """Return the name of the place."""
    return f"{server}/{zone}"


def _known(wanted: ZonesWanted, directory: Path) -> dict[str, KnownZone]:
    places = [root(server, zone) for server in wanted.servers for zone in wanted.zones]
    found = {place: known_zone(directory, key(place)) for place in places}
    return {place: zone for place, zone in found.items() if zone is not None}


@dataclass(frozen=True, slots=True)
class _Came:
    """What a server sent, in a file; or what went wrong."""

    wanted: Wanted
    path: Path
    fetched: Fetched | None = None
    problem: str = ""


class _Transfers:
    """Fetches zones; see `vhost.discover.Scanner`."""

    name: ClassVar[str] = "dns"

    def __init__(self, tasks: Iterable[Wanted], work: Path, limits: Limits) -> None:
        self.tasks, self.work, self.limits = list(tasks), work, limits
        self.numbers = count()

    def begin(self) -> Iterable[Wanted]:
        return reversed(self.tasks)

    def step(self, task: Wanted) -> Step[Wanted, _Came]:
        """Fetch one zone into a file of its own."""
        path = self.work / f"{next(self.numbers)}.wire"
        try:
            with path.open("w+b") as sink:
                return Step([_Came(task, path, transfer.fetch(task, sink, self.limits))])
        except Malformed as problem:
            return Step([_Came(task, path, problem=f"sends what is no zone: {problem}")])
        except OSError as problem:
            return Step([_Came(task, path, problem=problem.strerror or str(problem) or "cannot be reached")])


def _read(came: _Came, known: KnownZone | None) -> Place:
    server, zone = came.wanted.server, came.wanted.zone
    place = Place(root=root(server, zone), what=f"{zone} at {server}", how=_HOW["whole"])
    if came.fetched is None:
        place.fail(came.problem)
        return place
    try:
        place.claims = _claims(came.fetched, came.path, known)
    except Malformed as problem:
        place.fail(f"sends what is no zone: {problem}")
    except (OSError, duckdb.Error) as problem:
        place.fail(f"cannot be kept: {brief(problem)}")
    else:
        place.how = _HOW[came.fetched.style]
    finally:
        came.path.unlink(missing_ok=True)
    return place


def _claims(came: Fetched, path: Path, known: KnownZone | None) -> Buffered:
    """Return the claims of a transfer, of which the last may be what tells that it was forged. Raises `Malformed`."""
    source = DnsSource(
        server=str(came.wanted.server), zone=came.wanted.zone, serial=came.serial, seen_at=datetime.now(UTC)
    )
    with path.open("rb") as file, Buffer(path.with_suffix(".arrow"), "dns") as buffer:
        if came.style == "whole" or known is None:
            for block in zone_reader.blocks(came, file):
                buffer.add_dns(source, block.owners, block.types, block.values, block.ttls)
        else:
            changes = zone_reader.changes(came, file)
            with updated(known, changes.removed, changes.added, source) as reader:
                buffer.add_batches(reader)
    return buffer.buffered()
