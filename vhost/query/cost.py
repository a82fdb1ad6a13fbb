"""`-c`: how many guests run on the PM of a record, by what the cache knows of running guests.

CNT shows the number behind each record; MINCNT and MAXCNT keep the records on the PMs with the fewest or most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import duckdb

from vhost.errors import UsageError
from vhost.query.columns import Column
from vhost.query.output import Addresses, FieldList, Output, Table
from vhost.query.predicate import raw
from vhost.query.rows import MORE
from vhost.query.scope import Scope
from vhost.query.select import Choice, selected
from vhost.query.terms import Query
from vhost.record import COUNT, KEYWORDS

Cost = Literal["CNT", "MINCNT", "MAXCNT"]
WORDS: tuple[Cost, ...] = get_args(Cost)

_PM = raw(KEYWORDS["PM"].number)
_NUMBER = f"(SELECT guests FROM running WHERE pm = {_PM})"
_ENDED = (
    *("shut off", "shutoff", "shutdown", "off", "poweroff", "powered off", "poweredoff", "stopped", "stop"),
    *("crashed", "aborted", "aborted-saved", "saved", "dying", "dead", "gone", "defined", "inactive", "teleported"),
)
_GUESTS = f"""
    SELECT host, count(DISTINCT coalesce(uuid, label)) FROM guest
    WHERE lower(state) NOT IN ({", ".join(f"'{word}'" for word in _ENDED)})
    AND NOT regexp_full_match(state, '[r-][b-][p-](s..|.c.|..d)')
    AND NOT (type = 'XEN' AND label = 'Domain-0')
    GROUP BY host
"""  # the flags of xl list: shutdown, crashed, dying
_SCANNED = "SELECT host FROM guest UNION SELECT as_host FROM scan WHERE kind = 'guest' AND NOT partial"


def parse(text: str) -> Cost:
    """Return what is asked for. Raises `UsageError` for an unknown keyword."""
    for word in WORDS:
        if text.upper() == word:
            return word
    raise UsageError("-c", f"unknown keyword {text[:80]!r}", f"known are {', '.join(WORDS)}")


@dataclass(frozen=True, slots=True)
class Weighed:
    """The scope of what is kept, and the PMs whose running guests are not known."""

    scope: Scope
    unknown: tuple[str, ...]


def narrowed(con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, scope: Scope, wanted: Cost) -> Weighed:
    """Count the guests on the PMs of the records that the terms select, and return the scope of those that are kept.

    A PM without guests counts as 0 if it was asked for its guests, else it is unknown. MINCNT and MAXCNT choose
    among the known ones, and keep everything where none is.
    """
    found = selected(con, query, replace(choice, pick="ALL"), [_PM], scope.rows, scope.condition)
    counts = counted(con, {pm for (pm,) in found if pm})
    con.execute("CREATE OR REPLACE TEMP TABLE running (pm VARCHAR, guests INTEGER)")
    columns = [[*counts], [*counts.values()]]
    con.execute("INSERT INTO running SELECT UNNEST(?::VARCHAR[]), UNNEST(?::INTEGER[])", columns)
    unknown = tuple(sorted(pm for pm, guests in counts.items() if guests is None))
    if wanted == "CNT":
        shown = replace(scope, more=f"coalesce({_NUMBER}::VARCHAR, '')", columns=(*scope.columns, ("cost", _NUMBER)))
        return Weighed(shown, unknown)
    if len(unknown) == len(counts):
        return Weighed(scope, unknown)
    best = "min" if wanted == "MINCNT" else "max"
    return Weighed(scope.narrowed(f"{_NUMBER} = (SELECT {best}(guests) FROM running)"), unknown)


def counted(con: duckdb.DuckDBPyConnection, pms: Collection[str]) -> Mapping[str, int | None]:
    """Return how many guests run on each PM, None where nobody asked it."""
    known = dict.fromkeys((host for (host,) in con.execute(_SCANNED).fetchall() if host), 0)
    known |= dict(con.execute(_GUESTS).fetchall())
    full = {_plain(host): guests for host, guests in known.items()}
    return {pm: _of(_plain(pm), full) for pm in pms}


def _of(pm: str, known: Mapping[str, int]) -> int | None:
    """Return the count of a PM; a name without its domain stands for the one host that it can mean."""
    if pm in known:
        return known[pm]
    alike = [
        guests for host, guests in known.items() if _short(host) == _short(pm) and "." not in min(host, pm, key=len)
    ]
    return alike[0] if len(alike) == 1 else None


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _short(host: str) -> str:
    return host.split(".", 1)[0]


def shown(output: Output, title: str = "cost") -> Output:
    """Return the output with what the scope adds behind each record."""
    if isinstance(output, FieldList):
        return replace(output, fields=(*output.fields, MORE))
    if isinstance(output, Addresses):
        return replace(output, more=True)
    if isinstance(output, Table):
        return replace(output, columns=(*output.columns, Column(MORE, title, 5)))
    columns = output.columns or tuple(Column(number) for number in range(1, COUNT + 1))
    return replace(output, columns=(*columns, Column(MORE, "" if title == "cost" else title)))
