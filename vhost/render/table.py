"""Tables of fixed-width columns, as the old tool drew them.

label     |stype   |PM
----------+--------+---------------
tst100    |XEN     |lab00.soho
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vhost.query.output import Table, TableColumn
from vhost.query.rows import raw_values
from vhost.record import COUNT


def head(output: Table) -> list[str]:
    """Return the titles, cut to their columns, perhaps a line of `column(field)`, and the rule."""
    made = ["|".join(_fit(column.title, column) for column in output.columns)]
    if output.titles in {"titleidx", "titleidxasc"}:
        places = enumerate(output.columns, start=1)
        made.append("|".join(_fit(f"{place}({column.field})", column) for place, column in places))
    return [*made, "+".join("-" * column.width for column in output.columns)]


def records(output: Table, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """Return the line of each (index, line) row; several lines in one text where a `_B` column wraps."""
    for values in raw_values(rows):
        yield "\n".join(_wrapped(output.columns, [_value(values, column) for column in output.columns]))


def _fit(text: str, column: TableColumn) -> str:
    return text[: column.width].ljust(column.width)


def _value(values: Sequence[str], column: TableColumn) -> str:
    if column.field == 0:
        return ";".join(values)
    return values[column.field - 1] if column.field <= COUNT else ""


def _wrapped(columns: Sequence[TableColumn], values: Sequence[str]) -> Iterator[str]:
    pieces = [_pieces(value, column) for value, column in zip(values, columns, strict=True)]
    for at in range(max(map(len, pieces), default=1)):
        cells = (piece[at] if at < len(piece) else "" for piece in pieces)
        yield "|".join(_fit(cell, column) for cell, column in zip(cells, columns, strict=True))


def _pieces(value: str, column: TableColumn) -> list[str]:
    if column.longer == "L":
        return [value[-column.width :]]
    if column.longer != "B" or not value:
        return [value[: column.width]]
    return [value[at : at + column.width] for at in range(0, len(value), column.width)]
