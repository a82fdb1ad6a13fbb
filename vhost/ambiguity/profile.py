"""Everything that a snapshot knows about one machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vhost.ambiguity.choice import Candidate, candidates
from vhost.ambiguity.resolve import Resolver
from vhost.claims import Conflict, Disk
from vhost.errors import VhostError
from vhost.query.records import COLUMNS, Record, record
from vhost.schema import OWN_NETNAME

KEYS = ("label", "id", "uuid", "mac", "tcp", "netname")
"""The columns whose values no two machines should share."""

_MOST = 20
"""How many other machines are named for one shared value; all of them are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network interface, as the claims of the machine describe it."""

    mac: str | None
    tcp: str | None
    netname: str | None
    ifname: str | None
    relay: str | None
    netmask: str | None
    gateway: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A guest that a hypervisor knew when it was asked; `by` are the values that it shares with the machine."""

    host: str
    type: str | None
    label: str | None
    state: str | None
    seen_at: datetime | None
    stale: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A name, MAC and address that DHCP, ARP, a lease or a macmap puts together, one of them being the machine's."""

    name: str | None
    mac: str | None
    ip: str | None
    kind: str | None
    source: str | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """A value that other machines claim too: how many, and the first of them."""

    key: str
    value: str
    others: int
    machines: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One machine: what names it, and the claims, guests, bindings and collisions that are known of it."""

    machine: Candidate
    claims: tuple[Record, ...]
    interfaces: tuple[Interface, ...]
    disks: tuple[Disk, ...]
    conflicts: tuple[Conflict, ...]
    running: tuple[Running, ...]
    bindings: tuple[Bound, ...]
    collisions: tuple[Collision, ...]


def profile(resolver: Resolver, machine_id: str) -> Profile:
    """Return what is known of a machine that exists; see `vhost.ambiguity.choice.only` for its identity."""
    shared = _shared(resolver, machine_id)
    others = [other for *_, listed in shared for other in listed]
    named = {one.machine_id: one for one in candidates(resolver, list(dict.fromkeys([machine_id, *others])))}
    claims = _claims(resolver, machine_id)
    return Profile(
        machine=named[machine_id],
        claims=claims,
        interfaces=tuple(dict.fromkeys(map(_interface, claims))),
        disks=tuple(Disk(**row) for row in _rows(resolver, _DISKS, machine_id)),
        conflicts=tuple(Conflict(**row) for row in _rows(resolver, _CONFLICTS, machine_id)),
        running=tuple(_running(resolver, machine_id, {claim.pm for claim in claims if claim.pm})),
        bindings=tuple(Bound(**row) for row in _rows(resolver, _BINDINGS, machine_id)),
        collisions=tuple(
            Collision(key=key, value=value, others=count, machines=tuple(named[one] for one in listed))
            for key, value, count, listed in shared
        ),
    )


def _claims(resolver: Resolver, machine_id: str) -> tuple[Record, ...]:
    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = resolver.con.execute(
        f'SELECT {listed} FROM machine WHERE machine_id = ? ORDER BY stale, "index", scan_id, path', [machine_id]
    ).fetchall()
    return tuple(record(COLUMNS, row) for row in rows)


def _interface(claim: Record) -> Interface:
    return Interface(
        mac=claim.mac,
        tcp=claim.tcp,
        netname=claim.netname,
        ifname=claim.ifname,
        relay=claim.relay,
        netmask=claim.netmask,
        gateway=claim.gateway,
    )


def _running(resolver: Resolver, machine_id: str, pms: set[str]) -> Iterator[Running]:
    """Yield the guests that share a value with the machine; a label counts on the hosts of the machine only."""
    for row in _rows(resolver, _RUNNING, machine_id):
        by = tuple(key for key in row["by"] if key != "label" or _is_one_of(resolver, row["host"], pms))
        if by:
            yield Running(**{**row, "by": by})


def _is_one_of(resolver: Resolver, host: str, pms: set[str]) -> bool:
    try:
        return host in pms or not pms.isdisjoint(resolver.hosts.find(host).spellings)
    except VhostError:
        return False


def _shared(resolver: Resolver, machine_id: str) -> Sequence[tuple[str, str, int, list[str]]]:
    """Return key, value, number of other machines and the first of them, for every value that is shared."""
    of_claim = {"netname": OWN_NETNAME}
    parts = [
        _SHARED.format(place=place, key=key, own=of_claim.get(key, key), most=_MOST) for place, key in enumerate(KEYS)
    ]
    rows = resolver.con.execute(f"{' UNION ALL '.join(parts)} ORDER BY place, value", {"machine": machine_id})
    return [(key, value, others, machines) for _, key, value, others, machines in rows.fetchall()]


def _rows(resolver: Resolver, sql: str, machine_id: str) -> list[dict[str, Any]]:
    cursor = resolver.con.execute(sql, {"machine": machine_id})
    names = [name for name, *_ in cursor.description or ()]
    return [dict(zip(names, map(_aware, row), strict=True)) for row in cursor.fetchall()]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


_SHARED = """
SELECT {place} AS place, '{key}' AS key, {own} AS value, count(DISTINCT machine_id) AS others,
    list_sort(list(DISTINCT machine_id))[:{most}] AS machines
FROM machine WHERE {own} IN (SELECT {own} FROM machine WHERE machine_id = $machine) AND machine_id <> $machine
GROUP BY {own}"""

_OF_MACHINE = "(scan_id, path, part) IN (SELECT (scan_id, path, part) FROM machine WHERE machine_id = $machine)"
_DISKS = f"SELECT DISTINCT target, source, format, readonly, exclusive FROM disk WHERE {_OF_MACHINE} ORDER BY ALL"
_CONFLICTS = (
    f'SELECT DISTINCT "column", kept, kept_from, other, other_from FROM conflict WHERE {_OF_MACHINE} ORDER BY ALL'
)

_RUNNING = """
WITH own AS (
    SELECT list(DISTINCT uuid) AS uuids, list(DISTINCT mac) AS macs, list(DISTINCT label) AS labels,
        list(DISTINCT id) || list(DISTINCT path) AS paths
    FROM machine WHERE machine_id = $machine),
shared AS (
    SELECT host, type, label, state, seen_at, coalesce(stale, false) AS stale, list_filter([
        CASE WHEN list_contains(uuids, uuid) THEN 'uuid' END,
        CASE WHEN list_has_any(own.macs, guest.macs) THEN 'mac' END,
        CASE WHEN list_contains(paths, config_path) THEN 'path' END,
        CASE WHEN list_contains(labels, label) THEN 'label' END
    ], lambda key: key IS NOT NULL) AS "by" FROM guest, own)
SELECT * FROM shared WHERE len("by") > 0 ORDER BY stale, host, label
"""

_BINDINGS = """
SELECT DISTINCT name, mac, ip, source_kind AS kind, source, seen_at FROM binding
WHERE mac IN (SELECT mac FROM machine WHERE machine_id = $machine)
    OR ip IN (SELECT tcp FROM machine WHERE machine_id = $machine)
ORDER BY ALL LIMIT 100
"""
