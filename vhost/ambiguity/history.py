"""The history of an address: of the machines that it fits now, and of those that it fitted before they were gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from vhost.address import Address, Part
from vhost.ambiguity.resolve import Resolver
from vhost.query import events
from vhost.text import escape


@dataclass(frozen=True, slots=True)
class Told:
    """How many machines an address fits or fitted, and what became of them, oldest first."""

    machines: int
    events: Iterator[events.Event]


def events_of(con: duckdb.DuckDBPyConnection, address: Address) -> Told:
    """Return what the history says of an address. Raises `vhost.errors.UsageError` for a host that is no PM."""
    resolver = Resolver(con)
    present = set(resolver.machines(address))
    pms = None if address.host is None else resolver.hosts.find(address.host).spellings
    gone = set(_gone(con, address, pms)) - present
    return Told(len(present) + len(gone), events.of_machines(con, sorted(present | gone)))


def _gone(con: duckdb.DuckDBPyConnection, address: Address, pms: tuple[str, ...] | None) -> list[str]:
    """Return the machines that are not there any more and fitted the address at some time."""
    conditions, values = ["machine_id NOT IN (SELECT machine_id FROM machine)"], list[object]()
    if pms is not None:
        conditions.append("list_has_any(hosts, ?)")
        values.append(list(pms))
    for part in address.parts:
        sql, value = _fits(part)
        conditions.append(sql)
        values.append(value)
    rows = con.execute(f"SELECT DISTINCT machine_id FROM history WHERE {' AND '.join(conditions)}", values).fetchall()
    return [machine_id for (machine_id,) in rows]


def _fits(part: Part) -> tuple[str, object]:
    """Return the condition that a machine of the history fits one part of an address, and what is bound in it."""
    values = [escape(value) for value in part.values]
    match part.kind:
        case "l":
            return "label IN (SELECT UNNEST(?))", values
        case "u":
            return "uuid IN (SELECT UNNEST(?))", values
        case "b":
            return _PATHS.format("starts_with(path, value)"), [f"{value.rstrip('/')}/" for value in values]
        case "f":
            return _PATHS.format("contains(path, value)"), values
    return f"list_has_any({_LISTS[part.kind]}, ?)", values


_LISTS = {"m": "macs", "t": "addresses", "p": "paths"}
_PATHS = (
    "EXISTS (SELECT 1 FROM (SELECT UNNEST(history.paths) AS path), (SELECT UNNEST(?::VARCHAR[]) AS value) WHERE {})"
)
