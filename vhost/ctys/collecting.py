"""`-a list=...`, `-a enumerate=...`, `-a show`, `-a info`: what only looks."""

from __future__ import annotations

from vhost.ctys.near import unknown
from vhost.ctys.requests import ANY, Enumerate, Info, List, Show
from vhost.ctys.suboptions import PARTS, Item, items, path
from vhost.ctys.words import Word

_KINDS = {"CLIENT": "C", "SERVER": "S", "TUNNEL": "T", "BOTH": "CS"}
_STATES = ("ACTIVE", "DISABLED", "EMPTY", "TEMPLATE", "BACKUP", "TESTDUMMY", "PRESENT", "ALL", "CUSTOM")
_BASES = frozenset(name for name, kind in PARTS.items() if kind == "base")


def listing(text: Word | None) -> List:
    """Return the request of LIST; what is none of its own words is an output as of `-o`."""
    kinds: set[str] = set()
    terse = False
    output: list[str] = []
    for item in items(text) if text else ():
        if item.name in _KINDS and item.argument is None:
            kinds.update(_KINDS[item.name])
        elif item.name == "TERSE" and item.argument is None:
            terse = True
        else:
            output.append(item.word.plain)
    return List(output=",".join(output) or None, kinds=frozenset(kinds or "SCT"), terse=terse)


def enumeration(text: Word | None) -> Enumerate:
    """Return the request of ENUMERATE; what is none of its own words is an output as of `-o`."""
    bases: list[str] = []
    states: frozenset[str] | None = None
    every = False
    output: list[str] = []
    for item in items(text) if text else ():
        if item.name in _BASES and item.argument is not None:
            bases += [path(part) for part in item.value("PATH%PATH").split("%") if part]
        elif item.name == "MATCHVSTAT":
            states, every = _states(item)
        else:
            output.append(item.word.plain)
    return Enumerate(output=",".join(output) or None, bases=tuple(bases), states=states, every=every)


def _states(item: Item) -> tuple[frozenset[str] | None, bool]:
    """Return the states that count, and whether hidden machines do too; after CUSTOM any word is a state."""
    found: set[str] = set()
    custom = False
    for word in item.value("ACTIVE%BACKUP").split("%"):
        name = word.keyword
        custom = custom or name == "CUSTOM"
        if name in {"ALL", "PRESENT"}:
            return (None, True) if name == "ALL" else (frozenset({ANY}), False)
        if name not in _STATES and not custom:
            raise unknown(word, "state of MATCHVSTAT", _STATES)
        if name != "CUSTOM":
            found.add("" if name == "EMPTY" else name)
    return frozenset(found), False


def show(text: Word | None) -> Show:
    """Return the request of SHOW, which has no suboptions."""
    _bare(text, "SHOW")
    return Show()


def info(text: Word | None) -> Info:
    """Return the request of INFO, which has no suboptions."""
    _bare(text, "INFO")
    return Info()


def _bare(text: Word | None, action: str) -> None:
    if text:
        raise text.wrong(f"{action} has no suboptions")
