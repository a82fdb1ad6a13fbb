"""The picture of a group: machines are nodes, shared keys edges between two or from a hub to many; igraph lays it out.

Collisions of the same machines are one edge that names all their keys. What is drawn of a group and of all groups is
bounded, so that a page of a large audit stays usable and is laid out in about a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from igraph import Graph

from vhost.collisions.causes import SEVERITIES
from vhost.render.audit_page.groups import Group, Node, Tie

MACHINES: Final = 24
"""The machines of one group that are drawn."""

GROUPS: Final = 48
"""The groups that are drawn."""

_ROUNDS = 2_000
_WIDTH, _HEIGHT = 132, 40
_APART = (_WIDTH + 64, _HEIGHT + 56)
_MARGIN = 12
_WIDEST = 1_200
_LETTERS, _SMALL = 15, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A machine in a picture: the middle of its card, and the collision that a click leads to."""

    x: int
    y: int
    text: str
    below: str
    title: str
    severity: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A shared key in a picture: its ends, the middle where its name stands, and the collision that it leads to."""

    x: int
    y: int
    ends: tuple[tuple[int, int], ...]
    keys: tuple[str, ...]
    title: str
    severity: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A group as it is drawn; `hidden` is how many of its machines are not."""

    group: Group
    width: int
    height: int
    cards: Sequence[Card]
    lines: Sequence[Line]
    hidden: int
    says: str

    @property
    def size(self) -> str:
        """Return how much room it needs to be read: narrow, medium (two columns) or wide (the whole row)."""
        return "narrow" if self.width <= 480 else "medium" if self.width <= 900 else "wide"


def drawn(groups: Sequence[Group], nodes: Mapping[str, Node]) -> tuple[list[Picture], int]:
    """Return the pictures of the worst groups of two or more machines, and how many such groups there are."""
    several = [group for group in groups if len(group.machines) > 1]
    return [_picture(group, nodes) for group in several[:GROUPS]], len(several)


def _picture(group: Group, nodes: Mapping[str, Node]) -> Picture:
    shown = group.machines[:MACHINES]
    edges = _edges(group.ties, frozenset(shown))
    places = _laid_out(shown, list(edges))
    labels = [nodes[machine].label for machine in shown]
    cards = [
        _card(machine, group, nodes[machine], place, alone=labels.count(nodes[machine].label) == 1)
        for machine, place in zip(shown, places, strict=False)
    ]
    at = dict(zip(shown, places, strict=False))
    hubs = iter(places[len(shown) :])
    lines = [
        _line(ties, [at[machine] for machine in machines], next(hubs) if len(machines) > 2 else None)
        for machines, ties in edges.items()
    ]
    names = ", ".join(nodes[machine].label for machine in shown[:6])
    return Picture(
        group=group,
        width=max(card.x for card in cards) + _WIDTH // 2 + _MARGIN,
        height=max(card.y for card in cards) + _HEIGHT // 2 + _MARGIN,
        cards=cards,
        lines=lines,
        hidden=len(group.machines) - len(shown),
        says=f"{len(group.machines)} machines: {names}{' and more' if len(group.machines) > 6 else ''}",
    )


def _edges(ties: Sequence[Tie], shown: frozenset[str]) -> dict[tuple[str, ...], list[Tie]]:
    """Return the collisions of the same machines together; less than two machines that are shown make no edge."""
    edges: dict[tuple[str, ...], list[Tie]] = {}
    for tie in ties:
        machines = tuple(sorted(shown.intersection(tie.machines)))
        if len(machines) > 1:
            edges.setdefault(machines, []).append(tie)
    return edges


def _laid_out(machines: Sequence[str], edges: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Return the places of the machines and then of the hubs, far enough from each other and from the border."""
    index = {machine: number for number, machine in enumerate(machines)}
    pairs = [(index[edge[0]], index[edge[1]]) for edge in edges if len(edge) == 2]
    hubs = [edge for edge in edges if len(edge) > 2]
    spokes = [(index[one], len(machines) + number) for number, hub in enumerate(hubs) for one in hub]
    graph = Graph(len(machines) + len(hubs), pairs + spokes)
    layout = graph.layout_kamada_kawai(maxiter=_ROUNDS)
    return _scaled([(float(x), float(y)) for x, y in layout.coords])


def _scaled(points: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return whole pixels, stretched until no two cards overlap (as far as a page is wide)."""
    scale = max([1.0, *(_needed(one, other) for at, one in enumerate(points) for other in points[:at])])
    left, top = min(x for x, _ in points), min(y for _, y in points)
    span = max(max(x for x, _ in points) - left, 0.01) * _APART[0]
    scale = min(scale, max(1.0, _WIDEST / span))
    return [
        (
            round((x - left) * scale * _APART[0]) + _WIDTH // 2 + _MARGIN,
            round((y - top) * scale * _APART[1]) + _HEIGHT // 2 + _MARGIN,
        )
        for x, y in points
    ]


def _needed(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return by how much two points have to be drawn apart."""
    return min(1 / max(abs(one[0] - other[0]), abs(one[1] - other[1]), 1e-3), 6.0)


def _card(machine: str, group: Group, node: Node, place: tuple[int, int], *, alone: bool) -> Card:
    """Return a card; below a label that others have too stands the end of the path, else the host."""
    first = next(tie for tie in group.ties if machine in tie.machines)
    host, _, path = node.place.partition(":")
    return Card(
        x=place[0],
        y=place[1],
        text=_short(node.label, _LETTERS),
        below=_short(f"{node.type} {host}", _SMALL) if alone else _end(path, _SMALL),
        title=f"{node.label}, {node.type} on {node.place}",
        severity=first.severity,
        number=first.number,
    )


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _end(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"…{text[1 - letters :]}"


def _line(ties: Sequence[Tie], ends: Sequence[tuple[int, int]], hub: tuple[int, int] | None) -> Line:
    """Return the edge between two machines, or the spokes from a hub to several."""
    middle = hub or (round(sum(x for x, _ in ends) / 2), round(sum(y for _, y in ends) / 2))
    keys = tuple(dict.fromkeys(tie.key for tie in ties))
    causes = ", ".join(dict.fromkeys(tie.cause for tie in ties))
    return Line(
        x=middle[0],
        y=middle[1],
        ends=tuple(ends),
        keys=keys,
        title=f"{causes}: {', '.join(keys)} of {len(ties[0].machines)} machines",
        severity=max((tie.severity for tie in ties), key=SEVERITIES.index),
        number=ties[0].number,
    )
