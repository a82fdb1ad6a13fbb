"""What `-o` asks for, parsed to a value.

l,pm,mac     title,machine     ip,dns     ctys     tab_gen:3_Label_10%%4_ID_25_L,titleidx     rec_gen:3%%7
sort:2%reverse,l,pm
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from vhost.errors import UsageError
from vhost.query.columns import Column, columns
from vhost.query.sort import Sort, refined
from vhost.query.sort import parse as parse_sort
from vhost.record import COUNT, KEYWORDS

Titles = Literal["none", "title", "titleidx", "titleidxasc"]
Style = Literal["REC", "SPEC", "XML"]

_TITLES: dict[str, Titles] = {"TITLE": "title", "TITLEIDX": "titleidx", "TITLEIDXASC": "titleidxasc"}
_TABLES = {"TAB", "TAB_GEN"}
_STYLES: dict[str, Style] = {"REC": "REC", "SPEC": "SPEC", "XML": "XML"}
_FORMS = {"CTYS": "addresses", "CTYSADDRESS": "addresses", "DNS": "names", "D": "names", "IP": "numeric"}
_SORT_OPTIONS = {"REVERSE", "UNIQUE"}
_TCP = KEYWORDS["TCP"].number


@dataclass(frozen=True, slots=True)
class FieldList:
    """Values of fields between `;`, in canonical order.

    `numeric`: TCP is shown as a numeric address. `names`: its host name stands behind it.
    """

    fields: tuple[int, ...]
    titles: Titles = "none"
    numeric: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class Addresses:
    """The address of each machine: `pm[id,label,uuid,mac,ip]`; with `more`, what a query adds stands behind it."""

    titles: Titles = "none"
    more: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of columns with two or three head lines."""

    columns: tuple[Column, ...]
    titles: Titles = "none"


@dataclass(frozen=True, slots=True)
class Records:
    """Records that span lines, in one of three styles; without columns all fields."""

    style: Style
    columns: tuple[Column, ...]


Output = FieldList | Addresses | Table | Records


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole `-o` argument: the output, its order, and whether the output was named or is the default one."""

    output: Output
    sort: Sort | None = None
    named: bool = True


def parse(text: str, default: Callable[[], str] | None = None) -> Wanted:
    """Return what an `-o` argument asks for; `default` is the argument for one that names neither fields nor columns.

    Raises `UsageError` naming the unknown keyword.
    """
    reading = _Reading()
    for item in filter(None, text.split(",")):
        reading.take(item)
    if reading.names_an_output or default is None or not text.strip(","):
        return reading.wanted(text)
    return replace(parse(f"{default()},{text}"), named=False)


class _Reading:
    """The keywords of an argument, one after the other; of several shapes the last one counts."""

    def __init__(self) -> None:
        self.titles: Titles = "none"
        self.fields: set[int] = set()
        self.shape: Table | Records | None = None
        self.forms: set[str] = set()
        self.sort: Sort | None = None
        self.sort_options: list[str] = []

    @property
    def names_an_output(self) -> bool:
        return bool(self.shape or self.fields or self.forms)

    def take(self, item: str) -> None:
        word, _, argument = item.partition(":")
        keyword = word.upper()
        if (sort := parse_sort(item)) is not None:
            self.sort = sort
        elif keyword in _TABLES:
            self.shape = Table(columns(argument))
        elif (style := _STYLES.get(keyword.removesuffix("_GEN"))) is not None:
            self.shape = Records(style, columns(argument))
        elif argument or word != item:
            raise _unknown(item)
        else:
            self._word(keyword, item)

    def _word(self, keyword: str, item: str) -> None:
        if keyword in _TITLES:
            self._title(_TITLES[keyword])
        elif keyword in _SORT_OPTIONS:
            self.sort_options.append(item)
        elif keyword in _FORMS:
            self.forms.add(_FORMS[keyword])
        elif keyword == "MACHINE":
            self._machine()
        else:
            self.fields |= _numbers(keyword, item)

    def _title(self, titles: Titles) -> None:
        order: tuple[Titles, ...] = ("none", "title", "titleidx", "titleidxasc")
        self.titles = max(self.titles, titles, key=order.index)

    def _machine(self) -> None:
        self.fields = set(range(1, COUNT + 1))
        if self.shape is not None:  # MACHINE on the right of a table takes its place and keeps that there are titles
            self.shape = None
            self._title("title")

    def wanted(self, text: str) -> Wanted:
        return Wanted(self._output(text), self._order())

    def _order(self) -> Sort | None:
        sort = self.sort
        for item in self.sort_options:
            if sort is None:
                raise UsageError("-o", f"{item!r} stands without SORT", "write SORT:COLUMN%REVERSE%UNIQUE")
            sort = refined(sort, item, item)
        return sort

    def _output(self, text: str) -> Output:
        if "addresses" in self.forms:
            return Addresses(self.titles)
        if isinstance(self.shape, Table):
            return Table(self.shape.columns, self.titles)
        if self.shape is not None:
            return self.shape
        if not self.fields and not self.forms:
            raise UsageError("-o", f"{text[:80]!r} names no field", "see the field keywords in docs/fields.md")
        numeric, names = "numeric" in self.forms, "names" in self.forms
        fields = self.fields | {_TCP} if numeric else self.fields
        return FieldList(tuple(sorted(fields)), self.titles, numeric, names)


def _numbers(keyword: str, item: str) -> set[int]:
    if keyword == "MAXKEY":
        return set(range(1, 7))
    if keyword in KEYWORDS:
        return {KEYWORDS[keyword].number}
    raise _unknown(item)


def _unknown(item: str) -> UsageError:
    return UsageError("-o", f"unknown keyword {item[:80]!r}", "see the field keywords in docs/fields.md")
