"""What an earlier scan of a place knows: which files need not be read again, and which claims go on."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vhost.cache.build import connection
from vhost.cache.scan import Scan, literal, read
from vhost.text import unescape

Stamp = tuple[int, int, int, int]

DOUBTFUL: Stamp = (-1, -1, -1, -1)
"""The stamp that no file has: the file was known, but has to be read again."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The last segment of a scan key: its facts and its paths.

    `machines` are the paths that held machines, `known` the stamps of files; `DOUBTFUL` if one was not read.
    """

    segment: Path
    scan: Scan
    paths: frozenset[str]
    machines: frozenset[str]
    known: Mapping[str, Stamp]


def recalled(segments: Iterable[Path]) -> Memory | None:
    """Return what the first segment that can be read knows; None if there is none."""
    with connection() as con:
        for segment in segments:
            with suppress(duckdb.Error, ValueError, TypeError):
                return _recalled(con, segment)
    return None


def _recalled(con: duckdb.DuckDBPyConnection, segment: Path) -> Memory:
    scan = read(con, segment)
    rows = con.execute(
        "SELECT path, bool_or(line IS NOT NULL) AS speaks,"
        " bool_or(stale) OR (bool_or(finding IS NOT NULL) AND NOT speaks),"
        " any_value(device), any_value(inode), any_value(size), any_value(epoch_ns(mtime))"
        f" FROM read_parquet({literal(os.fspath(segment))}) WHERE inode IS NOT NULL GROUP BY path"
    ).fetchall()
    known: dict[str, Stamp] = {}
    for path, _, doubtful, device, inode, size, mtime in rows:
        unsure = doubtful or None in (device, inode, size, mtime)
        known[unescape(path)] = DOUBTFUL if unsure else (device, inode, size, mtime)
    machines = frozenset(unescape(row[0]) for row in rows if row[1])
    return Memory(segment, scan, frozenset(unescape(row[0]) for row in rows), machines, known)


def below(path: str, places: Collection[str]) -> bool:
    """Tell whether the path is one of the places, or below one."""
    if not places:
        return False
    while path not in places:
        parent = path.rpartition("/")[0]
        if parent in {path, ""}:
            return "/" in places
        path = parent
    return True
