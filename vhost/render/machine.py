"""One machine as people read it, as a value for JSON, and as the report of a refusal.

Label:       tst100
Hosts:       lab00.soho, lab01.soho
Address:     p:/vmpool/tst100.conf

Interfaces
  MAC                TCP
  00:50:56:13:11:40  192.168.1.220
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from vhost.render.aligned import aligned
from vhost.span import spoken
from vhost.text import escape

if TYPE_CHECKING:
    from vhost.ambiguity.choice import Candidate
    from vhost.ambiguity.near import Near
    from vhost.ambiguity.profile import Profile
    from vhost.ambiguity.reasons import Reason
    from vhost.query.records import Record

_UNKNOWN = "-"
_WIDTH = 14

_NO_ADDRESS = "none: no address fits it alone"


def lines(profile: Profile, now: datetime) -> Iterator[str]:
    """Return what is known of a machine; ages are those at `now`."""
    yield from (f"{title + ':':<{_WIDTH}}{value}" for title, value in _head(profile, now) if value)
    yield from _section("Interfaces", ("MAC", "TCP", "name", "if", "relay", "netmask", "gateway"), _interfaces(profile))
    disks = ((disk.target, disk.source, disk.format, _access(disk.readonly, disk.exclusive)) for disk in profile.disks)
    yield from _section("Disks", ("target", "source", "format", "access"), disks)
    yield from _section("Claims", ("source", "PM", "path", "seen by", "age"), _claims(profile, now))
    told = ((one.column, one.kept, one.kept_from, one.other, one.other_from) for one in profile.conflicts)
    yield from _section("Contradictions in its files", ("field", "kept", "said by", "not kept", "said by"), told)
    bound = ((one.name, one.mac, one.ip, one.kind, one.source, _age(one.seen_at, now)) for one in profile.bindings)
    yield from _section("Names and addresses elsewhere", ("name", "MAC", "IP", "kind", "source", "age"), bound)
    yield from _section("Collisions", ("key", "value", "others", "PM", "label", "address"), _collisions(profile))


def _head(profile: Profile, now: datetime) -> Iterator[tuple[str, str | None]]:
    first, machine = profile.claims[0], profile.machine
    yield "Label", machine.label
    yield "Type", machine.type
    yield "Hosts", ", ".join(machine.pms)
    yield "Path", ", ".join(machine.paths)
    yield "UUID", machine.uuid
    yield "Address", machine.address or _NO_ADDRESS
    yield "State", _state(profile, now)
    yield "Stale", "no scan could look at it lately" if machine.stale else None
    yield "VM state", first.vmstate
    yield "Memory", None if first.vram is None else f"{first.vram} MiB"
    yield "CPUs", None if first.vcpu is None else str(first.vcpu)
    yield "System", " ".join(filter(None, (first.dist, first.distrel, first.os, first.osrel)))
    yield "Hypervisor", " ".join(filter(None, (first.hyperrel, first.accelerator)))
    yield "Architecture", first.arch
    yield "Machine", machine.machine_id


def _state(profile: Profile, now: datetime) -> str:
    if not profile.running:
        return "no scan has seen it running" + (
            ", and none could look at it lately (stale)" if profile.machine.stale else ""
        )
    return "; ".join(
        f"{one.state} on {one.host} as {one.label}{' (stale)' if one.stale else ''}, same {', '.join(one.by)},"
        f" {_age(one.seen_at, now)} ago"
        for one in profile.running
    )


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Iterator[str]:
    cells = [[value or _UNKNOWN for value in row] for row in rows]
    if cells:
        yield from ("", title)
        yield from (f"  {line}" for line in aligned([head, *cells]))


def _interfaces(profile: Profile) -> Iterator[Sequence[str | None]]:
    for one in profile.interfaces:
        cells = (one.mac, one.tcp, one.netname, one.ifname, one.relay, one.netmask, one.gateway)
        if any(cells):
            yield cells


def _access(readonly: bool | None, exclusive: bool | None) -> str | None:  # noqa: FBT001 - two columns of a table
    if readonly:
        return "read-only"
    return {True: "exclusive", False: "shared", None: None}[exclusive]


def _claims(profile: Profile, now: datetime) -> Iterator[Sequence[str | None]]:
    """Yield what each source says once, however many interfaces it describes."""
    seen = dict.fromkeys(_claim(claim, now) for claim in profile.claims)
    yield from seen


def _claim(claim: Record, now: datetime) -> tuple[str | None, ...]:
    age = _age(claim.seen_at, now) + (" (stale)" if claim.stale else "")
    return claim.scanner, claim.pm, claim.path or claim.id, claim.source_host, age


def _collisions(profile: Profile) -> Iterator[Sequence[str | None]]:
    for one in profile.collisions:
        for place, other in enumerate(one.machines):
            begin = (one.key, one.value, str(one.others)) if place == 0 else (" ", " ", " ")
            yield (*begin, ", ".join(other.pms), other.label, other.address or _NO_ADDRESS)


def _age(seen_at: datetime | None, now: datetime) -> str:
    return "unknown" if seen_at is None else spoken((now - seen_at).total_seconds())


def value(profile: Profile) -> dict[str, object]:
    """Return the machine as plain values for JSON; times are ISO 8601 in UTC."""
    return {key: _plain(part) for key, part in asdict(profile).items()}


def _plain(part: object) -> object:
    if isinstance(part, dict):
        return {key: _plain(inner) for key, inner in part.items()}
    if isinstance(part, tuple | list):
        return [_plain(inner) for inner in part]
    return part.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(part, datetime) else part


def refusal(candidates: Sequence[Candidate], total: int) -> Iterator[str]:
    """Return a table of the machines that an address fits, each with the address of its own, quoted for a shell."""
    cells = [[cell or _UNKNOWN for cell in _candidate(one)] for one in candidates]
    yield from aligned([("address", "PM", "type", "label", "path", "UUID", "MAC"), *cells])
    if total > len(candidates):
        yield f"and {total - len(candidates)} more"


def why(reasons: Iterable[Reason]) -> Iterator[str]:
    """Return a line for each collision: key, value, cause, severity, and the cause in words."""
    for one in reasons:
        yield f"why: {one.key} {escape(one.value)}: {one.cause} ({one.severity}): {one.why}"


def _candidate(one: Candidate) -> Sequence[str | None]:
    address = shlex.quote(one.address) if one.address else "(none fits it alone)"
    return address, ", ".join(one.pms), one.type, one.label, ", ".join(one.paths), one.uuid, one.mac


def similar(near: Sequence[Near]) -> Iterator[str]:
    """Return a table of addresses that fit something, quoted for a shell."""
    return aligned([("address", "machines"), *((shlex.quote(one.address), str(one.machines)) for one in near)])
