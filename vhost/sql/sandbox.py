"""A connection on which SQL of anybody may run: it reads the snapshot and nothing else.

DuckDB itself refuses files, the network and extensions once `enable_external_access` is off, and
nothing can be set again once the configuration is locked. What it would still allow, statements that
write into memory, is refused here by the kind of the statement.
Source: DuckDB's documentation, "Securing DuckDB".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from vhost.cache.collision_views import define
from vhost.cache.scan import brief
from vhost.cache.snapshot import Snapshot
from vhost.errors import UsageError

_LOCKED: Final = (
    "SET temp_directory = ''",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_progress_bar = false",
    "SET enable_external_access = false",
)

_READS: Final = frozenset({"SELECT", "EXPLAIN", "MULTI"})
"""The kinds of statements that only read; a PIVOT is MULTI."""

_LONGEST: Final = 1_000_000
"""Characters of a query."""


def sandboxed(snapshot: Snapshot, memory_mib: int) -> duckdb.DuckDBPyConnection:
    """Return the connection of a snapshot after it was locked; `memory_mib` is what a query may hold."""
    con = snapshot.con
    define(con)
    for statement in (*_LOCKED, f"SET memory_limit = '{memory_mib}MiB'", "SET lock_configuration = true"):
        con.execute(statement)
    return con


def statements(con: duckdb.DuckDBPyConnection, text: str, where: str) -> Sequence[duckdb.Statement]:
    """Return the statements of a text, all of which only read. Raises `UsageError` naming what is wrong in `where`."""
    if len(text) > _LONGEST:
        raise UsageError(where, f"the query is {len(text)} characters long, {_LONGEST} are allowed")
    try:
        found = con.extract_statements(text)
    except (duckdb.Error, UnicodeError) as error:
        raise UsageError(where, problem(error)) from error
    for statement in found:
        if statement.type.name not in _READS:
            kind = statement.type.name.replace("_", " ")
            raise UsageError(where, f"{kind} is not allowed", "the database is read-only here: SELECT, or a report")
    return found


def problem(error: Exception) -> str:
    """Return what DuckDB says is wrong, in one line: the message, a hint and the place, without its picture."""
    lines = [line.strip() for line in str(error).split("\n") if line.strip(" ^")]
    hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate"))]
    places = [line for line in lines[1:] if line.startswith("LINE ")]
    near = f"(near {places[0].split(': ', 1)[-1][:80]!r})" if places else ""
    return " ".join(part for part in (brief(error), *hints[:1], near) if part)
