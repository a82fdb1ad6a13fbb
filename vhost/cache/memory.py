"""What an earlier scan of a place knows: which files need not be read again, and which claims go on."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vhost.cache.build import connection, literal
from vhost.cache.scan import Scan, read
from vhost.text import unescape

Stamp = tuple[int, int, int, int]

DOUBTFUL: Stamp = (-1, -1, -1, -1)
"""The stamp that no file has: the file was known, but has to be read again."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The last segment of a scan key: its facts and its paths.

    `machines` are the paths that held machines, `known` the stamps of files; `DOUBTFUL` if one was not read well.
    """

    segment: Path
    scan: Scan
    paths: frozenset[str]
    machines: frozenset[str]
    known: Mapping[str, Stamp]


def recalled(segment: Path | None) -> Memory | None:
    """Return what a segment knows; None without one, or if it is damaged."""
    if segment is None:
        return None
    try:
        with connection() as con:
            return _recalled(con, segment)
    except (duckdb.Error, ValueError, TypeError):
        return None


def _recalled(con: duckdb.DuckDBPyConnection, segment: Path) -> Memory:
    scan = read(con, segment)
    rows = con.execute(
        "SELECT path, bool_or(line IS NOT NULL), bool_or(stale OR finding IS NOT NULL),"
        " any_value(device), any_value(inode), any_value(size), any_value(epoch_ns(mtime))"
        f" FROM read_parquet({literal(os.fspath(segment))}) GROUP BY path"
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
