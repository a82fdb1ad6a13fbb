"""The address to paste for every machine of an audit: the smallest one that fits it alone.

A label, UUID, MAC or address that no other machine has is found without a search, as the values that several have are
known. What is left is searched for (`vhost.ambiguity.minimal`).
"""

from __future__ import annotations

from typing import Final

import duckdb

from vhost.ambiguity.minimal import minimal
from vhost.ambiguity.resolve import Resolver

NONE: Final = "no address can tell it from another machine: the same host, path and values"
"""Why a machine has none."""

MANY: Final = 2_000
"""More machines than these get an address of one part as soon as one is known, though a file name may be shorter."""

_KINDS = {"l": "label", "u": "uuid", "m": "mac", "t": "tcp"}
_PLAIN = (
    "regexp_full_match(value, '[A-Za-z0-9_.+=@ -]+')"
    " OR (kind IN ('m', 't') AND regexp_full_match(value, '[0-9a-f.:]+'))"
)
_VALUES = " UNION ALL ".join(
    f"SELECT machine_id, '{kind}' AS kind, '{key}' AS key, {key} AS value FROM own" for kind, key in _KINDS.items()
)

_SINGLE = rf"""
CREATE TEMP TABLE single AS
WITH own AS (SELECT * FROM claim WHERE machine_id IN (SELECT machine_id FROM part)),
alone AS (SELECT DISTINCT machine_id, kind || ':' || value AS text FROM ({_VALUES}) ANTI JOIN shared USING (key,
    value)
    WHERE ({_PLAIN}) AND (kind <> 't' OR (regexp_full_match(value, '[0-9.]+|[0-9a-f.:]*:[0-9a-f.:]*')
        AND value NOT IN (SELECT netname FROM claim WHERE regexp_matches(netname, '^[0-9a-f.:]+$'))))),
best AS (SELECT machine_id, min_by(text, (length(text), text)) AS text FROM alone GROUP BY machine_id),
name AS (SELECT machine_id, min(length(regexp_extract(file, '[^/]*$'))) AS size
    FROM (SELECT machine_id, unnest([id, path]) AS file FROM own) WHERE file IS NOT NULL GROUP BY machine_id)
SELECT DISTINCT part.machine_id, text, coalesce(length(text) < size + 2, text IS NOT NULL) AS shortest
FROM part LEFT JOIN best USING (machine_id) LEFT JOIN name USING (machine_id)
"""


def propose(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `proposal`: machine, its address, or why there is none."""
    con.execute(_SINGLE)
    (unsure,) = con.execute("SELECT count(*) FROM single WHERE NOT shortest").fetchone() or (0,)
    enough = "shortest" if unsure <= MANY else "text IS NOT NULL"
    left = con.execute(f"SELECT machine_id FROM single WHERE NOT ({enough})").fetchall()
    found = minimal(Resolver(con), [machine for (machine,) in left])
    con.execute(
        "CREATE TEMP TABLE proposal AS SELECT machine_id, text AS address, NULL::VARCHAR AS why FROM single"
        f" WHERE {enough} UNION ALL SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [list(found), list(found.values()), [None if address else NONE for address in found.values()]],
    )
