"""What `-M` asks for, parsed to a value.

first        complement,last        sort,usort        unique
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from vhost.errors import UsageError
from vhost.query.select import ALL, Choice, Pick
from vhost.query.sort import Sort

KEYWORDS = ("ALL", "FIRST", "LAST", "COMPLEMENT", "SORT", "USORT", "UNIQUE")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records, in which order; `unique`: one distinct output record is shown, several are refused."""

    choice: Choice = ALL
    sort: Sort | None = None
    unique: bool = False

    def ordered(self, sort: Sort | None) -> Sort | None:
        """Return the order together with the one that `-o` asks for."""
        if sort is None or self.sort is None:
            return sort or self.sort
        return replace(sort, unique=sort.unique or self.sort.unique)


EVERYTHING = Selection()


def parse(text: str) -> Selection:
    """Return what the keywords ask for; FIRST goes before LAST. Raises `UsageError` for an unknown one."""
    words = set(filter(None, text.upper().split(",")))
    if not words or words - set(KEYWORDS):
        unknown = min(words - set(KEYWORDS), default="")
        raise UsageError("-M", f"unknown keyword {unknown[:80]!r}", f"known are {', '.join(KEYWORDS)}")
    sort = Sort(unique="USORT" in words) if words & {"SORT", "USORT"} else None
    pick: Pick = "FIRST" if "FIRST" in words else "LAST" if "LAST" in words else "ALL"
    return Selection(Choice(pick, "COMPLEMENT" in words), sort, "UNIQUE" in words)
