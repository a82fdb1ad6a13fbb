"""The address to paste for every machine of an audit."""

from __future__ import annotations

import duckdb


def propose(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `proposal`: machine, its address, or why there is none."""
    con.execute("CREATE TEMP TABLE proposal (machine_id VARCHAR, address VARCHAR, why VARCHAR)")
