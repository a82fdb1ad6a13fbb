"""Terms and operators of a query, parsed to a value.

    TERM [OP TERM ...]        OP = AND (or a blank) | OR | NOT, in any case

Left to right with inverted precedence: AND filters the result so far and remembers what it was
before; OR appends what its term selects from that remembered set. So `x AND a OR b` is
`x AND (a OR b)`, and `a OR b AND x` is `(a OR b) AND x`. NOT complements the next term only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vhost.errors import UsageError
from vhost.query.expression import Pattern, translate
from vhost.record import COUNT

_OPERATORS = {"AND", "OR", "NOT"}
_KEYED = re.compile(r"([EFR]):(.*)", re.IGNORECASE | re.DOTALL)
_LIMIT = 10_000
_LENGTH_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Anywhere:
    """The expression is searched in the whole record; `text` is the term as it was typed."""

    text: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class InField:
    """`F:n:re`: the expression is searched in field n."""

    field: int
    text: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class FieldInField:
    """`E:a:b`: the content of field b is the expression that is searched in field a."""

    field: int
    expression: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """`R:n` or `R:n:m`: the records with these numbers."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Same:
    """One of the fields holds exactly this value, in any spelling."""

    fields: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Together:
    """All of these are true, as the parts of one machine address."""

    parts: tuple[Term, ...]


Term = Anywhere | InField | FieldInField | Numbered | Same | Together


@dataclass(frozen=True, slots=True)
class Step:
    """One term with what stands before it; the first step of a query has `alternative` False."""

    term: Term
    negated: bool = False
    alternative: bool = False


Query = tuple[Step, ...]


def parse(
    arguments: Iterable[str],
    read: Callable[[str], Term] | None = None,
    split: Callable[[str], list[str]] = str.split,
) -> Query:
    """Return the steps of a query; no terms select every record.

    An argument with blanks is several terms. An operator without a term on its right, and AND or OR
    without one on its left, has no effect, as in the old tool. `split` makes words of an argument, `read`
    a term of a word (`term` unless given). Raises `UsageError`.
    """
    given = list(arguments)
    length = sum(map(len, given))
    if length > _LENGTH_LIMIT:
        raise UsageError("terms", f"{length} characters, {_LENGTH_LIMIT} are allowed")
    words = [word for argument in given for word in split(argument)]
    if len(words) > _LIMIT:
        raise UsageError("terms", f"{len(words)} terms, {_LIMIT} are allowed")
    made = read or term
    steps: list[Step] = []
    operators: set[str] = set()
    for word in words:
        if word.upper() in _OPERATORS:
            operators = _pending(operators, word.upper())
            continue
        steps.append(Step(made(word), "NOT" in operators, "OR" in operators and bool(steps)))
        operators = set()
    return tuple(steps)


def _pending(operators: set[str], word: str) -> set[str]:
    """Return the operators that wait for a term: AND takes back an OR, OR stays, NOT joins either."""
    if word == "AND":
        return operators - {"OR"}
    return operators | {word}


def term(word: str) -> Term:
    """Return one term. Raises `UsageError` for what is incomplete or out of range."""
    match = _KEYED.fullmatch(word)
    if match is None:
        return Anywhere(word, translate(word))
    letter, rest = match[1].upper(), match[2]
    parts = rest.split(":", 1)
    if letter == "F":
        if len(parts) < 2:
            raise UsageError("term", f"{word!r} is incomplete", "write F:FIELD:EXPRESSION")
        return InField(_field(parts[0], word), parts[1], translate(parts[1]))
    if letter == "E":
        if len(parts) < 2:
            raise UsageError("term", f"{word!r} is incomplete", "write E:FIELD:FIELD")
        return FieldInField(_field(parts[0], word), _field(parts[1], word))
    return _numbered(parts, word)


def _field(text: str, word: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= COUNT:
        return int(text)
    raise UsageError("term", f"{text!r} in {word!r} is no field number", f"fields are numbered 1 to {COUNT}")


def _numbered(parts: Sequence[str], word: str) -> Numbered:
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise UsageError("term", f"{word!r} is no record number or range", "write R:NUMBER or R:FIRST:LAST")
    return Numbered(int(parts[0]), int(parts[-1]))
