"""Fills the tables of a snapshot from segments and old files: all of it SQL, set-wise.

The same statements build a database file (`vhost.cache.publish`) and one in memory, for a
database that cannot be written and for claims that shall not be stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from vhost.cache import oldfiles
from vhost.cache.manifest import Manifest, Source
from vhost.cache.place import OLD_BINDINGS, OLD_MACHINES
from vhost.cache.scan import Report, newest_scans
from vhost.normal import address
from vhost.schema import CANONICAL, CHILD_KEY, CONFLICT, DISK, MACHINE, PROVENANCE, TABLES, ddl, mac_sql, names, quoted, typed

MEMORY_LIMIT = "640MB"
"""What DuckDB may hold while it builds; more goes to a temporary directory."""


def literal(text: str) -> str:
    """Return an SQL string. For what cannot be bound: file names in COPY and ATTACH, and metadata."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def connection(spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to a database in memory that may spill into `spill` and fetches no extension."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
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


def build(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest, skipped: Report) -> None:
    """Create and fill every table of a snapshot in `schema`, from the sources of one database."""
    for table in TABLES:
        con.execute(ddl(schema, table))
    build_bindings(con, schema, directory, sources)
    stage_machines(con, schema, directory, sources, skipped)
    fill_machines(con, schema)


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
    con.register("bound", pa.table(rows))
    forms_of_addresses(con, "SELECT ip::VARCHAR AS spelling FROM bound")
    con.execute(
        f"INSERT INTO {schema}.binding (name, mac, ip, line, number, source_kind, source, scan_id, path, inode, size, mtime, seen_at)"
        f" SELECT name, {mac_sql('mac::VARCHAR')}, coalesce(form, ip), line, number, 'macmap', ?, ?, ?, ?, ?, ?::TIMESTAMP_NS, ?"
        " FROM bound LEFT JOIN address_form ON spelling = ip ORDER BY number",
        [path, _old_id(path), path, source.inode, source.size, *_times(source)],
    )
    con.unregister("bound")
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
        f"INSERT INTO {schema}.scan (scan_id, scan_key, kind, source, root, seen_at, partial) VALUES (?, ?, ?, ?, ?, ?, false)",
        [_old_id(path), source.name, kind, source.name, path, _times(source)[1]],
    )


def stage_machines(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest, skipped: Report) -> None:
    """Make the view `staged`: the rows of all sources of machine claims, in the columns of a segment."""
    parts = [_stage_old(con, schema, directory, source) for source in sources if source.name == OLD_MACHINES]
    segments = _stage_segments(con, schema, directory, sources, skipped)
    if segments:
        parts.append(f"SELECT {_staged_names()} FROM read_parquet([{', '.join(map(literal, segments))}], union_by_name = true)")
    con.execute(f"CREATE OR REPLACE TEMP VIEW staged AS {' UNION ALL '.join(parts) or _nothing()}")


_LISTS = ("disks", "conflicts", "finding")
_NO_LISTS = f"[]::{DISK}[] AS disks, []::{CONFLICT}[] AS conflicts, NULL::VARCHAR AS finding"


def _staged_names() -> str:
    return ", ".join(["line", names(CANONICAL), names(PROVENANCE), *_LISTS])


def _nothing() -> str:
    columns = ", ".join(f"NULL::{column.type} AS {quoted(column.name)}" for column in (*CANONICAL, *PROVENANCE))
    return f"SELECT NULL::VARCHAR AS line, {columns}, {_NO_LISTS} WHERE false"


def _stage_old(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, source: Source) -> str:
    """Register the old machines as the table `old` and return the SELECT that stages them."""
    path = os.fspath(directory / OLD_MACHINES)
    con.register("old_lines", oldfiles.machine_table(oldfiles.machine_lines(directory / OLD_MACHINES)))
    forms_of_addresses(con, "SELECT f7 AS spelling FROM old_lines")
    mtime, seen_at = _times(source)
    known = {
        "scan_id": literal(_old_id(path)),
        "scanner": "'enum.fdb'",
        "seen_at": literal(str(seen_at)),
        "part": "0",
        "stale": "false",
    }
    provenance = ", ".join(f"{known.get(c.name, 'NULL')}::{c.type} AS {quoted(c.name)}" for c in PROVENANCE)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE old AS SELECT line, {typed(lambda number: f'f{number}')}, {provenance},"
        f" {_NO_LISTS} FROM old_lines"
    )
    con.unregister("old_lines")
    _record_old(con, schema, "machine", path, source)
    return f"SELECT {_staged_names()} FROM old"


def _stage_segments(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest, skipped: Report) -> list[str]:
    """Record the newest readable segment of every scan key and return their paths."""
    found = newest_scans(con, directory, sources, skipped)
    for source, scan in found:
        con.execute(
            f"INSERT INTO {schema}.scan VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [scan.scan_id, scan.key, scan.kind, source.name, scan.observer, scan.source_host, scan.as_host, scan.root, scan.seen_at, scan.partial],
        )
    return [os.fspath(directory / source.name) for source, scan in found if scan.kind == "machine"]


_FILLED = """
    SELECT staged.* REPLACE (
        coalesce(staged.tcp, bound.ip) AS tcp,
        CASE WHEN staged.tcp IS NULL AND bound.ip IS NOT NULL
             THEN head || bound.spelled || substr(line, length(head) + 1) ELSE line END AS line
    ) FROM (SELECT *, regexp_extract(line, '^(?:[^;]*;){{6}}') AS head FROM staged WHERE line IS NOT NULL) AS staged
    LEFT JOIN (
        SELECT mac, arg_min(ip, number) AS ip, arg_min(split_part(line, ';', 3), number) AS spelled
        FROM {schema}.binding WHERE mac IS NOT NULL AND ip IS NOT NULL AND source_kind = 'macmap' GROUP BY mac
    ) AS bound ON staged.tcp IS NULL AND bound.mac = staged.mac
"""


def fill_machines(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Fill the tables machine, disk, conflict and finding from `staged`, in cache order.

    The cache order is that of the bytes of the lines. Records with the same line share one INDEX;
    all of them stay, the second and later ones marked as repeated.
    """
    listed = ", ".join(quoted(column.name) for column in MACHINE if column.name not in {"index", "repeated"})
    columns = ", ".join(_numbered(column.name) for column in MACHINE)
    con.execute(
        f"INSERT INTO {schema}.machine SELECT {columns} FROM ("
        f" SELECT *, (line IS NOT DISTINCT FROM lag(line) OVER ()) AS again FROM ("
        f" SELECT {listed} FROM ({_FILLED.format(schema=schema)}) ORDER BY line, scan_id, path, part))"
    )
    key = ", ".join(CHILD_KEY)
    for table, held in (("disk", "disks"), ("conflict", "conflicts")):
        con.execute(
            f"INSERT INTO {schema}.{table} SELECT {key}, held.* FROM (SELECT {key}, UNNEST({held}) AS held FROM staged)"
        )
    con.execute(f"INSERT INTO {schema}.finding SELECT scan_id, path, finding FROM staged WHERE finding IS NOT NULL")


def _numbered(name: str) -> str:
    if name == "index":
        return "sum(CASE WHEN again THEN 0 ELSE 1 END) OVER (ROWS UNBOUNDED PRECEDING)"
    return "again" if name == "repeated" else quoted(name)
