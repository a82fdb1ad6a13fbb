"""How old the claims are that an answer rests on, and which scans made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from vhost.collisions.limits import NOW
from vhost.collisions.sources import KIND
from vhost.query.scope import Scope
from vhost.query.select import Choice, bounded, statement

if TYPE_CHECKING:
    import duckdb

    from vhost.query.terms import Query

SECONDS: Final = f"date_diff('second', seen_at, {NOW})"
"""SQL of the age of a claim in seconds."""

_UNITS: Final = (("d", 86_400), ("h", 3600), ("m", 60))
_WRITTEN: Final = " ".join(
    f"WHEN {SECONDS} >= {2 * length} THEN ({SECONDS} // {length})::VARCHAR || '{unit}'" for unit, length in _UNITS
)

AGE: Final = f"CASE {_WRITTEN} WHEN seen_at IS NOT NULL THEN greatest({SECONDS}, 0)::VARCHAR || 's' ELSE '' END"
"""SQL of the age of a claim as text: 45s, 12m, 3h, 12d."""


@dataclass(frozen=True, slots=True)
class Held:
    """Claims of one scan and one kind of source that were seen at the same time: how many an answer rests on."""

    scan_key: str
    kind: str
    seen_at: datetime
    claims: int


def aged(scope: Scope) -> Scope:
    """Return the scope with the age of each record: as text behind its fields, in seconds in a typed answer."""
    return replace(scope, more=AGE, columns=(*scope.columns, ("age", SECONDS)))


def of_query(con: duckdb.DuckDBPyConnection, query: Query, choice: Choice) -> list[Held]:
    """Return who made the claims that a query finds, and those that filled in their addresses."""
    sql, params = statement(con, query, choice, ["scan_id", "seen_at", "tcp_from"])
    with bounded(con):
        return _held(con, sql, params)


def of_machines(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> list[Held]:
    """Return who made the claims about these machines, and those that filled in their addresses."""
    sql = "SELECT scan_id, seen_at, tcp_from FROM machine WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[]))"
    return _held(con, sql, [list(machines)])


def ages(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return how old the newest claim about each machine is: in seconds, and as text."""
    newest = "SELECT machine_id, max(seen_at) AS seen_at FROM machine WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[]))"
    sql = f"SELECT machine_id, {SECONDS}, {AGE} FROM ({newest} GROUP BY machine_id) WHERE seen_at IS NOT NULL"
    return {machine: (seconds, text) for machine, seconds, text in con.execute(sql, [list(machines)]).fetchall()}


def _held(con: duckdb.DuckDBPyConnection, claims: str, params: Sequence[object]) -> list[Held]:
    found = con.execute(
        f"WITH claim AS MATERIALIZED ({claims}),"
        " filler AS (SELECT DISTINCT tcp_from FROM claim WHERE tcp_from IS NOT NULL),"
        " made AS (SELECT scan_id, 'machine' AS kind, seen_at FROM claim"
        f" UNION ALL SELECT scan_id, {KIND}, seen_at FROM binding"
        " WHERE concat_ws(':', source_kind, source) IN (FROM filler)"
        " UNION ALL SELECT scan_id, 'dns', seen_at FROM dns WHERE 'dns:' || server IN (FROM filler))"
        " SELECT scan_key, made.kind, made.seen_at, count(*) FROM made JOIN scan USING (scan_id)"
        " WHERE made.seen_at IS NOT NULL GROUP BY ALL",
        params,
    )
    return [Held(key, kind, at.replace(tzinfo=UTC), count) for key, kind, at, count in found.fetchall()]
