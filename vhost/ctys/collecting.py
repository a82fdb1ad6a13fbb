"""`-a list=...`, `-a enumerate=...`, `-a show`, `-a info`: what only looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vhost.ctys.near import unknown
from vhost.ctys.requests import ANY, Enumerate, Info, List, Show
from vhost.ctys.suboptions import PARTS, Item, items, path
from vhost.ctys.words import Word
from vhost.errors import UsageError

_KINDS = {"CLIENT": "C", "SERVER": "S", "TUNNEL": "T", "BOTH": "CS"}
_STATES = ("ACTIVE", "DISABLED", "EMPTY", "TEMPLATE", "BACKUP", "TESTDUMMY", "PRESENT", "ALL", "CUSTOM")
_FORMS = ("MAXKEY", "IP", "DNS", "CTYS", "TITLEIDXASC", "REC_GEN", "SPEC_GEN", "XML_GEN", "REVERSE", "UNIQUE")
_BASES = frozenset(name for name, kind in PARTS.items() if kind == "base")


def listing(text: Word | None) -> List:
    """Return the request of LIST; what is none of its own words is an output as of `-o`."""
    kinds: set[str] = set()
    terse = False
    output: list[Word] = []
    for item in items(text) if text else ():
        if item.name in _KINDS and item.argument is None:
            kinds.update(_KINDS[item.name])
        elif item.name == "TERSE" and item.argument is None:
            terse = True
        else:
            output.append(item.word)
    return List(output=_listed(output), kinds=frozenset(kinds or "SCT"), terse=terse)


def enumeration(text: Word | None) -> Enumerate:
    """Return the request of ENUMERATE; what is none of its own words is an output as of `-o`."""
    bases: list[str] = []
    states: frozenset[str] | None = None
    every = False
    output: list[Word] = []
    for item in items(text) if text else ():
        if item.name in _BASES and item.argument is not None:
            bases += [path(part) for part in item.value("PATH%PATH").split("%") if part]
        elif item.name == "MATCHVSTAT":
            states, every = _states(item)
        else:
            output.append(item.word)
    return Enumerate(output=_enumerated(output), bases=tuple(bases), states=states, every=every)


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


def _listed(words: list[Word]) -> str | None:
    from vhost.sessions.output import parse  # noqa: PLC0415 - an action that shows no fields needs no tables
    from vhost.sessions.session import KEYWORDS  # noqa: PLC0415 - as above

    return _output(words, parse, (*KEYWORDS, "MAXKEY", *_KINDS, "TERSE"), "LIST")


def _enumerated(words: list[Word]) -> str | None:
    from vhost.query.output import parse  # noqa: PLC0415 - as above
    from vhost.record import KEYWORDS  # noqa: PLC0415 - as above

    return _output(words, lambda text: parse(text, lambda: "MAXKEY"), (*KEYWORDS, *_FORMS, "MATCHVSTAT"), "ENUMERATE")


def _output(words: list[Word], parse: Callable[[str], object], known: Iterable[str], action: str) -> str | None:
    """Return the output that the words ask for. Raises `UsageError` with the place of the first that is wrong."""
    for number, word in enumerate(words, start=1):
        try:
            parse(",".join(one.plain for one in words[:number]))
        except UsageError as error:
            if not error.problem.startswith("unknown keyword"):
                raise word.wrong(error.problem, error.advice) from error
            names = (*known, "MACHINE", "TITLE", "TITLEIDX", "TAB_GEN", "SORT")
            raise unknown(word.cut(":")[0], f"suboption of {action}", names, error.advice) from error
    return ",".join(word.plain for word in words) or None


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
