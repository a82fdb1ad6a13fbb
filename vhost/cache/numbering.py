"""The order of the records, their INDEX, and the addresses that the macmap adds to them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from vhost.schema import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How records are numbered.

    `ordered`: by the bytes of their lines; records with the same line share one INDEX and stay, all but the
    first marked as repeated. Otherwise they keep the order of their sources, each with a number of its own.
    `bound`: where TCP is empty, it comes from the macmap.
    """

    ordered: bool = True
    bound: bool = True


CACHED = Arrangement()
"""What a snapshot holds."""


def number(con: duckdb.DuckDBPyConnection, schema: str, rows: str, arrangement: Arrangement) -> None:
    """Make the table `place`: for every record its file and row, its line, its INDEX, and whether it repeats."""
    _fill_addresses(con, schema, rows, bound=arrangement.bound)
    lines = (
        f"SELECT file_index AS file, file_row_number AS row, {_LINE} AS line, bound.ip"
        f" FROM (SELECT file_index, file_row_number, line, mac, tcp FROM {rows} WHERE line IS NOT NULL)"
        " LEFT JOIN bound USING (mac)"
    )
    repeated = "coalesce(line = lag(line) OVER (), false)" if arrangement.ordered else "false"
    order = "line, file, row" if arrangement.ordered else "file, row"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE place AS"
        " SELECT file, row, ip, CASE WHEN ip IS NOT NULL THEN line END AS filled, repeated,"
        " sum(CASE WHEN repeated THEN 0 ELSE 1 END) OVER (ROWS UNBOUNDED PRECEDING) AS number FROM"
        f" (SELECT *, {repeated} AS repeated FROM"
        f" (SELECT * FROM ({lines}) ORDER BY {order}))"
    )


def _fill_addresses(con: duckdb.DuckDBPyConnection, schema: str, rows: str, *, bound: bool) -> None:
    """Make the table `bound`: the address that the macmap has for a MAC, its first line counts."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bound AS"
        " SELECT mac, arg_min(ip, number) AS ip, arg_min(split_part(line, ';', 3), number) AS spelled"
        f" FROM {schema}.binding WHERE {bound} AND ip IS NOT NULL AND source_kind = 'macmap'"
        f" AND mac IN (SELECT mac FROM {rows} WHERE tcp IS NULL) GROUP BY mac"
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
        "line": "CASE WHEN claim.tcp IS NULL AND place.filled IS NOT NULL THEN place.filled ELSE claim.line END",
    }
    return special.get(name, f"claim.{quoted(name)}")
