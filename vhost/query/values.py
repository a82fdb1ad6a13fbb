"""The values of a field, for the completion of a word: distinct ones that begin alike, from the last snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vhost.cache.snapshot import left
from vhost.record import COLUMNS


def beginning(directories: Sequence[Path], field: int, prefix: str, most: int) -> list[str]:
    """Return at most so many values of a field, sorted; nothing where no snapshot is there. Nothing is rebuilt."""
    column = COLUMNS[field - 1]
    found: set[str] = set()
    for directory in directories:
        with left(directory) as con:
            if con is not None:
                rows = con.execute(
                    f'SELECT DISTINCT "{column}"::VARCHAR AS value FROM machine'
                    " WHERE starts_with(value, ?) ORDER BY value LIMIT ?",
                    [prefix, most],
                )
                found.update(value for (value,) in rows.fetchall())
    return sorted(found)[:most]
