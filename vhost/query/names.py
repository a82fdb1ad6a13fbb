"""The numeric addresses and host names of the selected records: asked once, then joined in SQL."""

from __future__ import annotations

import re

import duckdb

from vhost import resolver
from vhost.normal import address
from vhost.query.rows import RESOLVED
from vhost.query.scope import Scope
from vhost.query.select import Choice, selected
from vhost.query.terms import Query
from vhost.record import KEYWORDS

_NUMERIC = re.compile(r"[0-9]+(\.[0-9]+){3}")


def resolve(
    con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, scope: Scope, *, numeric: bool, names: bool
) -> int:
    """Make the table of what TCP resolves to and return how many values had no answer in time.

    `numeric` asks for the addresses of names, `names` for the names of addresses.
    """
    tcp = f"s[{KEYWORDS['TCP'].number}]"
    found = selected(con, query, choice, [tcp], scope.split(), scope.condition)
    spellings = {value for (value,) in found if value}
    plain = {value for value in spellings if address(value) or _NUMERIC.fullmatch(value)}
    asked = resolver.chosen()
    forward = {name: name for name in plain} | dict(asked.addresses(spellings - plain if numeric else set()))
    reverse = {name: name for name in spellings - plain} | dict(asked.names(plain if names else set()))
    _store(con, [(value, forward.get(value), reverse.get(value)) for value in sorted(spellings)])
    return sum((numeric and value not in forward) or (names and value not in reverse) for value in spellings)


def _store(con: duckdb.DuckDBPyConnection, rows: list[tuple[str, str | None, str | None]]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {RESOLVED} (spelling VARCHAR PRIMARY KEY, ip VARCHAR, dns VARCHAR)")
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    lists = ", ".join(["UNNEST(?::VARCHAR[])"] * 3)
    con.execute(f"INSERT INTO {RESOLVED} SELECT {lists}", columns)
