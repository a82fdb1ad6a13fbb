"""Which values of a key several machines have, and which machines those are.

A collision is known by a hash of its key and value, so that it is the same in every stage of one query.
"""

from __future__ import annotations

from vhost.collisions.keys import FLEET, HALF_OF_FLEET, KEYS, NO_MAC, NO_UUID

_OF_ONE_FILE = ("uuid", "mac", "id")
"""Keys whose values tell nothing when half of the fleet has them; a name that so many share does."""


def _sharing(key: str) -> str:
    """Return SQL of one key: numbers are compared first, which is fast; texts only of the few that are left."""
    return (
        f"SELECT '{key}' AS key, {key} AS value, machine_id FROM claim WHERE {key} IS NOT NULL AND hash({key}) IN"
        f" (SELECT hash({key}) FROM claim WHERE {key} IS NOT NULL GROUP BY 1"
        " HAVING min(hash(machine_id)) <> max(hash(machine_id)))"
    )


SHARING = " UNION ALL ".join(map(_sharing, KEYS))
"""The claims whose values several machines have, and hardly any others: (key, value, machine_id)."""

SHARED = (
    "SELECT hash(key, value) AS collision, key, value FROM sharing"
    " GROUP BY key, value HAVING min(machine_id) <> max(machine_id)"
)
"""Every value that two or more machines have: (collision, key, value)."""

HAVING = "SELECT DISTINCT collision, machine_id FROM sharing JOIN shared USING (key, value)"
"""The machines that have a shared value: (collision, machine_id)."""

FLEET_SIZE = f"SELECT greatest(approx_count_distinct(machine_id), {FLEET}) AS machines FROM {{}}"
"""How many machines there are, as far as it matters; it wants the name of a table."""

PLACEHOLDER = f"""
WITH counted AS (SELECT collision, count(*) AS machines FROM having_it GROUP BY collision)
SELECT collision, key, value, reason, machines FROM (
    SELECT collision, shared.key, shared.value, counted.machines, CASE
        WHEN known.reason IS NOT NULL THEN known.reason
        WHEN shared.key = 'uuid' AND NOT regexp_full_match(shared.value, '[0-9a-f]{{32}}') THEN '{NO_UUID}'
        WHEN shared.key = 'uuid' AND trim(shared.value, left(shared.value, 1)) = '' THEN 'one digit, repeated'
        WHEN shared.key = 'mac' AND NOT regexp_full_match(shared.value, '[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{5}}') THEN
            '{NO_MAC}'
        WHEN shared.key IN {_OF_ONE_FILE} AND counted.machines > fleet.machines / 2 THEN '{HALF_OF_FLEET}'
        END AS reason
    FROM counted JOIN shared USING (collision) CROSS JOIN fleet
    LEFT JOIN known ON known.key = shared.key AND known.value = lower(shared.value)
) WHERE reason IS NOT NULL
"""
"""Shared values that identify nothing: (collision, key, value, reason, machines)."""

MEMBER = "SELECT * FROM having_it ANTI JOIN placeholder USING (collision)"
"""The machines of the collisions that are some: (collision, machine_id)."""
