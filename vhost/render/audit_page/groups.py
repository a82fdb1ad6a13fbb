"""Groups of machines that shared keys tie to each other, directly or through others; the worst collision first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from igraph import Graph

from vhost.ambiguity.audit import Collision


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One collision as the graph needs it; `number` is its place in the list, `machines` are identities."""

    number: int
    key: str
    cause: str
    severity: str
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One machine as the graph shows it."""

    label: str
    type: str
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """The machines of a group in the order of the list, and its collisions."""

    number: int
    machines: list[str] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def severity(self) -> str:
        """Return the severity of its worst collision."""
        return self.ties[0].severity


def tie(number: int, one: Collision) -> Tie:
    """Return what the graph needs of a collision."""
    machines = dict.fromkeys(machine["machine"] for machine in one.machines)
    return Tie(number=number, key=one.key, cause=one.cause, severity=one.severity, machines=tuple(machines))


def node(machine: Mapping[str, Any]) -> Node:
    """Return what the graph shows of a machine."""
    return Node(machine["label"] or "(no label)", machine["type"] or "?", machine["paths"][0])


def grouped(ties: Iterable[Tie]) -> list[Group]:
    """Return the groups, in the order of the first collision of each; a placeholder, without machines, is in none."""
    held = [one for one in ties if one.machines]
    places: dict[str, int] = {}
    for one in held:
        for machine in one.machines:
            places.setdefault(machine, len(places))
    members = _membership(len(places), [[places[machine] for machine in one.machines] for one in held])
    groups: dict[int, Group] = {}
    for one in held:
        component = members[places[one.machines[0]]]
        groups.setdefault(component, Group(len(groups) + 1)).ties.append(one)
    for machine, place in places.items():
        groups[members[place]].machines.append(machine)
    return list(groups.values())


def _membership(machines: int, tied: Sequence[Sequence[int]]) -> list[int]:
    """Return the component of each machine."""
    edges = [(first, other) for first, *others in tied for other in others]
    membership: list[int] = Graph(machines, edges).connected_components().membership
    return membership
