"""The rules: why several machines share a key, the first that fits.

A rule that explains single files (a backup, a file that moved) takes them out of the collision; what is left is
judged by the rules that follow. So a backup beside a clone hides nothing: there are two collisions of one value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SEVERITIES: Final = ("info", "warning", "error", "critical")
"""From harmless to urgent; `critical` is an error that is happening: both sides run."""

CAUSES: Final = ("multipath", "backup", "moved", "clone", "relabel", "address", "mac", "contradiction", "stale")
PLACEHOLDER_CAUSE: Final = "placeholder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: the cause that it gives, its severity, the evidence in words, and what has to be true.

    `when` is SQL over the facts of a collision (see `FACTS`); `who` says what it judges: `files` one by one,
        `group` those
    that are left, `machine` a single machine that no other is taken for.
    """

    cause: str
    severity: str
    evidence: str
    who: str
    when: str
    fact: str


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        cause="multipath",
        severity="info",
        evidence="one file, seen by several hosts or under several paths; none of the paths is known to be gone",
        who="machine",
        when="machine_id IN (FROM seen_twice) AND machine_id NOT IN (FROM moved_alone)",
        fact="one file: any of the hosts that see it may run it",
    ),
    Rule(
        cause="backup",
        severity="warning",
        evidence="VMSTATE is BACKUP, TEMPLATE or IGNORE; or equal content; or the other's name with a mark of a backup",
        who="files",
        when="machine_id IN (SELECT machine_id FROM backup)",
        fact="kept beside the original",
    ),
    Rule(
        cause="moved",
        severity="info",
        evidence="the file vanished in a newer scan, and one of equal content appeared elsewhere",
        who="files",
        when="machine_id IN (SELECT old FROM twins)",
        fact="the file moved",
    ),
    Rule(
        cause="clone",
        severity="error",
        evidence="they share a UUID or MAC, and their labels or writable disks differ",
        who="group",
        when="same_identity AND (labels_differ OR disks_differ)",
        fact="copied: the identity is the same, label or disks are not",
    ),
    Rule(
        cause="relabel",
        severity="warning",
        evidence="they share the label, path or net name and no UUID, MAC or address",
        who="group",
        when="key IN ('label', 'id', 'netname') AND NOT same_identity AND NOT same_address",
        fact="nothing else is shared",
    ),
    Rule(
        cause="address",
        severity="error",
        evidence="they share an address in one network segment, and their MACs and UUIDs differ",
        who="group",
        when="same_address AND address_alone AND NOT other_segments",
        fact="MACs and UUIDs differ: two machines with one address",
    ),
    Rule(
        cause="mac",
        severity="error",
        evidence="they share a MAC in one network segment, and their UUIDs differ",
        who="group",
        when="mac_alone AND NOT other_segments",
        fact="UUIDs differ: two machines with one MAC",
    ),
    Rule(
        cause="contradiction",
        severity="error",
        evidence="configuration, DHCP, DNS, ARP or a hypervisor say different addresses, MACs or names of one machine",
        who="machine",
        when="machine_id IN (SELECT machine_id FROM contradicted)",
        fact="one machine, and the sources disagree",
    ),
    Rule(
        cause="stale",
        severity="warning",
        evidence="the scan of one of them is older than its limit or could not look there, or its path is gone",
        who="group",
        when="any_stale",
        fact="what is known of one of them is out of date",
    ),
    Rule(
        cause="clone",
        severity="error",
        evidence="what is left that shares a UUID or MAC: alike in label and disks, a second definition of one machine",
        who="group",
        when="same_identity",
        fact="a second definition of one machine: nothing tells them apart but the file",
    ),
    Rule(
        cause="relabel",
        severity="warning",
        evidence="what is left: an address, path or name used twice, in different segments or beside other ties",
        who="group",
        when="true",
        fact="used twice; the machines are different",
    ),
)
"""Every rule in the order in which they are tried."""

GROUP_RULES: Final = tuple(rule for rule in RULES if rule.who == "group")

