"""Columns of tables and records as they are written behind TAB_GEN, REC_GEN, SPEC_GEN and XML_GEN.

3_Label_10%%4_ID_25_L%%23_HW_6_B        field_title_width[_L|_B], joined by `%%` (one `%` works too)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from vhost.errors import UsageError

Longer = Literal["", "L", "B"]

_COLUMN = re.compile(r"(\d{1,9})(?:_([^_]*))?(?:_(\d*))?(?:_([LB]))?", re.IGNORECASE)
_LONGER: dict[str, Longer] = {"L": "L", "B": "B"}
_WIDTH_LIMIT = 100_000
_COUNT_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: field number, title ("" where none is given), width (0 where none is given).

    `longer` says what happens to a value that is wider: "" (the left part stays), "L" (the right
    end stays) or "B" (a table wraps it).
    """

    field: int
    title: str = ""
    width: int = 0
    longer: Longer = ""


def columns(text: str) -> tuple[Column, ...]:
    """Return the columns; an empty one between `%%` is left out. Raises `UsageError` for what is none."""
    found = tuple(_column(part) for part in re.split("%+", text) if part)
    if len(found) > _COUNT_LIMIT or sum(column.width for column in found) > _WIDTH_LIMIT:
        raise UsageError("-o", f"more than {_COUNT_LIMIT} columns, or wider than {_WIDTH_LIMIT} together")
    return found


def _column(text: str) -> Column:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise UsageError(
            "-o", f"{text[:80]!r} is no column", "write FIELD_TITLE_WIDTH, perhaps with _L or _B at the end"
        )
    number, title, width, longer = match.groups()
    if len(width or "") > 6:
        raise UsageError("-o", f"the column {text[:80]!r} is wider than {_WIDTH_LIMIT}")
    return Column(int(number), title or "", int(width or 0), _LONGER.get((longer or "").upper(), ""))
