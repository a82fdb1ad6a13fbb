"""What other sources add to records: the address of an interface, and the name of an address.

What a configuration says is never replaced. Where it says nothing, the first of these counts that does:
bindings of the MAC as `vhost.precedence` ranks them, and at the place of `dns` there the answers of name servers
for the name of the machine.
"""

from __future__ import annotations

from typing import Final

import duckdb

from vhost.collisions.sources import ASKED, WRITTEN_OUT
from vhost.precedence import CONFIGURED, MACMAP, PRECEDENCE, rank

DNS_RANK = rank("dns")
_NAMING = tuple(kind for kinds in PRECEDENCE[CONFIGURED:DNS_RANK] for kind in kinds)
"""The kinds of bindings that name an interface; the macmap never did."""

_RANKED = " ".join(f"WHEN '{kind}' THEN {place}" for place, kinds in enumerate(PRECEDENCE) for kind in kinds)
_RANK = f"CASE source_kind {_RANKED} ELSE {len(PRECEDENCE)} END"
_FAMILY = (
    "CASE WHEN ip LIKE 'fe80:%' THEN 3 WHEN ip LIKE '%:%' THEN 2 WHEN regexp_matches(ip, '[^0-9.]') THEN 1 ELSE 0 END"
)
_FIRST = (
    f"rank, number, stale, {_FAMILY}, CASE WHEN rank > {CONFIGURED} THEN seen_at END DESC NULLS LAST,"
    " source_kind, source, ip"
)
_NAME = "lower(rtrim(coalesce(netname, label), '.'))"
_DOMAIN = "lower(regexp_extract(pm, '\\.(.*)$', 1))"
HOST = f"CASE WHEN contains({_NAME}, '.') OR {_DOMAIN} = '' THEN {_NAME} ELSE {_NAME} || '.' || {_DOMAIN} END"
"""SQL of the name by which DNS should know a record: its NETNAME or label, in the domain of its PM."""


_TABLES: Final = {
    "bound": "mac VARCHAR, ip VARCHAR, rank INTEGER, spelled VARCHAR, tcp_from VARCHAR",
    "named": "host VARCHAR, ip VARCHAR, tcp_from VARCHAR",
    "called": "mac VARCHAR, name VARCHAR, netname_from VARCHAR",
    "pointed": "written VARCHAR, name VARCHAR, netname_from VARCHAR",
}


def fill(con: duckdb.DuckDBPyConnection, schema: str, rows: str) -> frozenset[str]:
    """Make the tables `bound` (by MAC), `named` (by HOST), `called` (by MAC) and `pointed` (by address).

    Return those that hold anything: nobody should pay for looking where nothing is, nor for making what will be empty.
    """
    selects: dict[str, str] = {}
    if _any(con, f"{schema}.binding"):
        selects |= {"bound": _bound(schema, rows), "called": _CALLED.format(schema=schema)}
    if _any(con, f"{schema}.dns"):
        selects |= {"named": _NAMED.format(schema=schema, rows=rows), "pointed": _POINTED.format(schema=schema)}
    for table, columns in _TABLES.items():
        content = f"AS {selects[table]}" if table in selects else f"({columns})"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} {content}")
    return frozenset(table for table in selects if _any(con, table))


def _any(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def _bound(schema: str, rows: str) -> str:
    """Return the SELECT of the address of a MAC by the binding that counts first, and which one that is.

    A lease that had ended when it was read fills nothing. Among bindings of the same rank the first line
    of the macmap counts, what is not stale, IPv4, what was seen last.
    """
    return (
        f"SELECT mac, ip, rank, CASE source_kind WHEN '{MACMAP}' THEN split_part(line, ';', 3) ELSE ip END AS spelled,"
        " concat_ws(':', source_kind, source) AS tcp_from"
        f" FROM (SELECT *, {_RANK} AS rank FROM {schema}.binding WHERE ip IS NOT NULL"
        f" AND mac IN (SELECT mac FROM {rows} WHERE tcp IS NULL)) AS claim"
        f" LEFT JOIN (SELECT scan_id, seen_at AS read_at FROM {schema}.scan) USING (scan_id)"
        " WHERE coalesce(expires_at >= read_at, true)"
        f" QUALIFY row_number() OVER (PARTITION BY mac ORDER BY {_FIRST}) = 1"
    )


_NAMED = f"""
WITH record AS (SELECT {HOST} AS host, mac, tcp FROM {{rows}} WHERE line IS NOT NULL),
lacking AS (SELECT host FROM record WHERE host IS NOT NULL GROUP BY host
    HAVING bool_or(tcp IS NULL) AND count(DISTINCT coalesce(mac, '')) = 1),
answer AS (SELECT lower(owner) AS host, coalesce(stale, false) AS stale, server, type = 'A' AS v4, value
    FROM {{schema}}.dns WHERE type IN ('A', 'AAAA') AND value IS NOT NULL AND lower(owner) IN (FROM lacking))
SELECT host, coalesce(any_value(value) FILTER (v4), any_value(value)) AS ip, 'dns:' || min(server) AS tcp_from
FROM answer GROUP BY host, stale
HAVING CASE WHEN bool_or(v4) THEN count(DISTINCT value) FILTER (v4) ELSE count(DISTINCT value) END = 1
QUALIFY row_number() OVER (PARTITION BY host ORDER BY stale) = 1
"""
"""The one address of a name, for names whose records all speak of one interface and some lack the address."""

_CALLED = f"""
SELECT mac, name, concat_ws(':', source_kind, source) AS netname_from
FROM (SELECT *, {_RANK} AS rank FROM {{schema}}.binding WHERE name IS NOT NULL AND mac IS NOT NULL
    AND source_kind IN {_NAMING})
QUALIFY row_number() OVER (PARTITION BY mac ORDER BY rank, stale, seen_at DESC NULLS LAST, source, name) = 1
"""
"""The name that DHCP and its kin have for a MAC."""

_POINTED = f"""
WITH answer AS (SELECT *, {ASKED} AS asked FROM (SELECT lower(owner) AS owner, type, value, server,
    coalesce(stale, false) AS stale FROM {{schema}}.dns
    WHERE value IS NOT NULL AND type IN ('A', 'AAAA', 'PTR'))),
name AS (SELECT asked AS written, 0 AS how, stale, value AS name, server FROM answer WHERE type = 'PTR'
    UNION ALL SELECT {WRITTEN_OUT.format("value")}, 1, stale, owner, server FROM answer WHERE type <> 'PTR')
SELECT written, any_value(name) AS name, 'dns:' || min(server) AS netname_from
FROM name WHERE written IS NOT NULL GROUP BY written, how, stale HAVING count(DISTINCT name) = 1
QUALIFY row_number() OVER (PARTITION BY written ORDER BY stale, how) = 1
"""
"""The one name that DNS has for an address: by its reverse name, else by the only name that has the address."""
