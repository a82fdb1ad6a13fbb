"""Segments: the Parquet files that hold what one scan of one place said.

A segment carries the facts of its scan in its Parquet metadata, so that a copied or mounted
`scans/` directory of another site is complete in itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from vhost.cache import columns
from vhost.cache.addresses import forms_of_addresses
from vhost.cache.build import connection
from vhost.cache.place import SCANS, segment_number
from vhost.cache.scan import METADATA, Scan, brief, literal
from vhost.errors import DatabaseUnusable
from vhost.schema import PROVENANCE, SEGMENT, Column, quoted, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vhost.claims import Observation

KEPT = 3
"""How many segments of one scan key are kept."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What of the last segment goes on into the next one.

    `unchanged` are paths that hold what they held; `stale` are paths that could not be looked at;
    `kept` are paths that this scan was not asked about (another session type).
    """

    segment: Path
    unchanged: Sequence[str] = ()
    stale: Sequence[str] = ()
    kept: Sequence[str] = ()


def newest_first(directory: Path, key: str) -> list[Path]:
    """Return the segments of a scan key, the last one first."""
    return [path for _, path in reversed(_numbered(directory / SCANS / key))]


def _numbered(folder: Path) -> list[tuple[int, Path]]:
    try:
        found = [(segment_number(entry.name), entry) for entry in folder.iterdir()]
    except OSError:
        return []
    return sorted((number, path) for number, path in found if number is not None)


def write(directory: Path, scan: Scan, found: Sequence[Observation], carried: Carried | None = None) -> Path:
    """Write a segment of machine claims and return its path. Raises as `placed` does."""
    return placed(directory, scan, lambda target: copy(target, scan, found, carried))


def placed(directory: Path, scan: Scan, make: Callable[[Path], None]) -> Path:
    """Return the path of a segment that `make` has written; only the last few of its key are kept.

    The caller holds the lock of the database. Raises `DatabaseUnusable` if it cannot be written.
    """
    folder = directory / SCANS / scan.key
    folder.mkdir(parents=True, exist_ok=True)
    present = _numbered(folder)
    number = present[-1][0] + 1 if present else 1
    temporary, final = folder / f".{number:08}.{os.getpid()}.tmp", folder / f"{number:08}.parquet"
    try:
        make(temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.rename(final)
    except (OSError, duckdb.Error) as error:
        raise DatabaseUnusable(
            str(folder), f"the scan cannot be stored: {brief(error)}", "nothing was changed"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    for _, path in present[: 1 - KEPT] if KEPT > 1 else present:
        path.unlink(missing_ok=True)
    return final


def copy(target: Path, scan: Scan, found: Sequence[Observation], carried: Carried | None) -> None:
    """Write the rows of a segment: what was found, and what is carried on."""
    with connection(target.with_suffix(".spill")) as con:
        con.register("raw", columns.table(found))
        forms = forms_of_addresses(con, "SELECT split_part(line, ';', 7) AS spelling FROM raw")
        parts = [_fresh(scan, forms=forms)]
        if carried is not None:
            con.register("carried", _paths(carried))
            parts += [_unchanged(scan, carried.segment), _kept(scan, carried.segment)]
        save(con, " UNION ALL ".join(parts), target, scan)


def save(con: duckdb.DuckDBPyConnection, rows: str, target: Path, scan: Scan) -> None:
    """Write the rows of a SELECT statement as a Parquet file that carries the facts of its scan."""
    metadata = f"KV_METADATA {{{METADATA}: {literal(scan.written())}}}"
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384, {metadata}"
    con.execute(f"COPY ({rows}) TO {literal(os.fspath(target))} ({options})")


def _paths(carried: Carried) -> object:
    import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

    from vhost.text import escape  # noqa: PLC0415 - beside it

    marked = {"unchanged": carried.unchanged, "stale": carried.stale, "kept": carried.kept}
    rows = [(escape(path), mark) for mark, paths in marked.items() for path in paths]
    return pa.table(
        {
            "path": pa.array([row[0] for row in rows], pa.string()),
            "mark": pa.array([row[1] for row in rows], pa.string()),
        }
    )


def _fresh(scan: Scan, *, forms: bool) -> str:
    return _select(
        "raw",
        _stamp(scan, stale="false"),
        f"line, {typed(lambda number: f's[{number}]', forms=forms)}",
        "*, string_split(line, ';') AS s",
    )


def _unchanged(scan: Scan, segment: Path) -> str:
    return _again(segment, _stamp(scan, stale="false"), "unchanged")


def _kept(scan: Scan, segment: Path) -> str:
    old = {"scan_id": literal(scan.scan_id), "stale": "stale OR mark = 'stale'"}
    return _again(segment, old, "stale", "kept")


def _again(segment: Path, replaced: dict[str, str], *marks: str) -> str:
    rows = f"read_parquet({literal(os.fspath(segment))}) JOIN carried USING (path)"
    wanted = ", ".join(literal(mark) for mark in marks)
    listed = ", ".join(_column(column, replaced) for column in SEGMENT)
    return f"SELECT {listed} FROM {rows} WHERE mark IN ({wanted})"


def _stamp(scan: Scan, stale: str) -> dict[str, str]:
    return {
        "scan_id": literal(scan.scan_id),
        "source_host": literal(scan.source_host),
        "seen_at": f"TIMESTAMP {literal(scan.seen_at)}",
        "observer": literal(scan.observer),
        "stale": stale,
    }


def _select(table: str, replaced: dict[str, str], derived: str, source: str) -> str:
    last = tuple(column for column in SEGMENT if column.name in {"disks", "conflicts", "finding"})
    listed = ", ".join(_column(column, replaced) for column in (*PROVENANCE, *last))
    return f"SELECT {derived}, {listed} FROM (SELECT {source} FROM {table})"


def _column(column: Column, replaced: dict[str, str]) -> str:
    name = quoted(column.name)
    return f"CAST({replaced[column.name]} AS {column.type}) AS {name}" if column.name in replaced else name


def stored_lines(segment: Path) -> list[str]:
    """Return the MACHINE lines of a segment in the order of their bytes."""
    with connection() as con:
        rows = f"read_parquet({literal(os.fspath(segment))})"
        return [
            line for (line,) in con.execute(f"SELECT line FROM {rows} WHERE line IS NOT NULL ORDER BY line").fetchall()
        ]
