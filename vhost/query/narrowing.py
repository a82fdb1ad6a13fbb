"""Options that narrow the records of a query: session types, reachability, cost; in this order, before `-M` picks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vhost.query.scope import MACHINES, Scope
from vhost.query.select import Choice, selected
from vhost.text import escape

if TYPE_CHECKING:
    import duckdb

    from vhost.query.cost import Cost
    from vhost.query.reachability import Reachability
    from vhost.query.terms import Query
    from vhost.reach.probing import Told

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is asked for: session types in upper case (none: all), who has to answer, what counts as cost.

    `age`: each record is shown with the age of its claim.
    """

    types: frozenset[str] = field(default_factory=frozenset)
    reach: Reachability | None = None
    cost: Cost | None = None
    age: bool = False


EVERYBODY = Narrowing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Whom a query tells of what it does: problems and limits, the steps of `-I`, the progress of probes."""

    hint: Callable[[str], None] = lambda _: None
    step: Callable[[str], None] | None = None
    told: Told | None = None


def types(text: str) -> frozenset[str]:
    """Return the session types of `-T`; ALL is no restriction."""
    words = frozenset(filter(None, escape(text).upper().replace("%", ",").split(",")))
    return frozenset() if "ALL" in words else words


def scope(
    con: duckdb.DuckDBPyConnection,
    query: Query,
    choice: Choice,
    wanted: Narrowing,
    watch: Watch,
    base: Scope = MACHINES,
) -> Scope:
    """Return the scope of the records that stay. Raises what a probe may raise."""
    found = _of_types(con, base, wanted.types)
    total = _count(con, query, choice, found) if watch.step else 0
    if wanted.reach is not None:
        found = _reachable(con, query, choice, found, wanted.reach, watch)
    if wanted.cost is not None:
        found = _weighed(con, query, choice, found, wanted.cost, watch)
    if wanted.age:
        from vhost.query.freshness import aged  # noqa: PLC0415 - only `--age` pays for it

        found = aged(found)
    if watch.step:
        watch.step(f"match={_count(con, query, choice, found)} of total={total}")
    return found


def _count(con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, found: Scope) -> int:
    return sum(1 for _ in selected(con, query, replace(choice, pick="ALL"), ["1"], found.rows, found.condition))


def _of_types(con: duckdb.DuckDBPyConnection, base: Scope, wanted: frozenset[str]) -> Scope:
    if not wanted:
        return base
    con.execute("CREATE OR REPLACE TEMP TABLE wanted_type AS SELECT UNNEST(?::VARCHAR[]) AS type", [sorted(wanted)])
    return base.narrowed("upper(coalesce(type, '')) IN (FROM wanted_type)")


def _reachable(
    con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, found: Scope, wanted: Reachability, watch: Watch
) -> Scope:
    from vhost.query import reachability  # noqa: PLC0415 - only `-x` pays for it

    asked = reachability.narrowed(con, query, choice, found, wanted, watch.told)
    if asked.late:
        watch.hint(f"-x: {asked.late} hosts were not asked, because the time was over; they count as silent")
    return asked.scope


def _weighed(
    con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, found: Scope, wanted: Cost, watch: Watch
) -> Scope:
    from vhost.query import cost  # noqa: PLC0415 - only `-c` pays for it

    weighed = cost.narrowed(con, query, choice, found, wanted)
    if weighed.unknown:
        named = ", ".join(weighed.unknown[:_MOST_NAMES]) + (", ..." if len(weighed.unknown) > _MOST_NAMES else "")
        watch.hint(f"-c: the running guests of {len(weighed.unknown)} PMs are not known to the cache: {named}")
    return weighed.scope
