"""What `-S` asks for, parsed to a value: lists of databases, of groups and of their members.

list        listdb        membersdb        listgroup:lab%ctx        membersgroup6:all        contentgroup
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from vhost.errors import UsageError

What = Literal["LIST", "LISTALL", "LISTDB", "MEMBERSDB", "LISTGROUP", "MEMBERSGROUP", "CONTENTGROUP"]

_WORD = re.compile(
    r"(LIST|LISTALL|LISTDB|MEMBERSDB)|(LISTGROUP|CONTENTGROUP|MEMBERSGROUP)(\d[A-Z]?)?(?::(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_DEFAULT_FORM = "1"
WORDS: tuple[What, ...] = ("LIST", "LISTALL", "LISTDB", "MEMBERSDB", "LISTGROUP", "MEMBERSGROUP", "CONTENTGROUP")


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: what it shows, the groups it is about (none: all), and the form of members."""

    what: What
    names: tuple[str, ...] = ()
    form: str = _DEFAULT_FORM


def parse(text: str) -> Listing:
    """Return what the keyword asks for. Raises `UsageError` for an unknown one."""
    match = _WORD.fullmatch(text)
    word = (match[1] or match[2]).upper() if match else ""
    for what in WORDS:
        if match and word == what and (match[3] is None or what == "MEMBERSGROUP"):
            names = tuple(name for name in (match[4] or "").split("%") if name)
            return Listing(what, names, (match[3] or _DEFAULT_FORM).lower())
    raise UsageError("-S", f"unknown keyword {text[:80]!r}", f"known are {', '.join(WORDS)}")
