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


def _json_list(values: dict[str, str], place: str) -> str:
    """Return SQL of a JSON array of objects, in the order of a text that is another one for each.

    Lists of texts are several times as fast as lists of structures.
    """
    made = ", ".join(f"{name} := {sql}" for name, sql in values.items())
    texts = f"list_select(list(to_json(struct_pack({made}))::VARCHAR), list_grade_up(list({place})))"
    return f"'[' || array_to_string({texts}, ',') || ']'"


_ONE_BY_PLACE = f"concat({_BY_PLACE[len('concat(') : -1]}, machine_id)"
_JSON_MACHINES = f"""
SELECT entry.entry, {_json_list(_MACHINE, _ONE_BY_PLACE)} AS machines,
    list_select(list(machine_id), list_grade_up(list({_ONE_BY_PLACE}))) AS ids
FROM entry JOIN part USING (collision, cause) JOIN known_machine USING (machine_id) LEFT JOIN running USING
    (machine_id)
GROUP BY entry.entry
"""
_JSON_PROOFS = f"""
SELECT entry, {_json_list(_PROOF, "concat(rank, source, fact)")} AS evidence FROM evidence GROUP BY entry
"""
_JSON_ADDRESSES = f"""
SELECT entry, {_json_list(_ADDRESS, _ONE_BY_PLACE)} AS resolutions
FROM entry JOIN part USING (collision, cause) JOIN known_machine USING (machine_id) JOIN proposal USING
    (machine_id) GROUP BY entry
"""

LISTED = f"""
SELECT entry, key, value, cause, severity, why, list_filter(ties, lambda tie: tie <> key) AS also, ids,
    listed.machines, coalesce(evidence, '[]') AS evidence, coalesce(resolutions, '[]') AS resolutions
FROM entry JOIN ({_JSON_MACHINES}) AS listed USING (entry) LEFT JOIN ({_JSON_PROOFS}) USING (entry)
LEFT JOIN ({_JSON_ADDRESSES}) USING (entry)
UNION ALL
SELECT collision, key, value, '{PLACEHOLDER_CAUSE}', 'info',
    reason || ': ' || machines || ' machines have it, which says nothing of them', [], [], '[]', '[]', '[]'
FROM placeholder
"""
"""What an audit lists: (entry, key, value, cause, severity, why, also, ids, machines, evidence, resolutions).

`ids` are the identities of the machines, in their order; the last three are JSON.
"""


def _place(column: str, order: tuple[str, ...]) -> str:
    return f"list_position({list(order)}, {column})"


def order(last: str) -> str:
    """Return SQL of the order: the worst first; then by cause, key and value, and what is given."""
    cause = _place("cause", (*CAUSES, PLACEHOLDER_CAUSE))
    return f"{_place('severity', SEVERITIES)} DESC, {cause}, {_place('key', KEYS)}, value, {last}"


ORDER = order("ids[1]")
