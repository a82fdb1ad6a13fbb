"""The order of the records, their INDEX, and the addresses and names that other sources add to them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from vhost.cache.filling import DNS_RANK, HOST, fill
from vhost.collisions.sources import WRITTEN_OUT
from vhost.record import KEYWORDS
from vhost.schema import quoted

_TCP, _NETNAME = KEYWORDS["TCP"].number, KEYWORDS["NETNAME"].number


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How records are numbered.

    `ordered`: by the bytes of their lines; records with the same line share one INDEX and stay, all but the
    first marked as repeated. Otherwise they keep the order of their sources, each with a number of its own.
    `bound`: where TCP or NETNAME is empty, it comes from other sources; see `vhost.cache.filling`.
    """

    ordered: bool = True
    bound: bool = True


CACHED = Arrangement()
"""What a snapshot holds."""


def number(con: duckdb.DuckDBPyConnection, schema: str, rows: str, arrangement: Arrangement) -> None:
    """Make the table `place`: for every record its file and row, line, INDEX, whether it repeats, and what fills it."""
    filling = fill(con, schema, rows) if arrangement.bound else frozenset()
    lines = _lines(rows) if filling - {"bound"} else _bound_lines(rows) if filling else _plain_lines(rows)
    repeated = "coalesce(line = lag(line) OVER (), false)" if arrangement.ordered else "false"
    order = "line, file, row" if arrangement.ordered else "file, row"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE place AS"
        " SELECT file, row, ip, tcp_from, name, netname_from,"
        " CASE WHEN ip IS NOT NULL OR name IS NOT NULL THEN line END AS filled, repeated,"
        " sum(CASE WHEN repeated THEN 0 ELSE 1 END) OVER (ROWS UNBOUNDED PRECEDING) AS number FROM"
        f" (SELECT *, {repeated} AS repeated FROM"
        f" (SELECT * FROM ({lines}) ORDER BY {order}))"
    )


_HEAD = "regexp_extract({0}, '^(?:[^;]*;){{{1}}}')"


def _set(line: str, field: int, value: str) -> str:
    """Return SQL of a MACHINE line with a value in an empty field, of the line as it is where there is none."""
    head = _HEAD.format(line, field - 1)
    changed = f"{head} || {value} || substr({line}, length({head}) + 1)"
    return f"CASE WHEN {value} IS NULL OR {head} = '' THEN {line} ELSE {changed} END"


_BY_DNS = f"(named.ip IS NOT NULL AND coalesce(bound.rank > {DNS_RANK}, true))"
"""SQL that is true where DNS fills the address: no binding says it that counts more."""


def _plain_lines(rows: str) -> str:
    """Return the SELECT statement of all records as their sources have them."""
    return (
        "SELECT file_index AS file, file_row_number AS row, line, NULL::VARCHAR AS ip, NULL::VARCHAR AS tcp_from,"
        f" NULL::VARCHAR AS name, NULL::VARCHAR AS netname_from FROM {rows} WHERE line IS NOT NULL"
    )


def _bound_lines(rows: str) -> str:
    """Return the SELECT statement of all records with the addresses of their MACs."""
    spelled = "CASE WHEN tcp IS NULL THEN bound.spelled END"
    return (
        f"SELECT file, row, {_set('line', _TCP, spelled)} AS line, CASE WHEN tcp IS NULL THEN bound.ip END AS ip,"
        " CASE WHEN tcp IS NULL THEN bound.tcp_from END AS tcp_from, NULL AS name, NULL AS netname_from"
        f" FROM (SELECT file_index AS file, file_row_number AS row, line, mac, tcp FROM {rows} WHERE line IS NOT NULL)"
        " LEFT JOIN bound USING (mac)"
    )


def _lines(rows: str) -> str:
    """Return the SELECT statement of all records with what fills them."""
    own = f"SELECT file_index AS file, file_row_number AS row, line, mac, tcp, netname, {HOST} AS host FROM {rows}"
    addressed = (
        "SELECT own.*, CASE WHEN tcp IS NULL THEN"
        f" CASE WHEN {_BY_DNS} THEN named.ip ELSE bound.ip END END AS ip,"
        f" CASE WHEN tcp IS NULL THEN CASE WHEN {_BY_DNS} THEN named.ip ELSE bound.spelled END END AS spelled,"
        f" CASE WHEN tcp IS NULL THEN CASE WHEN {_BY_DNS} THEN named.tcp_from ELSE bound.tcp_from END END AS tcp_from"
        f" FROM ({own} WHERE line IS NOT NULL) AS own LEFT JOIN bound USING (mac) LEFT JOIN named USING (host)"
    )
    named = (
        "SELECT addressed.*, CASE WHEN netname IS NULL THEN coalesce(called.name, pointed.name) END AS name,"
        " CASE WHEN netname IS NULL THEN coalesce(called.netname_from, pointed.netname_from) END AS netname_from"
        f" FROM ({addressed}) AS addressed LEFT JOIN called USING (mac)"
        f" LEFT JOIN pointed ON pointed.written = {WRITTEN_OUT.format('coalesce(tcp, ip)')}"
    )
    line = _set("line", _TCP, "spelled")
    return (
        f"SELECT file, row, {_set('line', _NETNAME, 'name')} AS line, ip, tcp_from, name, netname_from"
        f" FROM (SELECT * REPLACE ({line} AS line) FROM ({named}))"
    )


def filled(name: str) -> str:
    """Return the SQL of a column of `machine`, from a claim and its place."""
    special = {
        "index": "place.number",
        "repeated": "place.repeated",
        "tcp": "coalesce(claim.tcp, place.ip)",
        "tcp_from": "place.tcp_from",
        "netname": "coalesce(claim.netname, place.name)",
        "netname_from": "place.netname_from",
        "line": "coalesce(place.filled, claim.line)",
    }
    return special.get(name, f"claim.{quoted(name)}")
