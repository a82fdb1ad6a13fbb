"""Titles of fields in their spellings: `Label`, `Label(3)`, `Label(C-3)`."""

from __future__ import annotations

from vhost.query.output import Titles
from vhost.query.rows import MORE
from vhost.record import COUNT, FIELDS

_COST = "Cost"
_NETNAME = next(field.number for field in FIELDS if field.column == "netname")


def title(number: int, titles: Titles) -> str:
    """Return the title of a field as a title line has it."""
    if titles == "titleidx":
        return f"{FIELDS[number - 1].indexed_title if number <= COUNT else long_title(number)}({number})"
    if titles == "titleidxasc":
        return f"{long_title(number)}({spreadsheet_column(number)}-{number})"
    return FIELDS[number - 1].title if number <= COUNT else long_title(number)


def long_title(number: int) -> str:
    """Return the title of a field as records and spreadsheet titles spell it; a number that no field has is itself."""
    if number == MORE:
        return _COST
    if not 1 <= number <= COUNT:
        return str(number)
    field = FIELDS[number - 1]
    return field.title if number == _NETNAME else field.indexed_title


def spreadsheet_column(number: int) -> str:
    """Return A for 1, Z for 26, AA for 27, ..."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
