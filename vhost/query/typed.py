"""Queries whose answer is typed: columns by their SQL names instead of the old outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from vhost.errors import Ambiguous, UsageError
from vhost.query import rows, select
from vhost.query.output import Addresses, FieldList, Output
from vhost.query.scope import MACHINES, Scope
from vhost.query.selection import Selection
from vhost.query.sort import Sort
from vhost.query.terms import Query
from vhost.record import COLUMNS, COUNT, KEYWORDS
from vhost.schema import PROVENANCE

if TYPE_CHECKING:
    import pyarrow as pa

ALL = (*COLUMNS, *(column.name for column in PROVENANCE))
"""What a typed answer holds when nothing else is asked for: the fields and their provenance."""

Row = tuple[Any, ...]

_TIMES = {column.name for column in PROVENANCE if column.type.startswith("TIMESTAMP")}
_TCP = KEYWORDS["TCP"].number


def columns(output: Output | None) -> tuple[str, ...]:
    """Return the columns that an `-o` argument stands for; without one, all of them."""
    if output is None:
        return ALL
    if isinstance(output, Addresses):
        return ("ctys",)
    if isinstance(output, FieldList):
        return tuple(_listed(output))
    numbers = dict.fromkeys(column.field for column in output.columns) or range(1, COUNT + 1)
    known = tuple(COLUMNS[number - 1] for number in numbers if 1 <= number <= COUNT)
    if not known:
        raise UsageError("-o", "no column holds a field", "see the fields in docs/fields.md")
    return known


def _listed(output: FieldList) -> Iterator[str]:
    numbers = {*output.fields, *((_TCP,) if output.names else ())}
    for number in sorted(numbers):
        if number in output.fields:
            yield "ip" if output.numeric and number == _TCP else COLUMNS[number - 1]
        if output.names and number == _TCP:
            yield "dns"


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed answer that can be taken as rows or as a table; IP and DNS are looked up before.

    `columns` are those that are asked for; those that the scope adds stand behind them.
    """

    con: duckdb.DuckDBPyConnection
    query: Query
    asked: tuple[str, ...]
    selection: Selection
    sort: Sort | None
    scope: Scope = MACHINES

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns."""
        return (*self.asked, *self.scope.names)

    def rows(self) -> Iterator[Row]:
        """Return text, integers, booleans and None; times are ISO 8601 in UTC.

        Raises `Ambiguous` where one distinct row was asked for and several match.
        """
        found = select.selected(
            self.con,
            self.query,
            self.selection.choice,
            [self._text(name) for name in self.columns],
            self.scope.split(),
            self.scope.condition,
        )
        if self.sort is None and not self.selection.unique:
            return found
        return (row for _, row in self._arranged(found))

    def table(self) -> pa.Table:
        """Return an Arrow table. Raises as `rows` does."""
        import pyarrow as pa  # noqa: PLC0415 - only binary formats pay for it

        sql, params = select.statement(
            self.con,
            self.query,
            self.selection.choice,
            [self._value(name) for name in self.columns],
            self.scope.split(),
            self.scope.condition,
        )
        with select.bounded(self.con):
            found: pa.Table = self.con.sql(sql, params=params).to_arrow_table()
        if self.sort is not None or self.selection.unique:
            arranged = self._arranged(zip(*found.to_pydict().values(), strict=True))
            found = found.take(pa.array([number for number, _ in arranged], pa.int64()))
        in_utc: pa.Table = found.cast(pa.schema([_in_utc(pa, field) for field in found.schema]))
        return in_utc

    def _arranged(self, found: Iterable[Row]) -> Sequence[tuple[int, Row]]:
        """Return the rows in their order, with the numbers that they had before; one for UNIQUE."""
        from vhost.query.order import ordered  # noqa: PLC0415 - most queries keep the order of the cache

        numbered = list(enumerate(found))
        if self.sort is not None:
            numbered = ordered(numbered, self.sort, ";", _line)
        if not self.selection.unique:
            return numbered
        distinct = {row: (number, row) for number, row in numbered}
        if len(distinct) > 1:
            raise Ambiguous("-M unique", f"{len(distinct)} different records match", "show them with -M all")
        return list(distinct.values())

    def _value(self, name: str) -> str:
        source = self.scope.source
        made = {"ip": source.ip, "dns": source.dns, "ctys": f"nullif({rows.ADDRESS}, '')"}
        return f"{made.get(name) or _quoted(name)} AS {_quoted(name)}"

    def _text(self, name: str) -> str:
        return f"replace({_quoted(name)}::VARCHAR, ' ', 'T') || 'Z'" if name in _TIMES else self._value(name)


def _line(numbered: tuple[int, Row]) -> str:
    return ";".join("" if value is None else str(value) for value in numbered[1])


def _quoted(name: str) -> str:
    return f'"{name}"'


def _in_utc(pa: Any, field: Any) -> Any:  # noqa: ANN401 - the module itself, imported late
    return field.with_type(pa.timestamp(field.type.unit, "UTC")) if pa.types.is_timestamp(field.type) else field
