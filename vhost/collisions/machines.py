"""What is known of a machine that an audit speaks of: its names, where it is seen, its disks, whether it runs."""

from __future__ import annotations

from vhost.collisions.limits import NOW, fresh
from vhost.schema import IDENTIFYING, OWN_NETNAME

_OF_CLAIM = (*IDENTIFYING, "vmstate", "scan_id", "path", "part", "mount", "scanner", "content_hash", "seen_at", "stale")

_OWN = ", ".join(f"{OWN_NETNAME} AS netname" if name == "netname" else name for name in _OF_CLAIM)

CLAIM = f"SELECT machine_id, {_OWN}, source_host, observer, tcp_from FROM machine"
"""Every claim, as the other stages need it."""

_DISTINCT = "list_sort(list_distinct(list({0})))"
_NEWEST = "arg_max({0}, seen_at)"


def _each(form: str, *columns: str) -> str:
    return ", ".join(f"{form.format(column)} AS {column}" for column in columns)


MACHINE = f"""
SELECT machine_id, {_each(_NEWEST, "label", "id", "uuid", "type")},
    min(pm) AS pm, {_DISTINCT.format("pm")} AS pms, {_DISTINCT.format("mac")} AS macs,
    {_DISTINCT.format("tcp")} AS tcps, {_DISTINCT.format("CASE WHEN tcp_from IS NULL THEN tcp END")} AS own_tcps,
    {_DISTINCT.format("netname")} AS netnames,
    {_DISTINCT.format("id")} AS ids,
    list_sort(list_distinct(list(concat_ws(':', pm, coalesce(id, path))))) AS paths,
    arg_max(upper(vmstate), seen_at) AS vmstate, {_each(_NEWEST, "content_hash")}, max(seen_at) AS seen_at,
    bool_and(coalesce(stale, false)) AS stale, any_value(scanner) AS scanner
FROM claim SEMI JOIN spoken USING (machine_id) GROUP BY machine_id
"""
"""One row for each machine that the audit speaks of."""

_WRITABLE = "source IS NOT NULL AND NOT coalesce(readonly, false)"

DISK = f"""
SELECT DISTINCT machine_id, pm, source, coalesce(exclusive, false) AS exclusive
FROM (SELECT machine_id, pm, scan_id, path, part FROM claim SEMI JOIN spoken USING (machine_id)) AS claim
JOIN disk USING (scan_id, path, part) WHERE {_WRITABLE}
"""
"""The disks that a machine can write to, as each PM sees them: (machine_id, pm, source, exclusive)."""

DISKS = f"SELECT machine_id, {_DISTINCT.format('source')} AS sources FROM writable GROUP BY machine_id"
"""The same as one list for each machine."""

NOT_RUNNING = (
    "shut off",
    "shutoff",
    "off",
    "stopped",
    "poweroff",
    "powered off",
    "aborted",
    "saved",
    "crashed",
    "---s--",
)
"""Words of hypervisors for a guest that they know and do not run."""

GUEST = f"""
SELECT *, hash(host, type, label, id, uuid) AS guest, split_part(lower(host), '.', 1) AS short
FROM guest WHERE {fresh("guest")} AND lower(trim(state)) NOT IN {NOT_RUNNING}
"""
"""The guests that run, by what the hypervisors said lately."""

_PLACE = """
SELECT DISTINCT machine_id, pm, split_part(lower(pm), '.', 1) AS short, type, label, id, uuid
FROM claim SEMI JOIN spoken USING (machine_id)
"""


def _fits(strength: int, condition: str) -> str:
    here = "(lower(g.host) = lower(place.pm) OR NOT contains(g.host, '.') OR NOT contains(place.pm, '.'))"
    return (
        f"SELECT DISTINCT guest, {strength} AS strength, machine_id, g.host, g.id, g.label, g.uuid, g.macs, g.seen_at"
        f" FROM live AS g JOIN place USING (short) WHERE {here} AND {condition}"
    )


_FITTING = " UNION ALL ".join(
    (
        _fits(3, "g.config_path = place.id"),
        _fits(2, "g.config_path IS DISTINCT FROM place.id AND g.uuid = place.uuid AND g.label = place.label"),
        _fits(1, "g.config_path IS DISTINCT FROM place.id AND g.uuid = place.uuid AND g.label <> place.label"),
        _fits(0, "g.config_path IS NULL AND (g.uuid IS NULL OR place.uuid IS NULL) AND g.label = place.label"),
    )
)

RUNS = f"""
WITH place AS ({_PLACE}), fitting AS ({_FITTING}),
best AS (SELECT * FROM fitting QUALIFY strength = max(strength) OVER (PARTITION BY guest))
SELECT *, count(DISTINCT machine_id) OVER (PARTITION BY guest) = 1 AS certain FROM best
"""
"""Which guest is which machine, not `certain` where it fits several: (guest, machine_id, host, id, ...)."""

RUNNING = f"""
WITH looked AS (SELECT DISTINCT lower(coalesce(as_host, source_host)) AS host FROM scan
    WHERE kind = 'guest' AND {fresh("guest")})
SELECT machine_id, CASE
    WHEN bool_or(runs.certain) THEN true
    WHEN count(runs.guest) > 0 THEN NULL
    WHEN bool_and(looked.host IS NOT NULL) THEN false END AS running,
    count(DISTINCT runs.host) FILTER (runs.certain) AS hosts
FROM (SELECT machine_id, unnest(pms) AS pm FROM known_machine) LEFT JOIN runs USING (machine_id)
LEFT JOIN looked ON looked.host = lower(pm) GROUP BY machine_id
"""
"""Whether a machine runs: true, false where all its PMs were asked lately, NULL where nobody knows."""

OUTDATED = f"""
SELECT machine_id, why FROM (
    SELECT machine_id, CASE WHEN stale THEN 'its place could not be read in the last scan'
        WHEN NOT {fresh("machine")} THEN 'seen last ' || date_diff('day', seen_at, {NOW}) || ' days ago' END AS why
    FROM known_machine) WHERE why IS NOT NULL
UNION ALL SELECT machine_id, 'its path no longer exists' FROM gone
"""
"""Machines of which what is known is out of date, and why; `gone` are those whose files were looked for in vain."""

GONE = "SELECT machine_id FROM known_machine WHERE false"
"""Machines whose files are known to be gone: SQL cannot look, an audit does."""
