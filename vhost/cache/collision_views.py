"""The views of collisions in a snapshot: a published one holds them, any other gets them when somebody wants SQL."""

from __future__ import annotations

import duckdb

from vhost.collisions.views import BASE, statements


def store(con: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Create the views in a database that is being built."""
    for statement in statements(schema):
        con.execute(statement)


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Make the views available in an open snapshot, also in one of several databases or in memory.

    Only who lets users write SQL needs this: it takes a tenth of a second.
    """
    here = "SELECT count(*) FROM duckdb_views() WHERE view_name = ? AND database_name = current_database()"
    if con.execute(here, [BASE]).fetchone() == (0,):
        store(con, "temp")
