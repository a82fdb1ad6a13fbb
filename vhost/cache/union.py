"""Several databases as one: views over the attached snapshots, with the records numbered anew."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from vhost.schema import MACHINE, TABLES, quoted


def unite(con: duckdb.DuckDBPyConnection, databases: Sequence[str]) -> None:
    """Create a view for every table of a snapshot that holds the rows of all the databases."""
    for table in TABLES:
        rows = " UNION ALL ".join(f"SELECT * FROM {database}.{table}" for database in databases)
        if table == "machine":
            rows = f"SELECT {', '.join(map(_numbered, MACHINE))} FROM ({rows})"
        con.execute(f"CREATE TEMP VIEW {quoted(table)} AS {rows}")


def _numbered(column: object) -> str:
    name = getattr(column, "name", "")
    if name == "index":
        return "dense_rank() OVER (ORDER BY line)::INTEGER AS index"
    if name == "repeated":
        return "row_number() OVER (PARTITION BY line ORDER BY scan_id, path, part) > 1 AS repeated"
    return quoted(name)
