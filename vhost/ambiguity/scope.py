"""What an audit looked at, for the head of a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb


@dataclass(frozen=True, slots=True)
class Scope:
    """How many claims of how many machines, from how many scans; the times (UTC) are None where nothing was scanned."""

    claims: int
    machines: int
    scans: int
    oldest: datetime | None
    newest: datetime | None


def scope(con: duckdb.DuckDBPyConnection) -> Scope:
    """Return the extent of a snapshot."""
    claims, machines = con.execute("SELECT count(*), count(DISTINCT machine_id) FROM machine").fetchone() or (0, 0)
    scans = con.execute("SELECT count(*), min(seen_at), max(seen_at) FROM scan").fetchone() or (0, None, None)
    return Scope(claims, machines, *scans)
