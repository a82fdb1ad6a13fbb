"""Several databases as one: views over the attached snapshots, records and machines numbered anew."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from vhost.identity import REUSED_HERE, WINDOW, machine_id
from vhost.schema import MACHINE, TABLES, VIEWS, Column, quoted, view_select


def unite(con: duckdb.DuckDBPyConnection, databases: Sequence[str], *, ordered: bool = True) -> None:
    """Create a view for every table of a snapshot that holds the rows of all the databases.

    Records are numbered by the bytes of their lines, or else go on counting where the database before ended.
    """
    for table in TABLES:
        rows = " UNION ALL ".join(f"SELECT * FROM {database}.{table}" for database in databases)
        if table == "machine":
            numbered = _sorted(rows) if ordered else _counted(databases)
            rows = f"SELECT * REPLACE ({machine_id(REUSED_HERE)} AS machine_id) FROM ({numbered}) {WINDOW}"
        con.execute(f"CREATE TEMP VIEW {quoted(table)} AS {rows}")
    for name in VIEWS:
        con.execute(f"CREATE TEMP VIEW {quoted(name)} AS {view_select(name)}")


def _sorted(rows: str) -> str:
    special = {
        "index": "dense_rank() OVER (ORDER BY line)::INTEGER AS index",
        "repeated": "row_number() OVER (PARTITION BY line ORDER BY scan_id, path, part) > 1 AS repeated",
    }
    return f"SELECT {_listed(MACHINE, special)} FROM ({rows})"


def _counted(databases: Sequence[str]) -> str:
    """Return the rows of all databases, INDEX raised by what the databases before hold."""
    selects = []
    for place, database in enumerate(databases):
        before = "".join(f" + (SELECT count(*) FROM {earlier}.machine)" for earlier in databases[:place])
        special = {"index": f'("index"{before})::INTEGER AS index'}
        selects.append(f"SELECT {_listed(MACHINE, special)} FROM {database}.machine")
    return " UNION ALL ".join(selects)


def _listed(columns: Sequence[Column], special: dict[str, str]) -> str:
    return ", ".join(special.get(column.name) or quoted(column.name) for column in columns)
