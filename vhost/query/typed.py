"""Queries whose answer is typed: columns by their SQL names instead of the old outputs."""

from __future__ import annotations

from vhost.cache.snapshot import Snapshot
from vhost.errors import Ambiguous
from vhost.query.output import FieldList, Output
from vhost.query.select import Mode, Selected, select
from vhost.query.terms import Query
from vhost.record import COLUMNS, COUNT
from vhost.schema import PROVENANCE

ALL = (*COLUMNS, *(column.name for column in PROVENANCE))
"""What a typed answer holds when nothing else is asked for: the fields and their provenance."""


def columns(output: Output | None) -> tuple[str, ...]:
    """Return the SQL columns that an `-o` argument stands for; without one, all of them."""
    if output is None:
        return ALL
    if isinstance(output, FieldList):
        return tuple(COLUMNS[number - 1] for number in output.fields)
    numbers = dict.fromkeys(column.field for column in output.columns)
    return tuple(COLUMNS[number - 1] for number in numbers if 1 <= number <= COUNT)


def chosen(snapshot: Snapshot, query: Query, mode: Mode, output: Output | None, *, unique: bool) -> Selected:
    """Return the selected rows. Raises `Ambiguous` as the old outputs do."""
    selected = select(snapshot.con, query, mode, columns(output))
    if not unique:
        return selected
    rows = list(dict.fromkeys(selected.rows))
    if len(rows) > 1:
        raise Ambiguous("-M unique", f"{len(rows)} different records match", "show them with -M all")
    return Selected(selected.columns, rows)
