"""SQL conditions of single terms, with every value bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from vhost import normal
from vhost.query.expression import Pattern
from vhost.query.terms import Anywhere, FieldInField, InField, Numbered, Same, Term, Together
from vhost.record import FIELDS

Params = list[str | int | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean SQL expression over a row of `machine`, and the values bound in it."""

    sql: str
    params: Params


_NORMAL: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("mac", normal.mac),
    ("uuid", normal.uuid),
    ("tcp", normal.address),
)
_FIELD_KINDS = {field.number: field for field in FIELDS if field.kind in {"mac", "uuid", "address"}}


def condition(term: Term) -> Condition:
    """Return the condition of one term.

    A term that is a whole MAC, UUID or address finds it in any spelling.
    """
    match term:
        case Anywhere(text, pattern):
            return _any_of(_search("line", pattern), *(_equal(column, form(text)) for column, form in _NORMAL))
        case InField(number, text, pattern):
            return _any_of(_search(raw(number), pattern), *_same_value(number, text))
        case FieldInField(number, expression):
            looked_up = f"(SELECT regex FROM expression WHERE spelling = {raw(expression)})"
            return Condition(f"regexp_matches({raw(number)}, {looked_up})", [])
        case Numbered(first, last):
            return Condition('"index" BETWEEN ? AND ?', [first, last])
        case Same(numbers, text):
            return _any_of(*(each for number in numbers for each in (_is(number, text), *_same_value(number, text))))
        case Together(parts):
            return _all_of(*map(condition, parts))
    assert_never(term)


def raw(number: int) -> str:
    """Return the SQL of field n as the record spells it."""
    return f"split_part(line, ';', {number})"


def _search(value: str, pattern: Pattern) -> Condition:
    if pattern.literal is not None:
        return Condition(f"contains({value}, ?)", [pattern.literal])
    return Condition(f"regexp_matches({value}, ?)", [pattern.regex])


def _same_value(number: int, text: str) -> tuple[Condition | None, ...]:
    field = _FIELD_KINDS.get(number)
    forms = {"mac": normal.mac, "uuid": normal.uuid, "address": normal.address}
    return (_equal(field.column, forms[field.kind](text)),) if field else ()


def _equal(column: str, value: str | None) -> Condition | None:
    return None if value is None else Condition(f"coalesce({column} = ?, false)", [value])


def _is(number: int, text: str) -> Condition:
    return Condition(f"{raw(number)} = ?", [text])


def _any_of(*conditions: Condition | None) -> Condition:
    return _joined(" OR ", [one for one in conditions if one is not None])


def _all_of(*conditions: Condition) -> Condition:
    return _joined(" AND ", conditions)


def _joined(operator: str, conditions: Sequence[Condition]) -> Condition:
    return Condition(
        f"({operator.join(one.sql for one in conditions)})", [value for one in conditions for value in one.params]
    )
