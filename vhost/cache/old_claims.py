"""The claims of the two files of the old tool, in the tables and forms of a snapshot."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

    Few become a table. Many are written as a segment, which several threads read.
    """
    source = _named(sources, OLD_MACHINES)
    if source is None:
        yield None
        return
    path = directory / OLD_MACHINES
    _record(con, schema, "machine", os.fspath(path), source)
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        claims = _claims(con, path, source, Path(work) / "old.parquet")
        forms = forms_of_addresses(con, f"SELECT tcp AS spelling FROM {claims}")
        yield _placed(claims, forms=forms)
        con.execute("DROP TABLE IF EXISTS old_claims")


def _placed(claims: str, *, forms: bool) -> str:
    """Return the SELECT of claims with their place: addresses get their form here, as a join may reorder rows."""
    row = "rowid" if claims == "old_claims" else "file_row_number"
    rows = f"SELECT *, 0::UBIGINT AS file_index, {row} AS file_row_number FROM {claims}"
    if not forms:
        return rows
    columns = "own.* REPLACE (coalesce(form, tcp) AS tcp)"
    return f"SELECT {columns} FROM ({rows}) AS own LEFT JOIN address_form ON spelling = tcp"


def _claims(con: duckdb.DuckDBPyConnection, path: Path, source: Source, segment: Path) -> str:
    """Return SQL of the claims of an old file: the table `old_claims`, or many as a segment that is written."""
    found = oldfiles.machines(path)
    if found is None:
        joined = f"concat_ws(';', {', '.join(oldfiles.NAMES)})"
        with suppress(duckdb.Error):  # it says less of what is wrong than who reads line by line
            return _written(con, _as_segment(joined, f"({oldfiles.reading(path)})", path, source), segment)
        found = oldfiles.repaired(path)
    arrow = hand(con, "old_lines", found)
    rows = _as_segment("line", "old_lines", path, source)
    if arrow:
        claims = _written(con, rows, segment)
    else:
        claims = "old_claims"
        con.execute(f"CREATE TEMP TABLE {claims} AS {rows}")
    take_back(con, "old_lines", arrow=arrow)
    return claims


def _written(con: duckdb.DuckDBPyConnection, rows: str, segment: Path) -> str:
    name = literal(os.fspath(segment))
    con.execute(f"COPY ({rows}) TO {name} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 16384)")
    return f"read_parquet({name})"


def _as_segment(line: str, table: str, path: Path, source: Source) -> str:
    known = {
        "scan_id": literal(_old_id(os.fspath(path))),
        "scanner": literal(OLD_MACHINES),
        "seen_at": literal(str(_times(source)[1])),
        "part": "0",
        "stale": "false",
    }
    provenance = ", ".join(f"{known.get(c.name, 'NULL')}::{c.type} AS {quoted(c.name)}" for c in PROVENANCE)
    columns = typed(lambda number: f"f{number}", forms=False)
    return f"SELECT {line} AS line, {columns}, {provenance}, {_NO_LISTS} FROM {table}"


def count(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return how many records an old file holds, all of which are read. Raises as `oldfiles.machines` does."""
    found = oldfiles.machines(path)
    if found is None:
        with suppress(duckdb.Error):
            row = con.execute(f"SELECT count(COLUMNS(*)) FROM ({oldfiles.reading(path)})").fetchone()
            return int(row[0]) if row else 0
        found = oldfiles.repaired(path)
    return len(found["line"])


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
