"""Field lists: one line a record, the values between `;`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vhost.query.output import FieldList, Titles
from vhost.query.rows import machine_line, raw_values
from vhost.record import COUNT, FIELDS


def head(output: FieldList) -> list[str]:
    """Return the title line, if one is asked for."""
    if output.titles == "none":
        return []
    return [";".join(title(number, output.titles) for number in output.fields)]


def records(output: FieldList, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """Return one line for each (index, line) row."""
    if len(output.fields) == COUNT:
        return (machine_line(index, str(line)) for index, line in rows)
    chosen = [number - 1 for number in output.fields]
    return (";".join([values[number] for number in chosen]) for values in raw_values(rows))


def title(number: int, titles: Titles) -> str:
    """Return `Label`, `Label(3)` or `Label(C-3)`."""
    field = FIELDS[number - 1]
    if titles == "title":
        return field.title
    place = f"{spreadsheet_column(number)}-{number}" if titles == "titleidxasc" else str(number)
    return f"{field.indexed_title}({place})"


def spreadsheet_column(number: int) -> str:
    """Return A for 1, Z for 26, AA for 27, ..."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
