"""What outputs show of a record, as SQL over a row of `machine`: DuckDB cuts and joins, Python only prints.

The raw values come from the line as its source spells it, INDEX put in; the normal forms are columns
of their own. `vhost.query.scope` adds the columns that the expressions here look into: `s`, the list of
raw values; `f`, the list of values as they are shown; `shown`, the line as it is shown; `mark`, what stands
before every value that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vhost.query.columns import Column
from vhost.record import COUNT, FIELDS, KEYWORDS

_INDEX = next(field.number for field in FIELDS if field.column == "index")
_TCP = KEYWORDS["TCP"].number
_PADDING = ";" * COUNT

LINE = f"""regexp_replace(shown, '^((?:[^;]*;){{{_INDEX - 1}}})[^;]*', '\\1' || mark || "index")"""
"""The record as MACHINE prints it; a shorter record of an old release keeps its length."""

VALUES = f"string_split(line || '{_PADDING}', ';')"
"""The raw values of a line, padded to 47."""

MORE = COUNT + 1
"""The number of the value behind the last field: the cost, where a query computes it; else it is empty."""

RESOLVED = "resolved"
"""The table of resolved addresses and names, by the spelling of TCP; see `vhost.query.names`."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """SQL of the numeric address of a record, and of its host name; NULL where it has none."""

    ip: str
    dns: str


LOOKED_UP = LookedUp(*(f"(SELECT {column} FROM {RESOLVED} WHERE spelling = s[{_TCP}])" for column in ("ip", "dns")))
"""What TCP resolves to."""


def raw(number: int) -> str:
    """Return a raw value: 0 is the whole record, a number that no field has is empty."""
    if number == 0:
        return LINE
    if number == _INDEX:
        return 'mark || "index"'
    return f"f[{number}]" if number <= MORE else "''"


def joined(expressions: Iterable[str], separator: str = ";") -> str:
    """Return the values with a separator between them."""
    return f"concat_ws('{separator}', {', '.join(expressions)})"


def fields(
    numbers: Sequence[int], *, numeric: bool = False, names: bool = False, looked_up: LookedUp = LOOKED_UP
) -> str:
    """Return a field list; see `vhost.query.output.FieldList`."""
    if tuple(numbers) == _ALL and not numeric and not names:
        return LINE
    chosen: dict[float, str] = {number: raw(number) for number in numbers}
    if numeric:
        chosen[_TCP] = f"mark || coalesce({looked_up.ip}, '')"
    if names:
        chosen[_TCP + 0.5] = f"mark || coalesce({looked_up.dns}, '')"  # behind TCP, before the field that follows it
    return joined(chosen[number] for number in sorted(chosen))


_ALL = tuple(range(1, COUNT + 1))

ADDRESS = (
    "mark || s[1] || CASE WHEN s[4] IN ('/etc/ctys.d/pm.conf', '/etc/ctys.d/vm.conf')"
    " OR s[3] || s[4] || s[5] || s[6] || s[7] = '' THEN ''"
    " ELSE '[' || concat_ws(',', nullif(s[4], ''), nullif(s[3], ''), nullif(s[5], ''), nullif(s[6], ''),"
    " nullif(s[7], '')) || ']' END"
)
"""The address of a machine, `pm[id,label,uuid,mac,ip]`; a PM, or the inside of a VM, is its `pm` alone."""


def cell(column: Column) -> str:
    """Return a value cut and padded to its column; one without a width, and one that wraps, as it is."""
    value, width = raw(column.field), column.width
    if not width:
        return value
    kept = f"right({value}, {width})" if column.longer == "L" else value
    return f"rpad({kept}, {width}, ' ')"
