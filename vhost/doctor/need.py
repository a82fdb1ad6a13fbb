"""One thing that commands need, and what was found of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["program", "module", "capability", "path", "session"]
Found = tuple[bool, str]
"""Whether it is there, and what or where it is; what is wrong otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing, who needs it in words, how to look and how to get it.

    `vital` is without what nothing works; without the others the commands that need them do not, or not wholly.
    """

    kind: Kind
    name: str
    needed_by: str
    looks: Callable[[], Found]
    advice: str
    vital: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One need after a look; the advice is empty where it was found."""

    kind: Kind
    name: str
    needed_by: str
    found: bool
    detail: str
    advice: str
    vital: bool

    @classmethod
    def of(cls, need: Need) -> Diagnosis:
        """Return the need as it is met now."""
        found, detail = need.looks()
        return cls(
            kind=need.kind,
            name=need.name,
            needed_by=need.needed_by,
            found=found,
            detail=detail,
            advice="" if found else need.advice,
            vital=need.vital,
        )
