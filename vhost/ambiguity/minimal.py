"""The smallest addresses: for a machine the fewest parts that fit it alone, among those the shortest text.

The host counts as a part. Sets of up to three parts, with or without a host, are counted for all machines at once:
a set that exactly one machine satisfies is an address. What is left after that is either machines that differ in
nothing that an address can say, which the address of all their values tells, or very much alike; for those the
resolver is asked, set by set.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from vhost.ambiguity.leftover import addresses
from vhost.ambiguity.offers import prepare
from vhost.ambiguity.resolve import Resolver

_MOST = 3
"""The parts of sets that are counted."""

_OFFERED = 12
"""How many values of one machine are combined, the rarest ones."""


def minimal(resolver: Resolver, machines: Sequence[str]) -> dict[str, str | None]:
    """Return the text of the smallest address of each machine; None where no address fits it alone."""
    found: dict[str, str | None] = dict.fromkeys(machines)
    if not found:
        return found
    con = resolver.con
    prepare(con, list(found), resolver.hosts)
    for size in range(1, _MOST + 2):
        found |= _of_size(con, size)
        if not con.execute("SELECT 1 FROM target LIMIT 1").fetchone():
            return found
    left = [machine for machine, text in found.items() if text is None]
    return found | addresses(resolver, left, _MOST + 1)


def _of_size(con: duckdb.DuckDBPyConnection, size: int) -> dict[str, str]:
    """Return the addresses of this size, by machine, and take their machines out of `target`."""
    con.execute(_RARE.format(offered=_OFFERED))
    counts = [(parts, hosted) for parts, hosted in ((size, False), (size - 1, True)) if 1 <= parts <= _MOST]
    sets = " UNION ALL ".join(_sets(parts, hosted=hosted) for parts, hosted in counts)
    smallest = f"SELECT machine_id, min_by(text, (length(text), text)) FROM ({sets}) GROUP BY machine_id"
    found = dict(con.execute(smallest).fetchall())
    con.execute("DELETE FROM target WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[]))", [[*found]])
    return found


_RARE = """
CREATE OR REPLACE TEMP TABLE offered AS
SELECT machine_id, host, number FROM own JOIN (
    SELECT number, count(*) AS spread FROM fit GROUP BY number
) USING (number) WHERE machine_id IN (SELECT machine_id FROM target)
QUALIFY dense_rank() OVER (PARTITION BY machine_id ORDER BY spread, number) <= {offered}
"""


def _sets(parts: int, *, hosted: bool) -> str:
    """Return SQL of the addresses with this many parts: machine and text."""
    key = ["machine_id", "host"] if hosted else ["machine_id"]
    own = _joined("offered", parts, key)
    fits = _joined("(FROM fit WHERE number IN (SELECT number FROM offered))", parts, key)
    numbers = ", ".join(f"n{place}" for place in range(parts))
    same = f"{numbers}, host" if hosted else numbers
    unique = f"SELECT {same}, any_value(machine_id) AS machine_id FROM ({fits}) GROUP BY ALL HAVING count(*) = 1"
    columns = f"{same}, machine_id"
    words = " || ',' || ".join(f"w{place}.text" for place in range(parts))
    wanted = " ".join(f"JOIN wanted w{place} ON w{place}.number = n{place}" for place in range(parts))
    paths = " + ".join(f"(w{place}.kind IN ('p', 'f'))::INTEGER" for place in range(parts))
    host = "JOIN (SELECT DISTINCT host, host_text FROM pm_host) USING (host)" if hosted else ""
    ending = " || ',h:' || host_text" if hosted else ""
    return (
        f"SELECT machine_id, {words}{ending} AS text FROM ({own}) JOIN ({unique}) USING ({columns})"
        f" {wanted} {host} WHERE {paths} <= 1"
    )


def _joined(table: str, parts: int, key: Sequence[str]) -> str:
    """Return SQL of all sets of `parts` numbers that one machine has, in ascending order."""
    same = ", ".join(key)
    columns = ", ".join(f"t{place}.number AS n{place}" for place in range(parts))
    rows = f"(SELECT DISTINCT {same}, number FROM {table})"
    joins = [f"{rows} t0"]
    for place in range(1, parts):
        on = " AND ".join(f"t{place}.{column} = t0.{column}" for column in key)
        joins.append(f"{rows} t{place} ON {on} AND t{place}.number > t{place - 1}.number")
    return f"SELECT {', '.join(f't0.{column}' for column in key)}, {columns} FROM {' JOIN '.join(joins)}"
