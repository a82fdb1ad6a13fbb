"""Tables of fixed-width columns, as the old tool drew them.

label     |stype   |PM
----------+--------+---------------
tst100    |XEN     |lab00.soho
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from operator import le

from vhost.query import rows
from vhost.query.columns import Column
from vhost.query.output import Table
from vhost.render.drawing import Drawing, Row

DEFAULT_WIDTH = 10


def table(output: Table) -> Drawing:
    """Return the drawing of a table; only one with columns that wrap has to be drawn here."""
    columns = [replace(column, width=column.width or DEFAULT_WIDTH) for column in output.columns]
    head = _head(columns, titled=output.titles in {"titleidx", "titleidxasc"})
    if not any(column.longer == "B" for column in columns):
        line = rows.joined(map(rows.cell, columns), "|") if columns else "''"
        return Drawing(head=head, expressions=[line], separator="|", blanks=True)
    expressions = [rows.raw(column.field) if column.longer == "B" else rows.cell(column) for column in columns]
    wrapped = _wrapping(columns)
    return Drawing(
        head=head, expressions=expressions, separator="|", text=lambda _, row: wrapped(row), sorted_as=wrapped
    )


def _head(columns: Sequence[Column], *, titled: bool) -> list[str]:
    """Return the titles, cut to their columns, perhaps a line of `column(field)`, and the rule."""
    made = ["|".join(_fit(column.title or str(column.field), column) for column in columns)]
    if titled:
        places = enumerate(columns, start=1)
        made.append("|".join(_fit(f"{place}({column.field})", column) for place, column in places))
    return [*made, "+".join("-" * column.width for column in columns)]


def _fit(text: str, column: Column) -> str:
    return text[: column.width].ljust(column.width)


def _wrapping(columns: Sequence[Column]) -> Callable[[Row], str]:
    """Return what makes the lines of a record; the cells below a value that does not wrap are blank."""
    widths = [column.width for column in columns]
    line = "|".join(f"%-{width}s" for width in widths)

    def wrapped(row: Row) -> str:
        if all(map(le, map(len, row), widths)):
            return line % row
        return "\n".join(line % cells for cells in zip_longest(*map(_pieces, row, widths), fillvalue=""))

    return wrapped


def _pieces(value: str, width: int) -> list[str]:
    return [value[at : at + width] for at in range(0, len(value), width)]
