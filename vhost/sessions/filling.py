"""What nobody can tell of a running guest, from the cache: only where one machine fits, and it has one value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb

from vhost.address import Address, address, part
from vhost.ambiguity.resolve import Resolver
from vhost.errors import Ambiguous, UsageError
from vhost.sessions.session import Session

FILLED = ("id", "uuid", "mac", "tcp")

_VALUES = "SELECT DISTINCT id, uuid, mac, tcp FROM machine WHERE machine_id = ? AND pm IN (SELECT UNNEST(?::VARCHAR[]))"


def filled(con: duckdb.DuckDBPyConnection, sessions: Sequence[Session]) -> list[Session]:
    """Return the sessions, the guests and hosts among them with what the cache of an open snapshot knows."""
    resolver = Resolver(con)
    return [_filled(resolver, one) if one.kind == "S" and one.type != "VNC" else one for one in sessions]


def _filled(resolver: Resolver, session: Session) -> Session:
    missing = [name for name in FILLED if getattr(session, name) is None]
    if not missing or session.label == "Domain-0":
        return session
    try:
        pms = list(resolver.hosts.find(session.pm).spellings)
        machines = [one for question in _questions(session) if len(one := resolver.machines(question)) == 1]
    except (Ambiguous, UsageError):  # a host that the cache does not know
        return session
    if not machines:
        return session
    rows = resolver.con.execute(_VALUES, [machines[0][0], pms]).fetchall()
    known = {name: {row[place] for row in rows if row[place]} for place, name in enumerate(FILLED)}
    if session.mac is not None:
        known["tcp"] = {row[3] for row in rows if row[2] == session.mac and row[3]}
    new = {name: next(iter(known[name])) for name in missing if len(known[name]) == 1}
    return replace(session, filled=frozenset(new), **new)


def _questions(session: Session) -> Iterator[Address]:
    """Return the addresses by which the cache may know a session, the surest first."""
    if session.id:
        yield address(part("p", session.id), host=session.pm)
    named = [part("u", session.uuid)] if session.uuid else []
    named += [part("m", session.mac)] if session.mac else []
    if named and session.label:
        yield address(*named, part("l", session.label), host=session.pm)
    elif session.label and session.type == "PM":
        yield address(part("l", session.label), part("p", "/etc/ctys.d/pm.conf"), host=session.pm)
    elif session.label:
        yield address(part("l", session.label), host=session.pm)
