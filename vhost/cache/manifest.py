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
        return segment_number(os.path.basename(self.name)) or 0


Manifest = tuple[Source, ...]


def taken(directory: Path) -> Manifest:
    """Return the sources of a database as they are now, in the order of their names."""
    return tuple(sorted(_sources(os.fspath(directory))))


def _sources(directory: str) -> Iterator[Source]:
    for name in (OLD_MACHINES, OLD_BINDINGS):
        yield from _stated(directory, name)
    scans = os.path.join(directory, SCANS)
    try:
        keys = [entry.name for entry in os.scandir(scans) if entry.is_dir()]
    except OSError:
        return
    for key in keys:
        for name in _listed(os.path.join(scans, key)):
            if segment_number(name) is not None:
                yield from _stated(directory, os.path.join(SCANS, key, name))


def _listed(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _stated(directory: str, name: str) -> Iterator[Source]:
    try:
        stat = os.stat(os.path.join(directory, name))
    except OSError:  # pruned by another publisher between listing and stat
        return
    yield Source(name, stat.st_size, stat.st_mtime_ns, stat.st_ino)


def written(manifest: Manifest) -> str:
    """Return the manifest as one text, to be stored in a snapshot and compared as it is."""
    return "\n".join(f"{s.size} {s.mtime_ns} {s.inode} {os.fsencode(s.name).hex()}" for s in manifest)
