"""Databases as they were: read again from the scans that are kept of each place.

What was known at a time are the newest scans of every place until then. A place has its last few scans only
(`vhost.cache.segment.KEPT`); where those of that time are gone, the oldest one stands in for them, and a user is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb

from vhost.cache import manifest
from vhost.cache.manifest import Manifest, Source
from vhost.cache.place import OLD_BINDINGS, OLD_MACHINES, SCANS, existing
from vhost.cache.scan import Report, Scan, brief, read
from vhost.cache.snapshot import Hint, Snapshot, build_into

_FIRST = 1
"""The number of the first segment of a place."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One scan that a database keeps: its file and its facts."""

    directory: Path
    source: Source
    scan: Scan

    @property
    def at(self) -> datetime:
        """Return when the scan was made, in UTC without a zone."""
        return _in_utc(datetime.fromisoformat(self.scan.seen_at))


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def kept(directories: Sequence[Path], skipped: Report) -> list[Kept]:
    """Return the scans that databases keep, the oldest first; what is damaged is reported and left out.

    Raises `vhost.errors.DatabaseMissing`.
    """
    found: list[Kept] = []
    with duckdb.connect(":memory:") as con:
        for directory in dict.fromkeys(directories):
            for source in manifest.taken(existing(directory)):
                if source.name.startswith(f"{SCANS}/"):
                    try:
                        found.append(Kept(directory, source, read(con, directory / source.name)))
                    except (duckdb.Error, ValueError, TypeError, KeyError) as error:
                        skipped(f"{directory}/{source.name}", brief(error))
    return sorted(found, key=lambda one: (one.at, one.source))


@contextmanager
def past(scans: Sequence[Kept], directories: Sequence[Path], until: datetime, hint: Hint) -> Iterator[Snapshot]:
    """Return the databases as they were at a time (UTC, without a zone), in memory.

    Raises `vhost.errors.DatabaseUnusable`.
    """
    con = duckdb.connect(":memory:")
    try:
        wanted = tuple(dict.fromkeys(directories))
        for number, directory in enumerate(wanted):
            sources = _until([one for one in scans if one.directory == directory], directory, until, hint)
            build_into(con, f"db{number}", directory, hint, sources=sources)
        _use(con, len(wanted))
        yield Snapshot(con, wanted)
    finally:
        con.close()


def _use(con: duckdb.DuckDBPyConnection, count: int) -> None:
    if count == 1:
        con.execute("USE db0")
        return
    from vhost.cache.union import unite  # noqa: PLC0415 - most calls name one database

    unite(con, [f"db{number}" for number in range(count)])


def _until(scans: Sequence[Kept], directory: Path, until: datetime, hint: Hint) -> Manifest:
    """Return the sources of that time; the old files have no history and are taken as they are."""
    found = [source for source in manifest.taken(directory) if source.name in {OLD_MACHINES, OLD_BINDINGS}]
    by_place = groupby(sorted(scans, key=lambda one: one.source), key=lambda one: one.source.folder)
    for _, group in by_place:
        place = sorted(group, key=lambda one: one.source.number)
        known = [one.source for one in place if one.at <= until]
        if not known and place[0].source.number > _FIRST:
            taken = f"the scans of that time are not kept, taken is that of {_time(place[0])}"
            hint(f"{directory}: {place[0].scan.root}: {taken}")
            known = [place[0].source]
        found += known
    return tuple(sorted(found))


def _time(one: Kept) -> str:
    return f"{one.at.isoformat(timespec='seconds')}Z"
