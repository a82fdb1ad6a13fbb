"""What a LIST shows, as for `-o`: the default table, a table of columns, values between `;`; and its order.

TCP-container    |TCP-guest        |label               |sesstype|c|user      |group
-----------------+-----------------+--------------------+--------+-+----------+----------
lab00.soho       |00:50:56:13:11:40|tst100              |XEN     |S|-         |-
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from vhost.errors import UsageError
from vhost.query import output as query
from vhost.query.columns import Column
from vhost.query.order import ordered
from vhost.query.output import Table
from vhost.query.sort import Sort
from vhost.query.sort import parse as parse_sort
from vhost.sessions.session import COLUMNS, KEYWORDS, TITLES, Session, text
from vhost.text import escape

DEFAULT = (
    Column(1, "TCP-container", 17),
    Column(7, "TCP-guest", 17),
    Column(3, "label", 20),
    Column(2, "sesstype", 8),
    Column(14, "c", 1),
    Column(12, "user", 10),
    Column(13, "group", 10),
)
_MAC, _TCP = KEYWORDS["MAC"], KEYWORDS["TCP"]
_WIDTH = 10
_WHOLE = ("MACHINE",)
_KEY = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """One output: the columns of a table, or the fields of a list; perhaps with titles, perhaps sorted."""

    columns: tuple[Column, ...] = ()
    fields: tuple[int, ...] = ()
    titles: str = "none"
    sort: Sort | None = None
    default: bool = False


def parse(words: str | None) -> Shown:
    """Return what a text as of `-o` asks for; without one the default table. Raises `UsageError`."""
    columns: tuple[Column, ...] = ()
    fields: set[int] = set()
    titles, sort = "none", None
    for item in filter(None, (words or "").split(",")):
        keyword = item.upper()
        if (order := parse_sort(item)) is not None:
            sort = order
        elif keyword in {"TITLE", "TITLEIDX"}:
            titles = max(titles, keyword.lower(), key=("none", "title", "titleidx").index)
        elif keyword in _WHOLE:
            fields |= set(range(1, len(COLUMNS) + 1))
        elif keyword == "MAXKEY":
            fields |= set(range(1, _KEY + 1))
        elif keyword in KEYWORDS:
            fields.add(KEYWORDS[keyword])
        else:
            columns = _table(item)
    if not columns and not fields:
        return Shown(DEFAULT, titles=titles, sort=sort, default=True)
    return Shown(columns, () if columns else tuple(sorted(fields)), titles, sort)


def _table(item: str) -> tuple[Column, ...]:
    if not item.upper().startswith("TAB"):
        raise UsageError(
            "list", f"unknown keyword {item[:40]!r}", f"known are {', '.join(sorted(KEYWORDS))}, TAB_GEN:..."
        )
    table = query.parse(item).output
    if not isinstance(table, Table):
        raise UsageError("list", f"{item[:40]!r} is no table", "write TAB_GEN:FIELD_TITLE_WIDTH%%...")
    return table.columns


def lines(shown: Shown, sessions: Sequence[Session], *, terse: bool = False) -> Iterator[str]:
    """Return the lines of an output; `terse` are values between `;`, without heads."""
    if shown.fields or terse:
        numbers = shown.fields or tuple(column.field for column in shown.columns)
        if shown.titles != "none" and not terse:
            yield ";".join(_title(number, shown.titles) for number in numbers)
        yield from _sorted([";".join(escape(text(one, number)) for number in numbers) for one in sessions], shown, ";")
        return
    yield from _head(shown)
    rows = ["\n".join(_row(shown, one)) for one in sessions]
    for row in _sorted(rows, shown, "|"):
        yield from row.split("\n")


def _sorted(rows: list[str], shown: Shown, separator: str) -> list[str]:
    return rows if shown.sort is None else ordered(rows, shown.sort, separator, lambda row: row)


def _title(number: int, titles: str) -> str:
    title = TITLES[number - 1]
    return f"{title}({number})" if titles == "titleidx" else title


def _head(shown: Shown) -> Iterator[str]:
    widths = [column.width or _WIDTH for column in shown.columns]
    names = [column.title or str(column.field) for column in shown.columns]
    yield _joined(names, widths)
    if shown.titles == "titleidx":
        yield _joined([f"{place}({column.field})" for place, column in enumerate(shown.columns, start=1)], widths)
    yield "+".join("-" * width for width in widths)


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "|".join(cell[:width].ljust(width) for cell, width in zip(cells, widths, strict=True))


def _row(shown: Shown, session: Session) -> Iterator[str]:
    """Return the lines of one session, several where a column wraps."""
    widths = [column.width or _WIDTH for column in shown.columns]
    cells = [_pieces(column, _value(column, session, default=shown.default)) for column in shown.columns]
    for pieces in zip_longest(*cells, fillvalue=""):
        yield _joined(pieces, widths)


def _value(column: Column, session: Session, *, default: bool) -> str:
    value = escape(text(session, column.field))
    if default and column.field == _TCP and not value:
        value = escape(text(session, _MAC))
    return value or ("-" if default else "")


def _pieces(column: Column, value: str) -> list[str]:
    width = column.width or _WIDTH
    if column.longer == "L":
        return [value[-width:]]
    if column.longer == "B":
        return [value[at : at + width] for at in range(0, len(value), width)] or [""]
    return [value[:width]]
