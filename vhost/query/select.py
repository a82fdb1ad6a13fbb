"""Selection: the records that a query chooses, evaluated set-wise in DuckDB.

A query becomes a list of *branches*, each a conjunction of terms; a record comes out once for every
branch that it satisfies, branch by branch, in cache order. OR adds branches: what the remembered
ones become with the new term.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from vhost.errors import UsageError
from vhost.query.expression import translate
from vhost.query.predicate import Condition, Params, condition, raw
from vhost.query.terms import FieldInField, Query, Term

_BRANCH_LIMIT = 1000
_CHUNK = 8192
SECONDS = 60.0
"""How long the engine may work on one part of an answer."""

Pick = Literal["ALL", "FIRST", "LAST"]
Branch = tuple[int, ...]
Conditions = Callable[[Term], Condition]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the records that the terms find are wanted; `complement` is everything that they do not find."""

    pick: Pick = "ALL"
    complement: bool = False


ALL = Choice()


def branches(query: Query) -> list[Branch]:
    """Return the conjunctions of a query as indices of its steps. Raises `UsageError` if they get too many."""
    result: list[Branch] = [()]
    before = result
    for number, step in enumerate(query):
        if step.alternative:
            result = result + [(*branch, number) for branch in before]
        else:
            before = result
            result = [(*branch, number) for branch in result]
        if len(result) > _BRANCH_LIMIT:
            raise UsageError(
                "terms", f"AND and OR alternate into more than {_BRANCH_LIMIT} alternatives", "split the query"
            )
    return result


def selected(
    con: duckdb.DuckDBPyConnection,
    query: Query,
    choice: Choice,
    expressions: Sequence[str],
    source: str = "machine",
    conditions: Conditions = condition,
) -> Iterator[tuple[Any, ...]]:
    """Return the values of SQL expressions for each chosen record. Raises `UsageError` for what the engine refuses.

    `source` is what stands behind FROM: `machine`, or rows made from it that have its columns too;
    `conditions` say how a term looks into them.
    """
    sql, params = statement(con, query, choice, expressions, source, conditions)
    with bounded(con):
        con.execute(sql, params)
    while True:
        with bounded(con):
            chunk = con.fetchmany(_CHUNK)
        if not chunk:
            return
        yield from chunk


@contextmanager
def bounded(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Raise `UsageError` for an expression that the engine refuses, or that keeps it busy for too long.

    Only the engine is timed, not those who take their time to read its answer.
    """
    late = threading.Timer(SECONDS, con.interrupt)
    late.daemon = True
    late.start()
    try:
        with refusals_named():
            yield
    except duckdb.InterruptException as error:
        raise UsageError("term", f"the search takes longer than {SECONDS:g} s", "simplify its expressions") from error
    finally:
        late.cancel()


@contextmanager
def refusals_named() -> Iterator[None]:
    """Raise `UsageError` for an expression that the engine refuses."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise UsageError("term", f"the expression cannot be searched: {str(error).split(chr(10), 1)[0]}") from error


def statement(
    con: duckdb.DuckDBPyConnection,
    query: Query,
    choice: Choice,
    expressions: Sequence[str],
    source: str = "machine",
    conditions: Conditions = condition,
) -> tuple[str, Params]:
    """Return the SELECT of `selected` and what is bound in it; `con` is made ready for it."""
    _prepare(con, query)
    found = branches(query)
    listed = ", ".join(expressions)
    tested = [_tested(step.negated, conditions(step.term)) for step in query]
    if len(found) == 1 and not choice.complement:
        return _conjunction(tested, choice.pick, listed, source)
    return _disjunction(tested, found, choice, listed, source)


def _tested(negated: bool, made: Condition) -> Condition:  # noqa: FBT001 - as it stands in a step
    return Condition(f"(NOT {made.sql})", made.params) if negated else made


def _prepare(con: duckdb.DuckDBPyConnection, query: Query) -> None:
    """Make the table of the expressions that `E:` terms take from the records; a broken one is taken literally."""
    numbers = sorted({step.term.expression for step in query if isinstance(step.term, FieldInField)})
    if not numbers:
        return
    con.execute("CREATE OR REPLACE TEMP TABLE expression (spelling VARCHAR PRIMARY KEY, regex VARCHAR)")
    distinct = " UNION ".join(f"SELECT DISTINCT {raw(number)} FROM machine" for number in numbers)
    spellings = [spelling for (spelling,) in con.execute(distinct).fetchall()]
    con.execute("INSERT INTO expression SELECT UNNEST(?), UNNEST(?)", [spellings, [*map(_tolerant, spellings)]])


def _tolerant(text: str) -> str:
    try:
        return translate(text).regex
    except UsageError:
        return translate("".join(f"\\{char}" if not char.isalnum() else char for char in text)).regex


def _conjunction(tested: Sequence[Condition], pick: Pick, listed: str, source: str) -> tuple[str, Params]:
    wanted = ["NOT repeated", *(one.sql for one in tested)]
    params = _bound(tested)
    return f"SELECT {listed} FROM {source} WHERE {' AND '.join(wanted)} {_ordered(pick, '')}", params


def _bound(tested: Sequence[Condition]) -> Params:
    return [value for one in tested for value in one.params]


def _ordered(pick: Pick, branch: str) -> str:
    if pick == "FIRST":
        return f'ORDER BY {branch}"index" LIMIT 1'
    if pick == "LAST":
        return f'ORDER BY {branch.replace(",", " DESC,")}"index" DESC LIMIT 1'
    return f'ORDER BY {branch}"index"'


def _disjunction(
    tested: Sequence[Condition], found: list[Branch], choice: Choice, listed: str, source: str
) -> tuple[str, Params]:
    params = _bound(tested)
    steps = ", ".join(f"{one.sql} AS p{number}" for number, one in enumerate(tested))
    truths = [" AND ".join(f"p{number}" for number in branch) or "true" for branch in found]
    base = f"SELECT *{', ' if steps else ''}{steps} FROM {source} WHERE NOT repeated"
    if choice.complement:
        outside = " AND ".join(f"NOT ({truth})" for truth in truths)
        return f"SELECT {listed} FROM ({base}) WHERE {outside} {_ordered(choice.pick, '')}", params
    numbers = ", ".join(f"CASE WHEN {truth} THEN {number} END" for number, truth in enumerate(truths))
    rows = (
        f"SELECT *, UNNEST([{numbers}]) AS branch FROM ({base}) WHERE {' OR '.join(f'({truth})' for truth in truths)}"
    )
    return f"SELECT {listed} FROM ({rows}) WHERE branch IS NOT NULL {_ordered(choice.pick, 'branch, ')}", params
