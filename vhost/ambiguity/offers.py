"""What may stand in the addresses of some machines: their own values, and which other machines those fit.

    wanted      a part that fits one of the machines: number, kind, text as it is written in an address
    own         machine, host, number: what a machine offers, on each host that sees it
    fit         machine, host, number: what any machine satisfies

A path is offered whole (`p:`) and by the name of the file (`f:`); the parts are written and compared as
`vhost.address` and `vhost.ambiguity.matching` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from vhost.address import KINDS, Kind, part
from vhost.ambiguity.asked import BOUND_NAMES, spellings
from vhost.ambiguity.hosts import Hosts
from vhost.errors import VhostError
from vhost.text import unescape

_ORDER = list(KINDS)
"""The order in which parts are written, as SQL too."""
_LONGEST = 1_000
"""The characters of a value that is offered; a longer one is no help."""

_NAME = "lower(rtrim({}, '.'))"
_OF_CLAIM = (
    "{l: [label], u: [uuid], m: [mac],"
    f" t: list_distinct([{_NAME.format('tcp')}, {_NAME.format('netname')}]), p: list_distinct([id, path])}}"
)
_SAID = " UNION ALL ".join(
    f"SELECT machine_id, pm, '{kind}' AS kind, UNNEST(said.{kind}) AS value FROM claim" for kind in "lumtp"
)
_BASENAME = "regexp_extract(value, '[^/]+$')"
_ODD = r"NOT regexp_full_match(value, '[ -~]*') OR regexp_matches(value, '[\\;]|//|/\.\.?(/|$)|/$')"


def prepare(con: duckdb.DuckDBPyConnection, machines: Sequence[str], hosts: Hosts) -> None:
    """Make the tables `target`, `pm_host`, `wanted`, `own` and `fit` for these machines."""
    con.execute("CREATE OR REPLACE TEMP TABLE target AS SELECT UNNEST(?::VARCHAR[]) AS machine_id", [[*machines]])
    _hosts(con, hosts)
    con.execute(_OWN_VALUES)
    con.execute(_WANTED)
    _spell(con)
    con.execute(_OWN)
    con.execute(_FIT)
    con.execute(_FIT_NAMES)


def _hosts(con: duckdb.DuckDBPyConnection, hosts: Hosts) -> None:
    """Make the table `pm_host`: the shortest name of each PM that names it alone, by the spellings of records."""
    rows = list(_named(con, hosts))
    con.execute("CREATE OR REPLACE TEMP TABLE pm_host (pm VARCHAR, host VARCHAR, host_text VARCHAR)")
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        con.execute(
            "INSERT INTO pm_host SELECT UNNEST(?::VARCHAR[]), UNNEST(?::VARCHAR[]), UNNEST(?::VARCHAR[])", columns
        )


def _named(con: duckdb.DuckDBPyConnection, hosts: Hosts) -> Iterator[tuple[str, str, str]]:
    pms = con.execute("SELECT DISTINCT pm FROM machine JOIN target USING (machine_id) WHERE pm IS NOT NULL")
    for (pm,) in pms.fetchall():
        name = shortest_name(hosts, pm)
        if name is not None:
            host = hosts.find(name)
            yield from ((spelling, host.name, str(part("l", name))[2:]) for spelling in host.spellings)


def shortest_name(hosts: Hosts, pm: str) -> str | None:
    """Return the shortest name that names the PM of a record alone, None if none does."""
    for name in (pm.partition(".")[0], pm):
        try:
            if name and pm in hosts.find(name).spellings:
                return name
        except VhostError:
            continue
    return None


_OWN_VALUES = f"""
CREATE OR REPLACE TEMP TABLE own_value AS WITH
claim AS (SELECT machine_id, pm, {_OF_CLAIM} AS said FROM machine WHERE machine_id IN (SELECT machine_id FROM
    target)),
whole AS ({_SAID})
SELECT DISTINCT machine_id, pm, kind, value FROM (
    FROM whole UNION ALL SELECT machine_id, pm, 'f', {_BASENAME} FROM whole WHERE kind = 'p'
) WHERE value <> '' AND length(value) <= {_LONGEST}
"""

_WANTED = f"""
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT row_number() OVER (ORDER BY list_position({_ORDER}, kind), value) AS number, kind, value, {_ODD} AS odd,
    kind || ':' || CASE WHEN kind IN ('u', 'm', 't') THEN replace(value, ',', '\\,')
    ELSE replace(replace(value, ',', '\\,'), ':', '\\:') END AS text
FROM (SELECT DISTINCT kind, value FROM own_value)
"""


def _spell(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `spelled`: how a snapshot may spell what is wanted; write the parts that take care."""
    con.execute("CREATE OR REPLACE TEMP TABLE spelled AS SELECT number, kind, value FROM wanted")
    odd = con.execute("SELECT number, kind, value FROM wanted WHERE odd").fetchall()
    made = [(number, part(kind, unescape(value))) for number, kind, value in odd]
    if made:
        rows = [(number, one.kind, spelling) for number, one in made for spelling in spellings(one)]
        con.executemany("INSERT INTO spelled VALUES (?, ?, ?)", rows)
        con.executemany("UPDATE wanted SET text = ? WHERE number = ?", [(str(one), number) for number, one in made])
    con.execute(
        f"INSERT INTO spelled SELECT number, kind, ip FROM wanted JOIN ({BOUND_NAMES}) AS bound ON bound.name = value"
        " WHERE kind = 't'"
    )


_OWN = """
CREATE OR REPLACE TEMP TABLE own AS
SELECT DISTINCT machine_id, host, number FROM own_value JOIN wanted USING (kind, value) LEFT JOIN pm_host USING (pm)
"""


def _fits(kind: Kind, column: str) -> str:
    return (
        f"SELECT machine_id, pm, number FROM (SELECT machine_id, pm, {column} AS value FROM machine)"
        f" JOIN (FROM spelled WHERE kind = '{kind}') AS asked USING (value)"
    )


_TEXTS = "UNNEST(list_distinct([id, path]))"
_COLUMNS: dict[Kind, str] = {
    "l": "label",
    "u": "uuid",
    "m": "mac",
    "t": f"UNNEST(list_distinct([{_NAME.format('tcp')}, {_NAME.format('netname')}]))",
    "p": _TEXTS,
}
_FIT = f"""
CREATE OR REPLACE TEMP TABLE fit AS SELECT DISTINCT machine_id, host, number FROM (
{" UNION ALL ".join(_fits(kind, column) for kind, column in _COLUMNS.items())}) LEFT JOIN pm_host USING (pm)
"""

_FIT_NAMES = f"""
INSERT INTO fit WITH
file AS MATERIALIZED (FROM spelled WHERE kind = 'f'),
size AS (SELECT DISTINCT length(value) AS size FROM file),
claim AS (SELECT machine_id, pm, {_TEXTS} AS text FROM machine),
name AS MATERIALIZED (SELECT DISTINCT UNNEST(string_split(text, '/')) AS name FROM claim),
piece AS (
    SELECT name, size, UNNEST(range(1, length(name) - size + 2)) AS place FROM name JOIN size ON length(name) >=
        size),
found AS MATERIALIZED (SELECT DISTINCT name, number FROM piece JOIN file ON value = substr(name, place, size))
SELECT DISTINCT machine_id, host, number FROM (
    SELECT machine_id, pm, UNNEST(string_split(text, '/')) AS name FROM claim
) JOIN found USING (name) LEFT JOIN pm_host USING (pm)
"""
"""A name fits a path if it stands inside one of the names that the path is made of; all pieces of the lengths that
matter are compared, which for many names is far less work than searching each in each path."""
