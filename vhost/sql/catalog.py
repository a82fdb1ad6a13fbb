"""What there is to ask: tables, views and their columns."""

from __future__ import annotations

import duckdb

from vhost.schema import quoted


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the tables and views."""
    return sorted({name for name, _ in definitions(con)})


def definitions(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the name and the CREATE statement of every table and view, by name."""
    found: list[tuple[str, str]] = con.execute(
        "SELECT name, sql FROM (SELECT table_name AS name, sql FROM duckdb_tables()"
        " UNION ALL SELECT view_name, sql FROM duckdb_views() WHERE NOT internal) ORDER BY ALL"
    ).fetchall()
    return found


def columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of all columns."""
    rows = con.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def described(table: str) -> str:
    """Return the query that shows the columns of a table."""
    return f"SELECT column_name, column_type FROM (DESCRIBE {quoted(table)})"  # noqa: S608 - quoted as an identifier
