"""What outputs show of a record, as SQL over a row of `machine`: DuckDB cuts and joins, Python only prints.

The raw values come from the line as its source spells it, INDEX put in; the normal forms are columns
of their own. `row_source` makes the list `f` of raw values that the other expressions look into.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vhost.query.columns import Column
from vhost.record import COUNT, FIELDS, KEYWORDS

_INDEX = next(field.number for field in FIELDS if field.column == "index")
_TCP = KEYWORDS["TCP"].number
_PADDING = ";" * COUNT

LINE = f"""regexp_replace(line, '^((?:[^;]*;){{{_INDEX - 1}}})[^;]*', '\\1' || "index")"""
"""The record as MACHINE prints it; a shorter record of an old release keeps its length."""

LOOKED_UP = "resolved"
"""The table of resolved addresses and names, by the spelling of TCP; see `vhost.query.names`."""


def split(rows: str) -> str:
    """Return the rows of a FROM clause with the list `f` of their raw values, padded to 47."""
    return f"(SELECT *, string_split(line || '{_PADDING}', ';') AS f FROM {rows})"


def raw(number: int) -> str:
    """Return a raw value: 0 is the whole record, a number that no field has is empty."""
    if number == 0:
        return LINE
    if number == _INDEX:
        return '"index"::VARCHAR'
    return f"f[{number}]" if number <= COUNT else "''"


def joined(expressions: Iterable[str], separator: str = ";") -> str:
    """Return the values with a separator between them."""
    return f"concat_ws('{separator}', {', '.join(expressions)})"


def fields(numbers: Sequence[int], *, numeric: bool = False, names: bool = False) -> str:
    """Return a field list; see `vhost.query.output.FieldList`."""
    if len(numbers) == COUNT and not numeric and not names:
        return LINE
    chosen: dict[float, str] = {number: raw(number) for number in numbers}
    if numeric:
        chosen[_TCP] = f"coalesce({resolved('ip')}, '')"
    if names:
        chosen[_TCP + 0.5] = f"coalesce({resolved('dns')}, '')"  # behind TCP, before the field that follows it
    return joined(chosen[number] for number in sorted(chosen))


def resolved(column: str) -> str:
    """Return the address (`ip`) or name (`dns`) that TCP resolves to; an unknown one is NULL."""
    return f"(SELECT {column} FROM {LOOKED_UP} WHERE spelling = f[{_TCP}])"


ADDRESS = (
    "f[1] || CASE WHEN f[4] IN ('/etc/ctys.d/pm.conf', '/etc/ctys.d/vm.conf')"
    " OR f[3] || f[4] || f[5] || f[6] || f[7] = '' THEN ''"
    " ELSE '[' || concat_ws(',', nullif(f[4], ''), nullif(f[3], ''), nullif(f[5], ''), nullif(f[6], ''),"
    " nullif(f[7], '')) || ']' END"
)
"""The address of a machine, `pm[id,label,uuid,mac,ip]`; a PM, or the inside of a VM, is its `pm` alone."""


def cell(column: Column) -> str:
    """Return a value cut and padded to its column; one without a width, and one that wraps, as it is."""
    value, width = raw(column.field), column.width
    if not width:
        return value
    kept = f"right({value}, {width})" if column.longer == "L" else value
    return f"rpad({kept}, {width}, ' ')"
