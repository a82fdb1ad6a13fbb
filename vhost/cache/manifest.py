"""The manifest: what a snapshot was made from, so that a change of any source is noticed.

Sources are compared by name, size, mtime and inode, never by age: an older file that was copied
into place is as new to the cache as any other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vhost.cache.place import OLD_BINDINGS, OLD_MACHINES, SCANS, segment_number


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One file that claims come from: its path below the database, and how `stat` saw it."""

    name: str
    size: int
    mtime_ns: int
    inode: int

    @property
    def number(self) -> int:
        """Return the number of a segment; 0 for an old file."""
        return segment_number(self.name.rsplit("/", 1)[-1]) or 0

    @property
    def folder(self) -> str:
        """Return the directory of a segment below the database; empty for an old file."""
        return self.name.rpartition("/")[0]


Manifest = tuple[Source, ...]


def taken(directory: Path) -> Manifest:
    """Return the sources of a database as they are now, in the order of their names."""
    return tuple(sorted(_sources(directory)))


def _sources(directory: Path) -> Iterator[Source]:
    for name in (OLD_MACHINES, OLD_BINDINGS):
        yield from _stated(directory, name)
    scans = directory / SCANS
    for key in _listed(scans):
        for name in _listed(scans / key):
            if segment_number(name) is not None:
                yield from _stated(directory, f"{SCANS}/{key}/{name}")


def _listed(directory: Path) -> list[str]:
    try:
        return os.listdir(directory)  # noqa: PTH208 - names are all that is wanted, on the way of every query
    except OSError:
        return []


def _stated(directory: Path, name: str) -> Iterator[Source]:
    try:
        stat = (directory / name).stat()
    except OSError:  # pruned by another publisher between listing and stat
        return
    yield Source(name, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def written(manifest: Manifest) -> str:
    """Return the manifest as one text, to be stored in a snapshot and compared as it is."""
    return "\n".join(f"{s.size} {s.mtime_ns} {s.inode} {os.fsencode(s.name).hex()}" for s in manifest)
