"""The files of a database: what its sources and its snapshot hold, and how large they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from vhost.cache import manifest, old_claims, oldfiles
from vhost.cache.place import LINK, OLD_BINDINGS, OLD_MACHINES, existing, snapshots
from vhost.cache.publish import locked, sweep
from vhost.errors import VhostError


@dataclass(frozen=True, slots=True)
class Stored:
    """One file: its path, the KiB it takes on disk, and how many records it holds; None if it cannot be read."""

    path: Path
    kib: int
    records: int | None


def sources(directory: Path) -> list[Stored]:
    """Return the old files of a database, and the newest segment of every scan. Raises `DatabaseMissing`."""
    by_folder = groupby(manifest.taken(existing(directory)), key=lambda source: source.folder or source.name)
    newest = [max(group, key=lambda source: source.number) for _, group in by_folder]
    return [_stored(directory / source.name) for source in newest]


def snapshot(directory: Path) -> list[Stored]:
    """Return the snapshot that queries read, none if there is none yet. Raises `DatabaseMissing`."""
    link = existing(directory) / LINK
    return [_stored(Path(os.path.realpath(link)))] if link.exists() else []


def _stored(path: Path) -> Stored:
    size = 0
    with suppress(OSError):
        facts = path.stat()
        size = facts.st_blocks // 2
        if not stat.S_ISREG(facts.st_mode):  # a pipe would be waited for
            return Stored(path, size, None)
    with suppress(OSError, VhostError, duckdb.Error):
        return Stored(path, size, _count(path))
    return Stored(path, size, None)


def _count(path: Path) -> int:
    if path.name == OLD_BINDINGS:
        return len(oldfiles.bindings(path))
    if path.suffix == ".duckdb":
        with duckdb.connect(os.fspath(path), read_only=True) as con:
            return _first(con, "SELECT count(*) FROM machine WHERE NOT repeated")
    with duckdb.connect(":memory:") as con:
        if path.name == OLD_MACHINES:
            return old_claims.count(con, path)
        return _first(con, "SELECT count(*) FROM read_parquet(?)", os.fspath(path))


def _first(con: duckdb.DuckDBPyConnection, sql: str, *params: str) -> int:
    row = con.execute(sql, list(params)).fetchone()
    return int(row[0]) if row else 0


def clear(directory: Path, *, snapshots_too: bool) -> Iterator[Path]:
    """Remove what killed publishers left behind, perhaps all snapshots as well; return the paths that are gone.

    Sources are never touched; the next query publishes anew. Raises `DatabaseMissing` or `DatabaseUnusable`.
    """
    with locked(existing(directory)):
        yield from (directory / name for name in sweep(directory))
        for name in [LINK, *(name for _, name in snapshots(directory))] if snapshots_too else []:
            path = directory / name
            if path.is_symlink() or path.exists():
                path.unlink(missing_ok=True)
                yield path
