"""Which machines addresses fit, set-wise: many addresses are one statement.

An address fits a machine if each of its parts fits one of the machine's claims; with a host, only the claims of
that PM count. Parts that speak of the file have to fit the same path. So that a value which half of the fleet
shares costs nothing, the machines come from the part of each address that fits the fewest claims, and the other
parts are compared on those machines alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from vhost.address import Kind
from vhost.ambiguity.asked import PATHS, Asked, store

_NAME = "lower(rtrim({}, '.'))"
_TCP, _NETNAME = _NAME.format("tcp"), _NAME.format("netname")
_TEXTS = '(SELECT machine_id, pm, "index", UNNEST(list_distinct([id, path])) AS text FROM machine)'

_KEYED: dict[Kind, str] = {
    "l": "SELECT label AS value, machine_id FROM machine",
    "u": "SELECT uuid AS value, machine_id FROM machine",
    "m": "SELECT mac AS value, machine_id FROM machine",
    "t": f"SELECT UNNEST(list_distinct([{_TCP}, {_NETNAME}])) AS value, machine_id FROM machine",
    "p": f"SELECT text AS value, machine_id FROM {_TEXTS}",
}
"""The kinds whose values are equal or not, and where they stand."""

_BELOW = "(text = asked.value OR asked.value = '/' OR starts_with(text, asked.value || '/'))"
_INSIDE = "contains(text, asked.value)"

_FITS_VALUE = (
    "CASE kind WHEN 'l' THEN label = value WHEN 'u' THEN uuid = value WHEN 'm' THEN mac = value"
    f" WHEN 't' THEN coalesce({_TCP} = value, false) OR coalesce({_NETNAME} = value, false) ELSE false END"
)
_FITS_PATH = f"CASE kind WHEN 'p' THEN text = value WHEN 'b' THEN {_BELOW} WHEN 'f' THEN {_INSIDE} ELSE false END"
_ON_HOST = "(NOT hosted OR (no, pm) IN (SELECT (no, pm) FROM asked_host))"


def match(con: duckdb.DuckDBPyConnection, asked: Sequence[Asked]) -> None:
    """Make the table `matched`: number of the address, machine, INDEX of the claim that fits best, staleness."""
    store(con, asked)
    con.execute(_statement([{part.kind for part in one.address.parts} for one in asked]))


def _statement(asked: Sequence[set[Kind]]) -> str:
    kinds = set().union(*asked)
    keyed = " UNION ALL ".join(_keyed(kind) for kind in _KEYED if kind in kinds) or _NO_KEYED
    fits = [_FIT_VALUES] if kinds - PATHS else []
    fits += [_FIT_PATHS] if kinds & PATHS else []
    candidates = [_DRIVEN, *([_SEARCHED] if any(one <= _SEARCHED_KINDS for one in asked) else [])]
    return _STATEMENT.format(keyed=keyed, candidates=" UNION ".join(candidates), fits=" UNION ALL ".join(fits))


def _keyed(kind: Kind) -> str:
    values = f"SELECT DISTINCT value FROM asked WHERE kind = '{kind}'"
    return f"SELECT '{kind}' AS kind, value, machine_id FROM ({_KEYED[kind]}) WHERE value IN ({values})"


_NO_KEYED = "SELECT '' AS kind, '' AS value, '' AS machine_id WHERE false"
_SEARCHED_KINDS: frozenset[Kind] = frozenset(("b", "f"))

_DRIVEN = """
    SELECT no, machine_id FROM driver JOIN asked USING (no) JOIN keyed USING (kind, value)
    WHERE asked.part = best.part AND asked.sub = best.sub"""
_SEARCHED = f"""
    SELECT no, machine_id FROM (
        SELECT asked.*, min(sub) OVER (PARTITION BY no) AS first FROM asked ANTI JOIN driver USING (no)
    ) AS asked JOIN {_TEXTS} ON sub = first AND ((kind = 'b' AND {_BELOW}) OR (kind = 'f' AND {_INSIDE}))"""

_FIT_VALUES = f"""
    SELECT no, part, machine_id, "index" FROM claim JOIN asked USING (no) WHERE part > 0 AND {_FITS_VALUE}"""
_FIT_PATHS = f"""
    SELECT no, 0 AS part, machine_id, "index" FROM (SELECT *, UNNEST(list_distinct([id, path])) AS text FROM claim)
    JOIN asked USING (no) WHERE part = 0 AND {_FITS_PATH}
    GROUP BY no, machine_id, "index", text HAVING count(DISTINCT sub) = any_value(subs)"""

_STATEMENT = f"""
CREATE OR REPLACE TEMP TABLE matched AS WITH
keyed AS MATERIALIZED ({{keyed}}),
counted AS (SELECT kind, value, count(*) AS claims FROM keyed GROUP BY ALL),
weighed AS (
    SELECT no, part, sub, sum(coalesce(claims, 0)) AS claims FROM asked LEFT JOIN counted USING (kind, value)
    WHERE kind NOT IN ('b', 'f') GROUP BY ALL),
driver AS (SELECT no, arg_min({{{{part: part, sub: sub}}}}, claims) AS best FROM weighed GROUP BY no),
candidate AS MATERIALIZED (SELECT DISTINCT no, machine_id FROM ({{candidates}})),
claim AS MATERIALIZED (
    SELECT no, parts, machine_id, "index", pm, label, id, uuid, mac, tcp, netname, path, stale
    FROM candidate JOIN asked_address USING (no) JOIN machine USING (machine_id) WHERE {_ON_HOST}),
fit AS MATERIALIZED ({{fits}}),
best AS (SELECT no, machine_id, "index", count(DISTINCT part) AS fits FROM fit GROUP BY ALL),
whole AS (SELECT no, machine_id, count(DISTINCT part) AS fits FROM fit GROUP BY ALL),
age AS (SELECT no, machine_id, parts, bool_and(coalesce(stale, false)) AS stale FROM claim GROUP BY ALL)
SELECT no, machine_id, arg_max(best."index", (best.fits, -best."index")) AS "index", any_value(age.stale) AS stale
FROM whole JOIN age USING (no, machine_id) JOIN best USING (no, machine_id)
WHERE whole.fits = parts GROUP BY no, machine_id
"""
