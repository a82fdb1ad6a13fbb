"""What every old output is made of: head lines, the SQL of a record, and how its row becomes lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One output.

    `expressions` are what is selected for each record, over rows with the list `f`. `text(number, row)`
    draws a record, None where the one expression is the text already. `sorted_as` is the text by which
    records are sorted and compared. A record without any text is left out unless `blanks`.
    """

    expressions: Sequence[str]
    head: Sequence[str] = ()
    separator: str = ";"
    text: Callable[[int, Row], str] | None = None
    sorted_as: Callable[[Row], str] = lambda row: str(row[0])
    blanks: bool = False
