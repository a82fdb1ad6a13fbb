"""One collision as its panel shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vhost.ambiguity.audit import Collision
from vhost.render.audit_page.advice import ADVICE

MACHINES: Final = 100
"""The machines of one collision that a panel shows; the other formats have them all."""

PROOFS: Final = 200
"""The proofs of one collision that a panel shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and the hosts that see it."""

    hosts: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A machine of a collision; `address` picks it alone, `why` says why none does."""

    label: str | None
    role: str | None
    type: str | None
    running: bool | None
    places: Sequence[Place]
    values: Sequence[tuple[str, str]]
    address: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the template shows of a collision; `group` is its group, None for a placeholder, `proofs` stand by title."""

    number: int
    group: int | None
    one: Collision
    names: str
    todo: str
    members: Sequence[Member]
    more_members: int
    proofs: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    more_proofs: int


def panel(number: int, group: int | None, one: Collision) -> Panel:
    """Return the panel of a collision."""
    addresses = {resolution["machine"]: resolution for resolution in one.resolutions}
    proofs = [proof for proof in one.evidence if proof["kind"] == "proof"]
    claims = [proof for proof in one.evidence if proof["kind"] != "proof"]
    return Panel(
        number=number,
        group=group,
        one=one,
        names=_names(one.machines),
        todo=ADVICE[one.cause][1],
        members=[_member(machine, addresses.get(machine["machine"], {})) for machine in one.machines[:MACHINES]],
        more_members=max(len(one.machines) - MACHINES, 0),
        proofs=[
            named for named in (("Evidence", proofs[:PROOFS]), ("What each file says", claims[:MACHINES])) if named[1]
        ],
        more_proofs=max(len(proofs) - PROOFS, 0),
    )


def _titled(lists: Mapping[str, list[dict[str, Any]]]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(title, proofs) for title, proofs in lists.items() if proofs]


def _names(machines: Sequence[Mapping[str, Any]]) -> str:
    """Return the first labels, each once, with how often it stands there."""
    counted: dict[str, int] = {}
    for machine in machines:
        label = machine["label"] or "(no label)"
        counted[label] = counted.get(label, 0) + 1
    first = list(counted.items())[:4]
    named = [f"{label} \N{MULTIPLICATION SIGN}{count}" if count > 1 else label for label, count in first]
    return ", ".join([*named, "…"] if len(counted) > 4 else named)


def _member(machine: Mapping[str, Any], resolution: Mapping[str, Any]) -> Member:
    return Member(
        label=machine["label"],
        role=machine["role"],
        type=machine["type"],
        running=machine["running"],
        places=list(_places(machine["paths"])),
        values=[(key, machine[key]) for key in ("uuid", "mac", "tcp") if machine[key]],
        address=resolution.get("address"),
        why=resolution.get("why"),
    )


def _places(paths: Sequence[str]) -> Iterator[Place]:
    """Return each file once with all the hosts that see it."""
    hosts: dict[str, list[str]] = {}
    for path in paths:
        host, _, file = path.partition(":")
        hosts.setdefault(file, []).append(host)
    return (Place(", ".join(names), file) for file, names in hosts.items())
