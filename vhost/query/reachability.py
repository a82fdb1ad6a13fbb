"""`-x`: records whose machine, or whose PM, answers now.

ping,vm        ssh,pm        ping,vm,reverse        ping,pm,vm,mark
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import duckdb

from vhost.errors import UsageError
from vhost.query.predicate import raw
from vhost.query.scope import Scope
from vhost.query.select import Choice, selected
from vhost.query.terms import Query
from vhost.reach import KINDS, Kind, probe
from vhost.reach.probing import SSH_PORT, Told
from vhost.record import KEYWORDS

Where = Literal["pm", "vm"]
WORDS = ("PING", "SSH", "PM", "VM", "REVERSE", "MARK")

_FIELDS: dict[Where, int] = {"pm": KEYWORDS["PM"].number, "vm": KEYWORDS["TCP"].number}
_PORT = f"CASE WHEN sshport BETWEEN 1 AND 65535 THEN sshport ELSE {SSH_PORT} END"
_Question = tuple[Kind, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """Which of the hosts of a record are asked, and how; all of them have to answer.

    `reverse` keeps what does not answer, also what has no address. `mark` keeps everything and puts a `-`
    before the values of what would be left out.
    """

    kinds: tuple[Kind, ...] = ("ping",)
    where: tuple[Where, ...] = ("vm",)
    reverse: bool = False
    mark: bool = False


def parse(text: str) -> Reachability:
    """Return what the keywords ask for; without PM and VM it is VM. Raises `UsageError` for an unknown one."""
    words = set(filter(None, text.upper().split(",")))
    if not words or words - set(WORDS):
        unknown = min(words - set(WORDS), default="")
        raise UsageError("-x", f"unknown keyword {unknown[:80]!r}", f"known are {', '.join(WORDS)}")
    kinds = tuple(kind for kind in KINDS if kind.upper() in words)
    where = tuple(place for place in _FIELDS if place.upper() in words)
    return Reachability(
        kinds=kinds or ("ping",), where=where or ("vm",), reverse="REVERSE" in words, mark="MARK" in words
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The scope of what is kept, and how many hosts there was no time to ask."""

    scope: Scope
    late: int


def narrowed(
    con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, scope: Scope, wanted: Reachability, told: Told | None
) -> Asked:
    """Ask the hosts of the records that the terms select, and return the scope of those that are kept."""
    late = _ask(con, set(_questions(con, query, replace(choice, pick="ALL"), scope, wanted)), told)
    tests = [_answers(kind, where) for kind in wanted.kinds for where in wanted.where]
    up = f"({' AND '.join(tests)})"
    keep = f"(NOT {up})" if wanted.reverse else up
    if not wanted.mark:
        return Asked(scope.narrowed(keep), late)
    marked = replace(scope, mark=f"CASE WHEN {keep} THEN '' ELSE '-' END")
    return Asked(replace(marked, columns=(*scope.columns, ("reachable", up))), late)


def _questions(
    con: duckdb.DuckDBPyConnection, query: Query, choice: Choice, scope: Scope, wanted: Reachability
) -> Iterator[_Question]:
    listed = [raw(_FIELDS[where]) for where in wanted.where]
    for *hosts, port in selected(con, query, choice, [*listed, _PORT], scope.rows, scope.condition):
        for where, host in zip(wanted.where, hosts, strict=True):
            if host:
                yield from ((kind, host, _port(kind, where, port)) for kind in wanted.kinds)


def _port(kind: Kind, where: Where, port: int) -> int:
    if kind == "ping":
        return 0
    return port if where == "vm" else SSH_PORT


def _ask(con: duckdb.DuckDBPyConnection, questions: set[_Question], told: Told | None) -> int:
    """Make the table of hosts that answer; return how many were not asked in time."""
    up: list[_Question] = []
    late = 0
    for kind, port in sorted({(kind, port) for kind, _, port in questions}):
        hosts = sorted(host for asked, host, at in questions if (asked, at) == (kind, port))
        replies = probe(hosts, kind, port=port, told=told)
        up += ((kind, host, port) for host, reply in replies.items() if reply.up)
        late += sum(reply.late for reply in replies.values())
    con.execute("CREATE OR REPLACE TEMP TABLE reached (kind VARCHAR, host VARCHAR, port INTEGER)")
    columns = [list(column) for column in zip(*up, strict=True)] or [[], [], []]
    con.execute("INSERT INTO reached SELECT UNNEST(?::VARCHAR[]), UNNEST(?::VARCHAR[]), UNNEST(?::INTEGER[])", columns)
    return late


def _answers(kind: Kind, where: Where) -> str:
    port = "0" if kind == "ping" else _PORT if where == "vm" else str(SSH_PORT)
    return f"EXISTS (SELECT 1 FROM reached WHERE kind = '{kind}' AND host = {raw(_FIELDS[where])} AND port = {port})"
