"""Fills the tables of a snapshot from segments and old files: all of it SQL, set-wise.

The same statements build a database file (`vhost.cache.publish`) and one in memory, for a
database that cannot be written and for claims that shall not be stored.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from vhost.cache import history, oldfiles
from vhost.cache.claim_columns import KINDS
from vhost.cache.manifest import Manifest, Source
from vhost.cache.moves import earlier, fill_moved
from vhost.cache.numbering import CACHED, Arrangement, filled, number
from vhost.cache.overlap import Outdone, condition, outdone
from vhost.cache.place import OLD_BINDINGS, OLD_MACHINES
from vhost.cache.reuse import reused
from vhost.cache.scan import Report, Scan, literal, newest_scans
from vhost.identity import machine_id
from vhost.normal import address
from vhost.schema import (
    CHILD_KEY,
    CONFLICT,
    DISK,
    MACHINE,
    PROVENANCE,
    TABLES,
    VIEWS,
    ddl,
    mac_sql,
    names,
    quoted,
    typed,
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


def forms_of_addresses(con: duckdb.DuckDBPyConnection, spellings: str) -> None:
    """Make the table `address_form` for the values of a query that are no plain dotted quad."""
    con.execute("CREATE OR REPLACE TEMP TABLE address_form (spelling VARCHAR PRIMARY KEY, form VARCHAR)")
    odd = f"SELECT DISTINCT spelling FROM ({spellings}) WHERE regexp_matches(spelling, '[:\\[ ]')"
    rows = [(spelling, form) for (spelling,) in con.execute(odd).fetchall() if (form := address(spelling))]
    if rows:
        con.executemany("INSERT INTO address_form VALUES (?, ?)", rows)


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
    build_bindings(con, schema, directory, sources)

    def noted(name: str, reason: str) -> None:
        con.execute(f"INSERT INTO {schema}.meta VALUES ('{SKIPPED}', ?)", [f"{name}: left out: {reason}"])
        skipped(name, reason)

    history.recall(con, schema, directory, noted)
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        paths = _old_machines(con, schema, directory, sources, Path(work))
        scans = _scans(con, schema, directory, sources, noted)
        _claims(con, schema, directory, scans)
        paths += [os.fspath(directory / source.name) for source, scan in scans if scan.kind == "machine"]
        if paths:
            fill_machines(con, schema, paths, outdone([scan for _, scan in scans]), arrangement)
            fill_moved(con, schema, [os.fspath(directory / name) for name in earlier(sources, scans)], paths)


def create(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Create the tables and views of a snapshot, empty."""
    for table in TABLES:
        con.execute(ddl(schema, table))
    for name in VIEWS:
        con.execute(view(schema, name))


def build_bindings(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest) -> None:
    """Fill the table `binding` from the macmap of the old form."""
    source = _named(sources, OLD_BINDINGS)
    found = oldfiles.bindings(directory / OLD_BINDINGS) if source else []
    if source is None or not found:
        return
    path = os.fspath(directory / OLD_BINDINGS)
    import pyarrow as pa  # noqa: PLC0415 - a reader of a snapshot must not pay for it

    columns = ("name", "mac", "ip", "line", "number")
    rows = {column: pa.array([getattr(bound, column) for bound in found]) for column in columns}
    con.register("macmap_lines", pa.table(rows))
    forms_of_addresses(con, "SELECT ip::VARCHAR AS spelling FROM macmap_lines")
    con.execute(
        f"INSERT INTO {schema}.binding (name, mac, ip, line, number, source_kind,"
        " source, scan_id, path, inode, size, mtime, seen_at)"
        f" SELECT name, {mac_sql('mac::VARCHAR')}, coalesce(form, ip), line, number, 'macmap',"
        " ?, ?, ?, ?, ?, ?::TIMESTAMP_NS, ?"
        " FROM macmap_lines LEFT JOIN address_form ON spelling = ip ORDER BY number",
        [path, _old_id(path), path, source.inode, source.size, *_times(source)],
    )
    con.unregister("macmap_lines")
    _record_old(con, schema, "binding", path, source)


def _named(sources: Manifest, name: str) -> Source | None:
    return next((source for source in sources if source.name == name), None)


def _old_id(path: str) -> str:
    return f"old:{path}"


def _times(source: Source) -> tuple[str, datetime]:
    seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return f"{at:%Y-%m-%d %H:%M:%S}.{nanoseconds:09}", at


def _record_old(con: duckdb.DuckDBPyConnection, schema: str, kind: str, path: str, source: Source) -> None:
    con.execute(
        f"INSERT INTO {schema}.scan (scan_id, scan_key, kind, source, root, seen_at, partial)"
        " VALUES (?, ?, ?, ?, ?, ?, false)",
        [_old_id(path), source.name, kind, source.name, path, _times(source)[1]],
    )


def _old_machines(
    con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest, work: Path
) -> list[str]:
    """Write the machines of the old form as a segment into `work` and return its path."""
    source = _named(sources, OLD_MACHINES)
    if source is None:
        return []
    path, segment = os.fspath(directory / OLD_MACHINES), os.fspath(work / "old.parquet")
    table = oldfiles.machines(directory / OLD_MACHINES)
    con.register("old_lines", table)
    line = "line" if "line" in table.column_names else f"concat_ws(';', {', '.join(table.column_names)})"
    forms_of_addresses(con, "SELECT f7 AS spelling FROM old_lines")
    _, seen_at = _times(source)
    known = {
        "scan_id": literal(_old_id(path)),
        "scanner": literal(OLD_MACHINES),
        "seen_at": literal(str(seen_at)),
        "part": "0",
        "stale": "false",
    }
    provenance = ", ".join(f"{known.get(c.name, 'NULL')}::{c.type} AS {quoted(c.name)}" for c in PROVENANCE)
    rows = f"SELECT {line} AS line, {typed(lambda number: f'f{number}')}, {provenance}, {_NO_LISTS} FROM old_lines"
    con.execute(f"COPY ({rows}) TO {literal(segment)} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 16384)")
    con.unregister("old_lines")
    del table
    _release()
    _record_old(con, schema, "machine", path, source)
    return [segment]


def _release() -> None:
    """Give the memory of Arrow tables back, which its pool would keep while DuckDB needs some."""
    import pyarrow as pa  # noqa: PLC0415 - a reader of a snapshot must not pay for it

    pa.default_memory_pool().release_unused()


_NO_LISTS = f"[]::{DISK}[] AS disks, []::{CONFLICT}[] AS conflicts, NULL::VARCHAR AS finding"


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
    without: Sequence[Outdone] = (),
    arrangement: Arrangement = CACHED,
) -> None:
    """Fill the tables machine, disk, conflict and finding from segments, but for what newer scans decide.

    Only the lines are sorted, and the wide rows stream past the result: a sort of wide rows would need
    them all in memory.
    """
    rows = f"read_parquet([{', '.join(map(literal, paths))}], union_by_name = true)"
    if without:
        rows = f"(SELECT *, file_index, file_row_number FROM {rows} WHERE {condition(without)})"
    _set_memory(con, rows)
    number(con, schema, rows, arrangement)
    identity = machine_id(reused(con, rows), filled("line"))
    listed = ", ".join(identity if column.name == "machine_id" else filled(column.name) for column in MACHINE)
    con.execute(
        f"INSERT INTO {schema}.machine SELECT {listed} FROM {rows} AS claim"
        " JOIN place ON place.file = claim.file_index AND place.row = claim.file_row_number"
    )
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
