"""The addresses and names that a snapshot knows, of whatever source: what a sweep of DNS asks for."""

from __future__ import annotations

import duckdb

_ADDRESSES = """
SELECT DISTINCT address FROM (
    SELECT tcp AS address FROM machine
    UNION ALL SELECT ip FROM binding
    UNION ALL SELECT value FROM dns WHERE type IN ('A', 'AAAA')
) WHERE regexp_full_match(address, '[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*') ORDER BY ALL
"""
_NAMES = """
SELECT DISTINCT lower(name) AS name FROM (
    SELECT pm AS name FROM machine
    UNION ALL SELECT label FROM machine
    UNION ALL SELECT netname FROM machine
    UNION ALL SELECT name FROM binding
    UNION ALL SELECT owner FROM dns WHERE type IN ('A', 'AAAA', 'CNAME')
    UNION ALL SELECT value FROM dns WHERE type IN ('PTR', 'CNAME')
) WHERE regexp_full_match(name, '[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?')
    AND NOT regexp_full_match(name, '[0-9.]+') ORDER BY ALL
"""


def addresses(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return every IP address, in normal form."""
    return [address for (address,) in con.execute(_ADDRESSES).fetchall()]


def names(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return every name that a host may have, in lower case."""
    return [name for (name,) in con.execute(_NAMES).fetchall()]
