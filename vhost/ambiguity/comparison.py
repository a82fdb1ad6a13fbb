"""What changed between two audits: collisions that are new, that are resolved, and that are not what they were.

Two collisions are the same one if they are of the same key and value and share a machine: by its identity, or by
a path, as an editor replaces files. A cause, a severity or a machine more or less makes it a changed one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vhost.ambiguity.audit import Audit, Brief, Collision
from vhost.ambiguity.wanted import Wanted

Kind = Literal["new", "changed", "resolved"]
KINDS: Final[tuple[Kind, ...]] = ("new", "changed", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One collision that changed: what it was (None if it is new), what it is (None if it is resolved).

    `what` says in words what is different of a changed one.
    """

    change: Kind
    what: tuple[str, ...]
    before: Collision | None
    after: Collision | None

    @property
    def shown(self) -> Collision:
        """Return the collision as it is, or as it was when it is resolved."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found


Pair = tuple[Brief | None, Brief | None]


def changes(before: Audit, after: Audit, wanted: Wanted) -> list[Change]:
    """Return what changed of the collisions that are wanted as they are or were: new, changed, resolved ones.

    What is accepted now is not shown.
    """
    was, now = before.entries(wanted), after.entries(wanted)
    pairs = [
        (old, new)
        for old, new in paired(before.briefs(wanted.keys), after.briefs(wanted.keys))
        if (new is not None and new.entry in now)
        or (old is not None and old.entry in was and (new is None or not new.accepted))
    ]
    olds = before.numbered([old.entry for old, _ in pairs if old])
    news = after.numbered([new.entry for _, new in pairs if new])
    made = [
        _change(old, new, olds.get(old.entry) if old else None, news.get(new.entry) if new else None)
        for old, new in pairs
    ]
    return sorted(made, key=lambda one: KINDS.index(one.change))


def _change(old: Brief | None, new: Brief | None, before: Collision | None, after: Collision | None) -> Change:
    kind: Kind = "changed" if old and new else "new" if new else "resolved"
    what = tuple(differences(old, new)) if old and new else ()
    return Change(change=kind, what=what, before=before, after=after)


def paired(before: Sequence[Brief], after: Sequence[Brief]) -> list[Pair]:
    """Return what was and what is, in the order of what is, then what is no more; not what is as it was."""
    by_value: dict[tuple[str, str], list[Brief]] = defaultdict(list)
    for old in before:
        by_value[old.key, old.value].append(old)
    was = {new.entry: _taken(by_value[new.key, new.value], new, same_cause=True) for new in after}
    for new in after:
        was[new.entry] = was[new.entry] or _taken(by_value[new.key, new.value], new, same_cause=False)
    pairs: list[Pair] = [(was[new.entry], new) for new in after if _differs(was[new.entry], new)]
    return pairs + [(old, None) for left in by_value.values() for old in left]


def _taken(candidates: list[Brief], new: Brief, *, same_cause: bool) -> Brief | None:
    """Take what a collision was out of the candidates and return it; None if it is new."""
    fitting = (old for old in candidates if (old.cause == new.cause) is same_cause and _shares(old, new))
    found = next(fitting, None)
    if found is not None:
        candidates.remove(found)
    return found


def _differs(old: Brief | None, new: Brief) -> bool:
    return old is None or any(differences(old, new))


def _shares(old: Brief, new: Brief) -> bool:
    names = {name for machine in old.machines for name in machine}
    return any(name in names for machine in new.machines for name in machine) or not (old.machines or new.machines)


def differences(old: Brief, new: Brief) -> Iterator[str]:
    """Yield in words how a collision is not what it was."""
    if old.cause != new.cause:
        yield f"cause: {old.cause} -> {new.cause}"
    if old.severity != new.severity:
        yield f"severity: {old.severity} -> {new.severity}"
    yield from (f"left: {_name(machine)}" for machine in _only(old, new))
    yield from (f"joined: {_name(machine)}" for machine in _only(new, old))


def _only(one: Brief, other: Brief) -> list[list[str]]:
    names = {name for machine in other.machines for name in machine}
    return [machine for machine in one.machines if not names.intersection(machine)]


def _name(machine: Sequence[str]) -> str:
    return machine[1] if len(machine) > 1 else machine[0]
