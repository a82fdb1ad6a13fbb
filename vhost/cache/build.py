"""Fills the tables of a snapshot from segments and old files: all of it SQL, set-wise.

The same statements build a database file (`vhost.cache.publish`) and one in memory, for a
database that cannot be written and for claims that shall not be stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vhost.cache import history
from vhost.cache.claim_columns import KINDS
from vhost.cache.manifest import Manifest, Source
from vhost.cache.moves import earlier, fill_moved
from vhost.cache.numbering import CACHED, Arrangement, filled, number
from vhost.cache.old_claims import fill_bindings, old_machines
from vhost.cache.overlap import Outdone, condition, outdone
from vhost.cache.reuse import reused
from vhost.cache.scan import Report, Scan, literal, newest_scans
from vhost.identity import machine_id
from vhost.schema import (
    CHILD_KEY,
    MACHINE,
    TABLES,
    VIEWS,
    ddl,
    names,
    view,
)

SKIPPED = "skipped"
"""The key in `meta` of sources that had to be left out; one row each."""

_MEMORY_BASE, _MEMORY_PER_1000 = 192, 0.6
"""What DuckDB may hold while it builds, in MB, and for each 1,000 records; more goes to a temporary directory."""


@contextmanager
def connection(spill: Path | None = None, memory: int = _MEMORY_BASE) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to a database in `memory` (MB) that may spill into `spill` and fetches no extension."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory}MB",
        "temp_directory": os.fspath(spill) if spill else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    con = duckdb.connect(":memory:", config=config)
    try:
        con.execute("SET enable_progress_bar = false")
        yield con
    finally:
        con.close()


def build(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    directory: Path,
    sources: Manifest,
    skipped: Report,
    arrangement: Arrangement = CACHED,
) -> None:
    """Create and fill every table of a snapshot in `schema`, from the sources of one database.

    Raises `duckdb.Error`, `OSError` or one of `vhost.errors`.
    """
    create(con, schema)
    fill_bindings(con, schema, directory, sources)

    def noted(name: str, reason: str) -> None:
        con.execute(f"INSERT INTO {schema}.meta VALUES ('{SKIPPED}', ?)", [f"{name}: left out: {reason}"])
        skipped(name, reason)

    history.recall(con, schema, directory, noted)
    with old_machines(con, schema, directory, sources) as old:
        scans = _scans(con, schema, directory, sources, noted)
        _claims(con, schema, directory, scans)
        paths = [os.fspath(directory / source.name) for source, scan in scans if scan.kind == "machine"]
        if paths or old:
            fill_machines(con, schema, paths, old, outdone([scan for _, scan in scans]), arrangement)
            fill_moved(con, schema, [os.fspath(directory / name) for name in earlier(sources, scans)], paths)


def create(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Create the tables and views of a snapshot, empty."""
    for table in TABLES:
        con.execute(ddl(schema, table))
    for name in VIEWS:
        con.execute(view(schema, name))


def _scans(
    con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest, skipped: Report
) -> list[tuple[Source, Scan]]:
    """Record the newest readable segment of every scan key and return them with their facts."""
    found = newest_scans(con, directory, sources, skipped)
    for source, scan in found:
        con.execute(
            f"INSERT INTO {schema}.scan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                scan.scan_id,
                scan.key,
                scan.kind,
                source.name,
                scan.observer,
                scan.source_host,
                scan.as_host,
                scan.root,
                scan.seen_at,
                scan.partial,
            ],
        )
    return found


def _claims(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, scans: Sequence[tuple[Source, Scan]]) -> None:
    """Fill the tables of bindings, DNS answers and guests from their segments."""
    for kind in KINDS:
        paths = [os.fspath(directory / source.name) for source, scan in scans if scan.kind == kind]
        if not paths:
            continue
        rows = f"read_parquet([{', '.join(map(literal, paths))}], union_by_name = true)"
        listed = names(TABLES[kind])
        con.execute(f"INSERT INTO {schema}.{kind} SELECT {listed} FROM {rows} WHERE finding IS NULL")
        con.execute(f"INSERT INTO {schema}.finding SELECT scan_id, path, finding FROM {rows} WHERE finding IS NOT NULL")


def fill_machines(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    paths: Sequence[str],
    old: str | None = None,
    without: Sequence[Outdone] = (),
    arrangement: Arrangement = CACHED,
) -> None:
    """Fill the tables machine, disk, conflict and finding from segments, but for what newer scans decide.

    `old` is the SELECT of records of the old form, which have no disks, conflicts or findings. Only the lines are
    sorted, and the wide rows stream past the result: a sort of wide rows would need them all in memory.
    """
    stored = _stored(paths, without) if paths else None
    rows = " UNION ALL BY NAME ".join(f"({select})" for select in (old, stored) if select)
    _set_memory(con, f"({rows})")
    _fill_machine(con, schema, f"({rows})", arrangement)
    if stored is not None:
        _fill_children(con, schema, f"({stored})")


def _stored(paths: Sequence[str], without: Sequence[Outdone]) -> str:
    """Return the SELECT of the rows of segments, each with its file and row; the old form comes before."""
    rows = f"read_parquet([{', '.join(map(literal, paths))}], union_by_name = true)"
    counted = (
        "SELECT * EXCLUDE (file), file + 1 AS file_index"
        f" FROM (SELECT *, file_index AS file, file_row_number FROM {rows})"
    )
    return f"{counted} WHERE {condition(without)}" if without else counted


def _fill_machine(con: duckdb.DuckDBPyConnection, schema: str, rows: str, arrangement: Arrangement) -> None:
    number(con, schema, rows, arrangement)
    identity = machine_id(reused(con, rows), filled("line"))
    listed = ", ".join(identity if column.name == "machine_id" else filled(column.name) for column in MACHINE)
    con.execute(
        f"INSERT INTO {schema}.machine SELECT {listed} FROM {rows} AS claim"
        " JOIN place ON place.file = claim.file_index AND place.row = claim.file_row_number"
    )


def _fill_children(con: duckdb.DuckDBPyConnection, schema: str, rows: str) -> None:
    key = ", ".join(CHILD_KEY)
    for table, held in (("disk", "disks"), ("conflict", "conflicts")):
        con.execute(
            f"INSERT INTO {schema}.{table} SELECT {key}, held.* FROM"
            f" (SELECT {key}, UNNEST({held}) AS held FROM {rows} WHERE line IS NOT NULL)"
        )
    con.execute(f"INSERT INTO {schema}.finding SELECT scan_id, path, finding FROM {rows} WHERE finding IS NOT NULL")


def _set_memory(con: duckdb.DuckDBPyConnection, rows: str) -> None:
    (count,) = con.execute(f"SELECT count(*) FROM {rows}").fetchone() or (0,)
    con.execute(f"SET memory_limit = '{_MEMORY_BASE + int(count / 1000 * _MEMORY_PER_1000)}MB'")
