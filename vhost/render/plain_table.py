"""A table for people: as wide as its values need, numbers to the right, unknown values blank.

label  | vram
-------+-----
tst100 |  512
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from vhost.text import shown

_MEASURED = 10_000
"""Rows that decide how wide the columns are; what comes later is shown wholly all the same."""


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return title, rule and a line for each row; nothing is cut and nothing can steer a terminal."""
    remaining = iter(rows)
    measured = list(islice(remaining, _MEASURED))
    shown = [[_cell(value) for value in row] for row in measured]
    titles = [_cell(column) for column in columns]
    widths = [max(map(_width, column)) for column in zip(titles, *shown, strict=True)]
    right = [_numeric(column) for column in zip(*measured, strict=True)] or [False] * len(titles)
    yield _line(titles, widths, right)
    yield "-+-".join("-" * width for width in widths)
    for cells in chain(shown, ([_cell(value) for value in row] for row in remaining)):
        yield _line(cells, widths, right)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return " | ".join(map(_padded, cells, widths, right)).rstrip()


def _padded(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - one of three columns that are mapped
    if text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _numeric(column: Sequence[object]) -> bool:
    known = [value for value in column if value is not None]
    return bool(known) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
