"""Selection: the records that a query chooses, evaluated set-wise in DuckDB.

A query becomes a list of *branches*, each a conjunction of terms; a record comes out once for every
branch that it satisfies, branch by branch, in cache order. OR adds branches: what the remembered
ones become with the new term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from vhost.errors import UsageError
from vhost.query.expression import translate
from vhost.query.predicate import Params, condition, raw
from vhost.query.terms import FieldInField, Query

_BRANCH_LIMIT = 1000

Mode = Literal["ALL", "FIRST", "LAST", "COMPLEMENT"]
Branch = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows of a selection in their order: the asked-for columns of `machine`."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


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


def select(
    con: duckdb.DuckDBPyConnection, query: Query, mode: Mode = "ALL", columns: Sequence[str] = ("index", "line")
) -> Selected:
    """Return the chosen records. Raises `UsageError` for an expression that the engine refuses."""
    _prepare(con, query)
    listed = ", ".join(f'"{column}"' for column in columns)
    sql, params = _statement(query, mode, listed)
    try:
        return Selected(tuple(columns), con.execute(sql, params).fetchall())
    except (duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise UsageError("term", f"the expression cannot be searched: {str(error).split(chr(10), 1)[0]}") from error


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


def _statement(query: Query, mode: Mode, listed: str) -> tuple[str, Params]:
    found = branches(query)
    if len(found) == 1 and mode != "COMPLEMENT":
        return _conjunction(query, mode, listed)
    return _disjunction(query, found, mode, listed)


def _step_sql(query: Query, number: int, params: Params) -> str:
    step = query[number]
    made = condition(step.term)
    params += made.params
    return f"(NOT {made.sql})" if step.negated else made.sql


def _conjunction(query: Query, mode: Mode, listed: str) -> tuple[str, Params]:
    params: Params = []
    wanted = ["NOT repeated", *(_step_sql(query, number, params) for number in range(len(query)))]
    return f"SELECT {listed} FROM machine WHERE {' AND '.join(wanted)} {_ordered(mode, '')}", params


def _ordered(mode: Mode, branch: str) -> str:
    if mode == "FIRST":
        return f'ORDER BY {branch}"index" LIMIT 1'
    if mode == "LAST":
        return f'ORDER BY {branch.replace(",", " DESC,")}"index" DESC LIMIT 1'
    return f'ORDER BY {branch}"index"'


def _disjunction(query: Query, found: list[Branch], mode: Mode, listed: str) -> tuple[str, Params]:
    params: Params = []
    steps = ", ".join(f"{_step_sql(query, number, params)} AS p{number}" for number in range(len(query)))
    truths = [" AND ".join(f"p{number}" for number in branch) or "true" for branch in found]
    base = f"SELECT *{', ' if steps else ''}{steps} FROM machine WHERE NOT repeated"
    if mode == "COMPLEMENT":
        outside = " AND ".join(f"NOT ({truth})" for truth in truths)
        return f"SELECT {listed} FROM ({base}) WHERE {outside} {_ordered('ALL', '')}", params
    numbers = ", ".join(f"CASE WHEN {truth} THEN {number} END" for number, truth in enumerate(truths))
    rows = (
        f"SELECT *, UNNEST([{numbers}]) AS branch FROM ({base}) WHERE {' OR '.join(f'({truth})' for truth in truths)}"
    )
    return f"SELECT {listed} FROM ({rows}) WHERE branch IS NOT NULL {_ordered(mode, 'branch, ')}", params
