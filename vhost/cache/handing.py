"""Hands rows of Python over to DuckDB: as parameters where they are few, as an Arrow table where they are many.

Arrow is far quicker with many rows, but to load it takes longer than a thousand rows do without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from vhost.schema import quoted

FEW = 1000
"""How many rows go without Arrow."""

Columns = Mapping[str, Sequence[str | int | None]]


def hand(con: duckdb.DuckDBPyConnection, name: str, rows: Columns) -> bool:
    """Make rows available as the table `name`, until it is taken back, and return whether Arrow holds them."""
    if max(map(len, rows.values()), default=0) <= FEW:
        listed = ", ".join(f"unnest(?::{_kind(values)}[]) AS {quoted(column)}" for column, values in rows.items())
        con.execute(f"CREATE TEMP TABLE {quoted(name)} AS SELECT {listed}", list(rows.values()))
        return False
    import pyarrow as pa  # noqa: PLC0415 - loading it is what is saved above

    con.register(name, pa.table(dict(rows)))
    return True


def take_back(con: duckdb.DuckDBPyConnection, name: str, *, arrow: bool) -> None:
    """Forget the rows, so that their memory is free."""
    if not arrow:
        con.execute(f"DROP TABLE {quoted(name)}")
        return
    import pyarrow as pa  # noqa: PLC0415 - it is loaded

    con.unregister(name)
    pa.default_memory_pool().release_unused()  # it would keep the memory while DuckDB needs some


def _kind(values: Sequence[str | int | None]) -> str:
    return "BIGINT" if values and isinstance(values[0], int) else "VARCHAR"
