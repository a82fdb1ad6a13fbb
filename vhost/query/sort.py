"""What SORT asks for, as a keyword of `-o` and of `-M`.

SORT        SORT:3%REVERSE%UNIQUE        sort:1,reverse        -M sort,usort
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vhost.errors import UsageError

_KEYWORD = re.compile(r"SORT(?:[:%](.*))?", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Sort:
    """One order: by the whole record, or from column `key` to its end; `unique` keeps one record of each key."""

    key: int | None = None
    reverse: bool = False
    unique: bool = False


def parse(item: str) -> Sort | None:
    """Return the order that one keyword of `-o` asks for, None if it is no SORT. Raises `UsageError`."""
    match = _KEYWORD.fullmatch(item)
    if match is None:
        return None
    found = Sort()
    for word in filter(None, (match[1] or "").split("%")):
        found = refined(found, word, item)
    return found


def refined(sort: Sort, word: str, item: str) -> Sort:
    """Return the order with one more of its options."""
    keyword = word.upper()
    if keyword in {"REVERSE", "R"}:
        return replace(sort, reverse=True)
    if keyword in {"UNIQUE", "U"}:
        return replace(sort, unique=True)
    if keyword in {"ALL", "A", "EACH"}:  # where several hosts answered; there is one answer now
        return sort
    if _KEY.fullmatch(word) and int(word):
        return replace(sort, key=int(word))
    raise UsageError("-o", f"unknown order {item[:80]!r}", "write SORT:COLUMN%REVERSE%UNIQUE; columns count from 1")
