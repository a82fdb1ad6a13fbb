"""What is listed of a collision: one row with the machines, the evidence and the addresses as lists."""

from __future__ import annotations

from vhost.collisions.causes import CAUSES, PLACEHOLDER_CAUSE, SEVERITIES
from vhost.collisions.keys import KEYS

_ISO = "strftime({0}, '%Y-%m-%dT%H:%M:%SZ')"

_MACHINE = {
    "machine": "machine_id",
    "pm": "pm",
    "type": "type",
    "label": "label",
    "id": "id",
    "uuid": "uuid",
    "mac": "CASE WHEN key = 'mac' AND list_contains(macs, value) THEN value ELSE macs[1] END",
    "tcp": "CASE WHEN key = 'tcp' AND list_contains(tcps, value) THEN value ELSE tcps[1] END",
    "paths": "paths",
    "running": "running.running",
    "role": "role",
}
_MORE = {"macs": "macs", "tcps": "tcps", "vmstate": "vmstate", "seen_at": "known_machine.seen_at"}
_PROOF = {
    "kind": "CASE rank WHEN 2 THEN 'claim' ELSE 'proof' END",
    "fact": "fact",
    "source": "source",
    "seen_at": _ISO.format("seen_at"),
}
_ADDRESS = {"machine": "machine_id", "address": "address", "why": "proposal.why"}


def _sorted_list(values: dict[str, str], first: str) -> str:
    """Return SQL of a list of structures, sorted by `first` and then by themselves; sorting later is what is fast."""
    made = ", ".join(f"{name} := {sql}" for name, sql in values.items())
    kept = ", ".join(f"{name} := one.{name}" for name in values)
    return f"list_transform(list_sort(list(struct_pack(place := {first}, {made}))), lambda one: struct_pack({kept}))"


_BY_PLACE = "concat(coalesce(role IN ('backup', 'new'), false), paths[1])"
_MACHINES = f"""
SELECT entry.entry, {_sorted_list(_MACHINE | _MORE, _BY_PLACE)} AS machines
FROM entry JOIN part USING (collision, cause) JOIN known_machine USING (machine_id) LEFT JOIN running USING
    (machine_id)
GROUP BY entry.entry
"""

_PROOFS = f"SELECT entry, {_sorted_list(_PROOF, 'concat(rank, source)')} AS evidence FROM evidence GROUP BY entry"

DESCRIBED = f"""
SELECT entry, key, value, cause, severity, why, ties, entry.machines AS count, running, listed.machines AS machines,
    coalesce(evidence, []) AS evidence
FROM entry JOIN ({_MACHINES}) AS listed USING (entry) LEFT JOIN ({_PROOFS}) USING (entry)
"""
"""One row for each collision with its machines and evidence as lists of structures."""

_ADDRESSES = f"""
SELECT entry, {_sorted_list(_ADDRESS, _BY_PLACE)} AS resolutions
FROM entry JOIN part USING (collision, cause) JOIN known_machine USING (machine_id) JOIN proposal USING
    (machine_id) GROUP BY entry
"""

_MADE = ", ".join(f"{name} := one.{name}" for name in _MACHINE)

LISTED = f"""
SELECT entry, key, value, cause, severity, why, list_filter(ties, lambda tie: tie <> key) AS also,
    list_transform(machines, lambda one: struct_pack({_MADE})) AS machines, evidence,
    coalesce(resolutions, []) AS resolutions
FROM described LEFT JOIN ({_ADDRESSES}) USING (entry)
UNION ALL
SELECT collision, key, value, '{PLACEHOLDER_CAUSE}', 'info',
    reason || ': ' || machines || ' machines have it, which says nothing of them', [], [], [], []
FROM placeholder
"""
"""What an audit lists: (entry, key, value, cause, severity, why, also, machines, evidence, resolutions)."""


def _place(column: str, order: tuple[str, ...]) -> str:
    return f"list_position({list(order)}, {column})"


def order(last: str) -> str:
    """Return SQL of the order: the worst first; then by cause, key and value, and what is given."""
    cause = _place("cause", (*CAUSES, PLACEHOLDER_CAUSE))
    return f"{_place('severity', SEVERITIES)} DESC, {cause}, {_place('key', KEYS)}, value, {last}"


ORDER = order("machines[1].machine")
