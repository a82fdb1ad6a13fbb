"""Removes what a database no longer needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from vhost.cache import history, manifest
from vhost.cache.build import connection
from vhost.cache.place import LINK, SCANS, snapshots
from vhost.cache.publish import locked, sweep


def prune(directory: Path, keep: int, before: datetime | None = None) -> Iterator[str]:
    """Remove all but the last `keep` scans of each place and all but the newest snapshot; return their names.

    `before` removes events of the history before this time (UTC, without a zone), but for the last one of every
    machine that is still there. The old files are never touched. Raises `vhost.errors.DatabaseUnusable`.
    """
    with locked(directory):
        yield from sweep(directory)
        for name in [*_older_segments(directory, keep), *_older_snapshots(directory)]:
            (directory / name).unlink(missing_ok=True)
            yield name
        if before is not None:
            with connection() as con:
                yield f"{history.prune(con, directory, before)} events of the history"


def _older_segments(directory: Path, keep: int) -> Iterator[str]:
    segments = [source for source in manifest.taken(directory) if source.name.startswith(f"{SCANS}/")]
    for _, group in groupby(segments, key=lambda source: source.folder):
        ordered = sorted(group, key=lambda source: source.number)
        yield from (source.name for source in ordered[:-keep])


def _older_snapshots(directory: Path) -> Iterator[str]:
    link = directory / LINK
    current = link.readlink().name if link.is_symlink() else ""
    yield from (name for _, name in snapshots(directory) if name != current)