REST = """
SELECT collision, machine_id FROM (
    SELECT collision, machine_id, count(*) OVER (PARTITION BY collision) AS machines FROM member
    ANTI JOIN (SELECT collision, machine_id FROM backup UNION SELECT collision, old FROM twins) USING (collision,
        machine_id)
) WHERE machines > 1
"""
"""What is left of each collision when backups and moved files are explained: (collision, machine_id)."""

TRAIT = """
SELECT machine_id, hash(lower(label)) AS label, hash(coalesce(uuid, machine_id)) AS uuid,
    hash(coalesce(nullif(macs, []), [machine_id])) AS macs,
    CASE WHEN sources IS NOT NULL THEN hash(sources) END AS disks,
    CASE WHEN segments IS NOT NULL THEN hash(segments) END AS segment
FROM known_machine SEMI JOIN rest USING (machine_id) LEFT JOIN disks USING (machine_id) LEFT JOIN segments USING
    (machine_id)
"""
"""What is compared of machines, as numbers: label, UUID and MACs (a machine without differs), disks, segments."""

SEGMENTS = """
SELECT machine_id, list_sort(list_distinct(list(segment))) AS segments
FROM (SELECT machine_id, unnest(macs) AS mac FROM known_machine) JOIN binding USING (mac) WHERE segment IS NOT NULL
GROUP BY machine_id
"""
"""The network segments in which a machine's MACs were seen, where that is known."""

TIE = """
SELECT a.collision, b.key, b.value, count(*) AS machines,
    coalesce(min(t.label) <> max(t.label), false) AS labels_differ,
    coalesce(min(t.disks) <> max(t.disks), false) AS disks_differ,
    min(t.uuid) <> max(t.uuid) AS uuids_differ,
    coalesce(min(t.macs) <> max(t.macs), true) AS macs_differ,
    count(t.segment) = count(*) AND count(DISTINCT t.segment) = count(*) AS other_segments
FROM rest AS a JOIN rest AS r ON r.machine_id = a.machine_id JOIN shared AS b ON b.collision = r.collision
JOIN trait AS t ON t.machine_id = a.machine_id
GROUP BY a.collision, b.key, b.value HAVING count(*) > 1
"""
"""What else the machines of a collision share, two or more of them: one row for each shared value."""

FACTS = """
SELECT collision, any_value(shared.key) AS key, any_value(shared.value) AS value, max(tie.machines) AS machines,
    bool_or(tie.key IN ('uuid', 'mac')) AS same_identity,
    bool_or(tie.key IN ('uuid', 'mac') AND labels_differ) AS labels_differ,
    bool_or(tie.key IN ('uuid', 'mac') AND disks_differ) AS disks_differ,
    bool_or(tie.key = 'tcp') AS same_address,
    bool_or(tie.key = 'tcp' AND uuids_differ AND macs_differ) AND NOT coalesce(max(tie.machines) FILTER (tie.key =
        'mac')
        >= max(tie.machines) FILTER (tie.key = 'tcp'), false) AS address_alone,
    bool_or(tie.key = 'mac' AND uuids_differ) AS mac_alone,
    bool_or(shared.key = tie.key AND shared.value = tie.value AND other_segments) AS other_segments,
    list_sort(list_distinct(list(tie.key))) AS ties,
    collision IN (SELECT collision FROM rest SEMI JOIN outdated USING (machine_id)) AS any_stale
FROM tie JOIN shared USING (collision) GROUP BY collision
"""
"""What the rules for groups look at: one row for each collision."""


def judged() -> str:
    """Return SQL of the verdict on every group: (collision, cause, severity, fact); the first rule that fits."""
    numbers = " ".join(f"WHEN {rule.when} THEN {number}" for number, rule in enumerate(GROUP_RULES))
    rules = ", ".join(
        f"({number}, '{rule.cause}', '{rule.severity}', '{rule.fact}')" for number, rule in enumerate(GROUP_RULES)
    )
    return (
        "SELECT collision, ties, cause, severity, fact FROM"
        f" (SELECT *, CASE {numbers} END AS number FROM facts)"
        f" JOIN (VALUES {rules}) AS rule(number, cause, severity, fact) USING (number)"
    )
