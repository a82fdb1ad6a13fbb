"""The claims of the two files of the old tool, in the tables and forms of a snapshot."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from vhost.cache import oldfiles
from vhost.cache.addresses import forms_of_addresses
from vhost.cache.handing import hand, take_back
from vhost.cache.manifest import Manifest, Source
from vhost.cache.place import OLD_BINDINGS, OLD_MACHINES
from vhost.cache.scan import literal
from vhost.schema import CONFLICT, DISK, PROVENANCE, mac_sql, quoted, typed


def fill_bindings(con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest) -> None:
    """Fill the table `binding` from the macmap of the old form."""
    source = _named(sources, OLD_BINDINGS)
    found = oldfiles.bindings(directory / OLD_BINDINGS) if source else []
    if source is None or not found:
        return
    path = os.fspath(directory / OLD_BINDINGS)
    columns = ("name", "mac", "ip", "line", "number")
    arrow = hand(con, "macmap_lines", {column: [getattr(bound, column) for bound in found] for column in columns})
    forms_of_addresses(con, "SELECT ip::VARCHAR AS spelling FROM macmap_lines")
    con.execute(
        f"INSERT INTO {schema}.binding (name, mac, ip, line, number, source_kind,"
        " source, scan_id, path, inode, size, mtime, seen_at)"
        f" SELECT name, {mac_sql('mac::VARCHAR')}, coalesce(form, ip), line, number, 'macmap',"
        " ?, ?, ?, ?, ?, ?::TIMESTAMP_NS, ?"
        " FROM macmap_lines LEFT JOIN address_form ON spelling = ip ORDER BY number",
        [path, _old_id(path), path, source.inode, source.size, *_times(source)],
    )
    take_back(con, "macmap_lines", arrow=arrow)
    _record(con, schema, "binding", path, source)


@contextmanager
def old_machines(
    con: duckdb.DuckDBPyConnection, schema: str, directory: Path, sources: Manifest
) -> Iterator[str | None]:
    """Return the SELECT of the machines of the old form as a segment has them, with file and row; None without any.

    Few become a table. Many are written as a segment, which several threads read, and their text is
    not in the way of what DuckDB needs.
    """
    source = _named(sources, OLD_MACHINES)
    if source is None:
        yield None
        return
    path = os.fspath(directory / OLD_MACHINES)
    arrow = hand(con, "old_lines", oldfiles.machines(directory / OLD_MACHINES))
    forms = forms_of_addresses(con, "SELECT f7 AS spelling FROM old_lines")
    _record(con, schema, "machine", path, source)
    rows = _as_segment(con, path, source)
    if not arrow:
        con.execute(f"CREATE TEMP TABLE old_claims AS {rows}")
        yield _numbered("rowid AS file_row_number FROM old_claims", forms=forms)
        con.execute("DROP TABLE old_claims")
        take_back(con, "old_lines", arrow=False)
        return
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        segment = literal(os.fspath(Path(work) / "old.parquet"))
        con.execute(f"COPY ({rows}) TO {segment} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 16384)")
        take_back(con, "old_lines", arrow=True)
        yield _numbered(f"file_row_number FROM read_parquet({segment})", forms=forms)


def _numbered(row: str, *, forms: bool) -> str:
    """Return the SELECT of old claims with their place: addresses get their form now, as a join may reorder rows."""
    rows = f"SELECT *, 0::UBIGINT AS file_index, {row}"
    if not forms:
        return rows
    columns = "own.* REPLACE (coalesce(form, tcp) AS tcp)"
    return f"SELECT {columns} FROM ({rows}) AS own LEFT JOIN address_form ON spelling = tcp"


def _as_segment(con: duckdb.DuckDBPyConnection, path: str, source: Source) -> str:
    names = [column[0] for column in con.execute("FROM old_lines LIMIT 0").description or ()]
    line = "line" if "line" in names else f"concat_ws(';', {', '.join(oldfiles.NAMES)})"
    known = {
        "scan_id": literal(_old_id(path)),
        "scanner": literal(OLD_MACHINES),
        "seen_at": literal(str(_times(source)[1])),
        "part": "0",
        "stale": "false",
    }
    provenance = ", ".join(f"{known.get(c.name, 'NULL')}::{c.type} AS {quoted(c.name)}" for c in PROVENANCE)
    columns = typed(lambda number: f"f{number}", forms=False)
    return f"SELECT {line} AS line, {columns}, {provenance}, {_NO_LISTS} FROM old_lines"


_NO_LISTS = f"[]::{DISK}[] AS disks, []::{CONFLICT}[] AS conflicts, NULL::VARCHAR AS finding"


def _named(sources: Manifest, name: str) -> Source | None:
    return next((source for source in sources if source.name == name), None)


def _old_id(path: str) -> str:
    return f"old:{path}"


def _times(source: Source) -> tuple[str, datetime]:
    seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return f"{at:%Y-%m-%d %H:%M:%S}.{nanoseconds:09}", at


def _record(con: duckdb.DuckDBPyConnection, schema: str, kind: str, path: str, source: Source) -> None:
    con.execute(
        f"INSERT INTO {schema}.scan (scan_id, scan_key, kind, source, root, seen_at, partial)"
        " VALUES (?, ?, ?, ?, ?, ?, false)",
        [_old_id(path), source.name, kind, source.name, path, _times(source)[1]],
    )
