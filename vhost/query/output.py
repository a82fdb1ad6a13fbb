"""What `-o` asks for, parsed to a value.

l,pm,mac          title,machine          tab_gen:3_Label_10%%4_ID_25_L,titleidx          maxkey
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from vhost.errors import UsageError
from vhost.record import COUNT, KEYWORDS

Titles = Literal["none", "title", "titleidx", "titleidxasc"]

DEFAULT_WIDTH = 10
_TABLES = {"TAB", "TAB_GEN"}
_TITLES: dict[str, Titles] = {"TITLE": "title", "TITLEIDX": "titleidx", "TITLEIDXASC": "titleidxasc"}
_COLUMN = re.compile(r"(\d+)(?:_([^_]*))?(?:_(\d*))?(?:_([LB]))?", re.IGNORECASE)
_WIDTH_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table: field number, title, width, and what happens to a longer value.

    `longer` is "" (the left part stays), "L" (the right end stays) or "B" (continuation rows).
    """

    field: int
    title: str
    width: int
    longer: str = ""


@dataclass(frozen=True, slots=True)
class FieldList:
    """Values of fields between `;`, in canonical order."""

    fields: tuple[int, ...]
    titles: Titles = "none"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of columns with two or three head lines."""

    columns: tuple[TableColumn, ...]
    titles: Titles = "none"


Output = FieldList | Table


def parse(text: str) -> Output:
    """Return the output that an `-o` argument asks for. Raises `UsageError` naming the unknown keyword."""
    titles: Titles = "none"
    fields: set[int] = set()
    table: tuple[TableColumn, ...] | None = None
    for item in filter(None, text.split(",")):
        word, _, argument = item.partition(":")
        keyword = word.upper()
        if keyword in _TITLES and not argument:
            titles = _richer(titles, _TITLES[keyword])
        elif keyword in _TABLES:
            table = columns(argument)
        else:
            fields |= _fields(keyword, item)
    if table is not None:
        return Table(table, titles)
    if not fields:
        raise UsageError("-o", f"{text!r} names no field", "see the field keywords in docs/fields.md")
    return FieldList(tuple(sorted(fields)), titles)


def _richer(one: Titles, other: Titles) -> Titles:
    order: tuple[Titles, ...] = ("none", "title", "titleidx", "titleidxasc")
    return max(one, other, key=order.index)


def _fields(keyword: str, item: str) -> set[int]:
    if keyword == "MACHINE":
        return set(range(1, COUNT + 1))
    if keyword == "MAXKEY":
        return set(range(1, 7))
    if keyword in KEYWORDS:
        return {KEYWORDS[keyword].number}
    raise UsageError("-o", f"unknown keyword {item!r}", "see the field keywords in docs/fields.md")


def columns(text: str) -> tuple[TableColumn, ...]:
    """Return the columns of `index_title_width[_L|_B]` joined by `%%` (one `%` works too)."""
    return tuple(_column(part) for part in re.split("%+", text) if part)


def _column(text: str) -> TableColumn:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise UsageError(
            "-o", f"{text!r} is no table column", "write FIELD_TITLE_WIDTH, perhaps with _L or _B at the end"
        )
    number, title, width, longer = match.groups()
    if len(width or "") > 6 or int(width or 0) > _WIDTH_LIMIT:
        raise UsageError("-o", f"the column {text!r} is wider than {_WIDTH_LIMIT}")
    return TableColumn(int(number), title or number, int(width or 0) or DEFAULT_WIDTH, (longer or "").upper())
