"""The collisions as they are listed: key, value, cause, severity, the machines and the evidence.

One value of a key can have several: a backup and a clone, for example. `entry` numbers them within a query.
"""

from __future__ import annotations

from vhost.collisions.backups import STATES
from vhost.collisions.causes import RULES, SEVERITIES

FORBIDDING = (*STATES, "DISABLED")
"""The VMSTATE of what cannot be run as it is."""

_SEVERITY = {rule.cause: rule.severity for rule in reversed(RULES)}
_FACT = {rule.cause: rule.fact for rule in reversed(RULES)}

_SINGLE_KEY = """
SELECT machine_id, key, value FROM (
    SELECT machine_id, key, value, row_number() OVER (PARTITION BY machine_id ORDER BY rank) AS place
    FROM (
        SELECT machine_id, 1 AS rank, 'uuid' AS key, uuid AS value FROM alone JOIN known_machine USING (machine_id)
        UNION ALL SELECT machine_id, 2, 'mac', macs[1] FROM alone JOIN known_machine USING (machine_id)
        UNION ALL SELECT machine_id, 3, 'label', label FROM alone JOIN known_machine USING (machine_id)
        UNION ALL SELECT machine_id, 4, 'id', coalesce(id, paths[1], machine_id) FROM alone JOIN known_machine
            USING (machine_id)
    ) ANTI JOIN placeholder USING (key, value) ANTI JOIN known USING (key, value) WHERE value IS NOT NULL
) WHERE place = 1
"""

ALONE = """
SELECT machine_id, 'moved' AS cause FROM moved_alone SEMI JOIN claim USING (machine_id)
UNION SELECT machine_id, 'multipath' FROM seen_twice ANTI JOIN moved_alone USING (machine_id)
"""
"""What is said of single machines: (machine_id, cause)."""

PART = f"""
WITH single_key AS ({_SINGLE_KEY}),
taking_part AS (
    SELECT collision, 'backup' AS cause, machine_id, 'backup' AS role, NULL AS own_key, NULL AS own_value FROM backup
    UNION ALL SELECT collision, 'backup', original, 'original', NULL, NULL FROM backup
        WHERE original IS NOT NULL AND (collision, original) NOT IN (SELECT (collision, machine_id) FROM backup)
    UNION ALL SELECT b.collision, 'backup', m.machine_id, 'original', NULL, NULL FROM backup AS b JOIN member AS m
        USING (collision)
        WHERE b.original IS NULL AND (b.collision, m.machine_id) NOT IN (SELECT (collision, machine_id) FROM backup)
    UNION ALL SELECT collision, 'moved', unnest([old, new]), unnest(['old', 'new']), NULL, NULL FROM twins
)
SELECT collision, cause, machine_id, min(role) AS role, own_key, own_value FROM taking_part GROUP BY ALL
UNION ALL SELECT collision, cause, machine_id, NULL, NULL, NULL FROM rest JOIN judged USING (collision)
UNION ALL SELECT hash(key, value, machine_id), cause, machine_id, NULL, key, value FROM alone JOIN single_key USING
    (machine_id)
UNION ALL SELECT hash(key, value, machine_id), 'contradiction', machine_id, NULL, key, value
    FROM (SELECT DISTINCT machine_id, key, value FROM contradicted)
"""
"""Who takes part in what, each once, and as what: (collision, cause, machine_id, role, own_key, own_value)."""

_LEVELS = list(SEVERITIES)

_EXCLUSIVE = """
SELECT collision, cause, any_value(source) AS source FROM (
    SELECT collision, cause, pm, source, count(DISTINCT machine_id) AS machines
    FROM part JOIN writable USING (machine_id) WHERE exclusive GROUP BY ALL
) JOIN (SELECT collision, cause, count(*) AS machines FROM part GROUP BY ALL) USING (collision, cause, machines)
WHERE machines > 1 GROUP BY ALL
"""

ENTRY = f"""
WITH base AS (
    SELECT collision, cause, any_value(own_key) AS key, any_value(own_value) AS value, count(*) AS machines,
        count(*) FILTER (running) AS running, max(hosts) AS hosts,
        count(*) FILTER (coalesce(vmstate, '') NOT IN {FORBIDDING}) AS runnable
    FROM part JOIN known_machine USING (machine_id) LEFT JOIN running USING (machine_id) GROUP BY ALL
),
exclusive AS ({_EXCLUSIVE}),
weighed AS (
    SELECT base.*, exclusive.source AS disk, CASE
        WHEN running > 1 OR (machines = 1 AND hosts > 1) THEN 1
        WHEN machines > 1 AND cause <> 'backup' AND (exclusive.source IS NOT NULL OR runnable < 2) THEN -1
        ELSE 0 END AS step
    FROM base LEFT JOIN exclusive USING (collision, cause)
)
SELECT hash(collision, cause) AS entry, collision, coalesce(weighed.key, shared.key) AS key,
    coalesce(weighed.value, shared.value) AS value, cause, step, running, machines, disk,
    {_LEVELS}[greatest(1, least({len(SEVERITIES)}, list_position({_LEVELS}, coalesce(severity, (MAP
        {_SEVERITY})[cause])) + step))]
        AS severity,
    coalesce(fact, (MAP {_FACT})[cause]) AS why, coalesce(ties, []) AS ties
FROM weighed LEFT JOIN shared USING (collision) LEFT JOIN judged USING (collision, cause)
"""
"""One row for each collision, and for each single machine of which something is to be said."""
