"""A slow evaluator of queries, made from the words of the specification: plain lists, Python's `re`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vhost.record import COUNT

INDEX = 32


@dataclass(frozen=True)
class Machine:
    """One record: its INDEX and its raw fields, the INDEX among them empty."""

    index: int
    fields: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return the MACHINE line that terms see."""
        return ";".join(self.fields)


Test = Callable[[Machine], bool]


@dataclass(frozen=True)
class Word:
    """One term as it is typed, the operators before it, and what it is true for."""

    text: str
    test: Test
    operators: tuple[str, ...] = ()


def database(rows: Sequence[dict[int, str]]) -> list[Machine]:
    """Return the records in the order of the cache: sorted and distinct lines."""
    filled = {tuple(row.get(number, "") for number in range(1, COUNT + 1)) for row in rows}
    ordered = sorted(filled, key=lambda fields: ";".join(fields).encode())
    return [Machine(index, fields) for index, fields in enumerate(ordered, start=1)]


def typed(words: Sequence[Word]) -> list[str]:
    """Return the arguments of a query."""
    return [text for word in words for text in (*word.operators, word.text)]


def selected(machines: Sequence[Machine], words: Sequence[Word]) -> list[Machine]:
    """Return what a query selects: AND filters and remembers, OR appends from what is remembered."""
    result = list(machines)
    remembered = list(machines)
    for place, word in enumerate(words):
        negated, alternative = pending(word.operators)
        chosen = [machine for machine in machines if word.test(machine) is not negated]
        if alternative and place:
            result = result + [machine for machine in remembered if machine in chosen]
        else:
            remembered = result
            result = [machine for machine in result if machine in chosen]
    return result


def pending(operators: Sequence[str]) -> tuple[bool, bool]:
    """Return whether NOT and whether OR are in effect: AND takes an OR back, the others stay."""
    alternative = False
    for operator in operators:
        if operator.upper() != "NOT":
            alternative = operator.upper() == "OR"
    return any(operator.upper() == "NOT" for operator in operators), alternative


def anywhere(regex: str, flags: int = 0) -> Test:
    """Return the test of a plain term."""
    found = re.compile(regex, flags)
    return lambda machine: found.search(machine.line) is not None


def in_field(number: int, regex: str) -> Test:
    """Return the test of `F:n:re`."""
    found = re.compile(regex)
    return lambda machine: found.search(machine.fields[number - 1]) is not None


def field_in_field(number: int, other: int, meanings: dict[str, str]) -> Test:
    """Return the test of `E:a:b`; `meanings` are the expressions that values stand for, in Python's syntax."""

    def test(machine: Machine) -> bool:
        regex = meanings.get(machine.fields[other - 1], machine.fields[other - 1])
        return re.search(regex, machine.fields[number - 1]) is not None

    return test


def numbered(first: int, last: int) -> Test:
    """Return the test of `R:n:m`."""
    return lambda machine: first <= machine.index <= last


def same_digits(number: int, value: str) -> Test:
    """Return the test of a term that is a whole MAC or UUID: the digits count, not how they are written."""
    wanted = _digits(value)
    return lambda machine: _digits(machine.fields[number - 1]) == wanted


def _digits(text: str) -> str:
    return re.sub("[^0-9a-f]", "", text.lower())
