"""What proves a collision: one row for each statement, with who made it and when."""

from __future__ import annotations

_PLACE = "m.paths[1]"

_SAYS = """concat_ws(', ', 'label ' || m.label, 'UUID ' || m.uuid,
    nullif('MAC ' || array_to_string(m.macs, ' '), 'MAC '),
    nullif('address ' || array_to_string(m.own_tcps, ' '), 'address '), 'VMSTATE ' || m.vmstate,
    'disks ' || array_to_string(disks.sources, ' '))"""

_MEMBERS = f"""
SELECT entry, 2 AS rank, {_SAYS} AS fact, {_PLACE} AS source, m.seen_at
FROM entry JOIN part USING (collision, cause) JOIN known_machine AS m USING (machine_id) LEFT JOIN disks USING
    (machine_id)
WHERE cause NOT IN ('multipath', 'contradiction')
"""

_FILLED = """
SELECT entry, 2, concat_ws(' ', 'address', c.tcp, 'of', c.mac), regexp_replace(c.tcp_from, ':', ' '),
    max(coalesce(b.seen_at, d.seen_at))
FROM entry JOIN part USING (collision, cause)
JOIN (SELECT DISTINCT machine_id, mac, tcp, tcp_from FROM claim WHERE tcp_from IS NOT NULL) AS c USING (machine_id)
LEFT JOIN binding AS b ON c.tcp_from NOT LIKE 'dns:%' AND b.mac = c.mac AND b.ip = c.tcp
    AND c.tcp_from = concat_ws(':', b.source_kind, b.source)
LEFT JOIN dns AS d ON c.tcp_from = 'dns:' || d.server AND d.value = c.tcp
WHERE cause NOT IN ('multipath', 'contradiction') GROUP BY ALL
"""
"""Addresses that no configuration says: who says them instead."""

_PATHS = """
SELECT entry, 1, 'is seen by ' || claim.pm || ' as ' || coalesce(claim.id, claim.path), any_value(source_host),
    max(claim.seen_at)
FROM entry JOIN part USING (collision, cause) JOIN claim USING (machine_id) WHERE cause = 'multipath'
GROUP BY entry, claim.pm, coalesce(claim.id, claim.path)
"""

_BACKUPS = """
SELECT entry, 1, CASE how WHEN 'state' THEN 'is no machine to run: VMSTATE ' || fact
    WHEN 'content' THEN 'has the content of ' || coalesce(o.paths[1], '?')
    ELSE 'is named like ' || coalesce(o.paths[1], '?') || ' with a mark of a backup' END, m.paths[1], m.seen_at
FROM entry JOIN backup USING (collision) JOIN known_machine AS m USING (machine_id)
LEFT JOIN known_machine AS o ON o.machine_id = original WHERE cause = 'backup'
"""

_MOVES = """
SELECT DISTINCT entry, 1, 'was ' || moved.path || ' until ' || strftime(moved.seen_at, '%Y-%m-%d %H:%M')
    || ', then gone; the same content is ' || moved.new_path, moved.pm || ':' || moved.new_path, moved.gone_at
FROM entry JOIN part USING (collision, cause) JOIN moved ON moved.new_machine_id = part.machine_id WHERE cause =
    'moved'
"""

_SAID = """
SELECT entry, 1, concat_ws(' ', c.key, c.value, nullif(c.about, '')), c.kind || ' ' || c.source, c.seen_at
FROM entry JOIN part USING (collision, cause) JOIN contradicted AS c
    ON c.machine_id = part.machine_id AND c.key = own_key AND c.value = own_value WHERE cause = 'contradiction'
UNION SELECT entry, 1, concat_ws(' ', c.key, c.other, nullif(c.about, '')), c.other_kind || ' ' || c.other_source,
    c.other_seen_at
FROM entry JOIN part USING (collision, cause) JOIN contradicted AS c
    ON c.machine_id = part.machine_id AND c.key = own_key AND c.value = own_value WHERE cause = 'contradiction'
"""

_OUTDATED = """
SELECT entry, 3, why, m.paths[1], m.seen_at
FROM (SELECT entry, collision, cause FROM entry WHERE cause = 'stale') JOIN part USING (collision, cause)
JOIN outdated USING (machine_id) JOIN known_machine AS m USING (machine_id)
"""

_RUNNING = """
SELECT DISTINCT entry, 4, concat_ws(' ', 'runs as guest', runs.id, runs.label), runs.host, runs.seen_at
FROM entry JOIN part USING (collision, cause) JOIN runs USING (machine_id) WHERE runs.certain
"""

_DISK = """
SELECT entry, 5, 'at most one can run: they share the disk ' || disk, NULL, NULL
FROM entry WHERE disk IS NOT NULL AND step < 0
"""

_PARTS = (_MEMBERS, _FILLED, _PATHS, _BACKUPS, _MOVES, _SAID, _OUTDATED, _RUNNING, _DISK)

EVIDENCE = " UNION ALL ".join(_PARTS)
"""Every statement: (entry, rank, fact, source, seen_at); rank 2 are the claims, the others what they prove."""
