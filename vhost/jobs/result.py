"""What became of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vhost.cache.claim_segment import Change

State = Literal["done", "partial", "failed"]


@dataclass(slots=True, kw_only=True)
class Counts:
    """How many there are, and how many of them are new, changed or missing since the scan before.

    Files of a tree, claims of the others; None is not known. `scans` are the keys of the scans that were stored.
    """

    records: int = 0
    new: int = 0
    changed: int | None = None
    vanished: int = 0
    scans: list[str] = field(default_factory=list)

    def add(self, changes: Iterable[Change | None]) -> None:
        """Count what scans of claims changed."""
        for change in changes:
            if change is not None:
                self.records += change.claims
                self.new += change.new
                self.vanished += change.vanished
                self.scans.append(change.key)


@dataclass(slots=True, kw_only=True)
class Result:
    """One job after its run: `problems` are lines that say what is wrong, `counts` None if nothing was stored."""

    name: str
    kind: str
    state: State
    counts: Counts | None = None
    seconds: float = 0.0
    problems: Sequence[str] = ()
