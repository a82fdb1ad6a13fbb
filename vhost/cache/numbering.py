"""The order of the records, their INDEX, and the addresses that bindings add to them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from vhost.precedence import CONFIGURED, MACMAP, PRECEDENCE
from vhost.schema import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How records are numbered.

    `ordered`: by the bytes of their lines; records with the same line share one INDEX and stay, all but the
    first marked as repeated. Otherwise they keep the order of their sources, each with a number of its own.
    `bound`: where TCP is empty, it comes from a binding of the MAC.
    """

    ordered: bool = True
    bound: bool = True


CACHED = Arrangement()
"""What a snapshot holds."""


def number(con: duckdb.DuckDBPyConnection, schema: str, rows: str, arrangement: Arrangement) -> None:
    """Make the table `place`: for every record its file and row, its line, its INDEX, and whether it repeats."""
    _fill_addresses(con, schema, rows, bound=arrangement.bound)
    lines = (
        f"SELECT file_index AS file, file_row_number AS row, {_LINE} AS line, bound.ip, bound.tcp_from"
        f" FROM (SELECT file_index, file_row_number, line, mac, tcp FROM {rows} WHERE line IS NOT NULL)"
        " LEFT JOIN bound USING (mac)"
    )
    repeated = "coalesce(line = lag(line) OVER (), false)" if arrangement.ordered else "false"
    order = "line, file, row" if arrangement.ordered else "file, row"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE place AS"
        " SELECT file, row, ip, tcp_from, CASE WHEN ip IS NOT NULL THEN line END AS filled, repeated,"
        " sum(CASE WHEN repeated THEN 0 ELSE 1 END) OVER (ROWS UNBOUNDED PRECEDING) AS number FROM"
        f" (SELECT *, {repeated} AS repeated FROM"
        f" (SELECT * FROM ({lines}) ORDER BY {order}))"
    )


def _fill_addresses(con: duckdb.DuckDBPyConnection, schema: str, rows: str, *, bound: bool) -> None:
    """Make the table `bound`: the address of a MAC by the binding that counts first, and which one that is.

    A lease that had ended when it was read fills nothing. Among bindings of the same rank the first line
    of the macmap counts, what is not stale, IPv4, what was seen last.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bound AS"
        f" SELECT mac, ip, CASE source_kind WHEN '{MACMAP}' THEN split_part(line, ';', 3) ELSE ip END AS spelled,"
        " concat_ws(':', source_kind, source) AS tcp_from"
        f" FROM (SELECT *, {_RANK} AS rank FROM {schema}.binding WHERE {bound} AND ip IS NOT NULL"
        f" AND mac IN (SELECT mac FROM {rows} WHERE tcp IS NULL)) AS claim"
        f" LEFT JOIN (SELECT scan_id, seen_at AS read_at FROM {schema}.scan) USING (scan_id)"
        " WHERE coalesce(expires_at >= read_at, true)"
        f" QUALIFY row_number() OVER (PARTITION BY mac ORDER BY {_FIRST}) = 1"
    )


_RANKED = " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kinds in enumerate(PRECEDENCE) for kind in kinds)
_RANK = f"CASE source_kind {_RANKED} ELSE {len(PRECEDENCE)} END"
_FAMILY = (
    "CASE WHEN ip LIKE 'fe80:%' THEN 3 WHEN ip LIKE '%:%' THEN 2 WHEN regexp_matches(ip, '[^0-9.]') THEN 1 ELSE 0 END"
)
_FIRST = (
    f"rank, number, stale, {_FAMILY}, CASE WHEN rank > {CONFIGURED} THEN seen_at END DESC NULLS LAST,"
    " source_kind, source, ip"
)
_HEAD = "regexp_extract(line, '^(?:[^;]*;){6}')"
_LINE = (
    "CASE WHEN tcp IS NULL AND spelled IS NOT NULL"
    f" THEN {_HEAD} || spelled || substr(line, length({_HEAD}) + 1) ELSE line END"
)


def filled(name: str) -> str:
    """Return the SQL of a column of `machine`, from a claim and its place."""
    special = {
        "index": "place.number",
        "repeated": "place.repeated",
        "tcp": "coalesce(claim.tcp, place.ip)",
        "tcp_from": "CASE WHEN claim.tcp IS NULL THEN place.tcp_from END",
        "line": "CASE WHEN claim.tcp IS NULL AND place.filled IS NOT NULL THEN place.filled ELSE claim.line END",
    }
    return special.get(name, f"claim.{quoted(name)}")
