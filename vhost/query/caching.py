"""What `-C` asks for, parsed to a value: where a query looks, and what is done with the cache.

off        off,macmap        macmaponly        rebuildcache        clearall        listcache
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vhost.errors import UsageError

Shown = Literal["CACHES", "TARGETS", "GROUPS", "MEMBERS"]
Cleared = Literal["TMP", "ALL"]

_SHOWN: dict[str, Shown] = {
    "LIST": "CACHES",
    "LISTCACHE": "CACHES",
    "LISTTARGETS": "TARGETS",
    "LISTARGETS": "TARGETS",  # as the manual spells it in its syntax
    "LISTGROUPS": "GROUPS",
    "MEMBERSDB": "MEMBERS",
}
_CLEARED: dict[str, Cleared] = {"CLEARTMP": "TMP", "CLEARALL": "ALL"}
_WITHOUT_EFFECT = ("ON", "KEEPALL", "ADJUST")
WORDS = ("OFF", "MACMAP", "MACMAPONLY", "REBUILDCACHE", "GROUPS", *_CLEARED, *_SHOWN, *_WITHOUT_EFFECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """`off`: the sources as they are. `macmap`: answer from the macmap if it can; `only`: from nothing else.

    `rebuild`: publish a new snapshot first. `groups`: a term that names a group stands for its hosts.
    `cleared` and `shown` are done instead of a query.
    """

    off: bool = False
    macmap: bool = False
    only: bool = False
    rebuild: bool = False
    groups: bool = False
    cleared: Cleared | None = None
    shown: Shown | None = None

    @property
    def instead(self) -> bool:
        """Tell whether something is done instead of a query."""
        return self.cleared is not None or self.shown is not None

    @classmethod
    def of(cls, text: str) -> Caching:
        """Return what the keywords ask for. Raises `UsageError` for an unknown one, or two that exclude each other."""
        words = set(filter(None, text.upper().split(",")))
        if not words or words - set(WORDS):
            unknown = min(words - set(WORDS), default="")
            raise UsageError("-C", f"unknown keyword {unknown[:80]!r}", f"known are {', '.join(WORDS)}")
        instead = sorted(words & {*_CLEARED, *_SHOWN})
        if len(instead) > 1:
            raise UsageError("-C", f"{' and '.join(instead)} exclude each other", "ask for one after the other")
        if {"OFF", "MACMAPONLY"} <= words:
            raise UsageError("-C", "OFF and MACMAPONLY exclude each other", "take one of them")
        return cls(
            off="OFF" in words,
            macmap="MACMAP" in words,
            only="MACMAPONLY" in words,
            rebuild="REBUILDCACHE" in words,
            groups="GROUPS" in words,
            cleared=next((_CLEARED[word] for word in instead if word in _CLEARED), None),
            shown=next((_SHOWN[word] for word in instead if word in _SHOWN), None),
        )


USUAL = Caching()
