"""Targets without the cache: an address resolves among the guests that run on the target now.

What a guest does not carry, the configuration that `p:` names says: it is read on the target and parsed as in a scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scanners.live import Running, State
from scanners.live.config_file import below, read
from vhost import normal
from vhost.act.gate import compare
from vhost.act.job import Job
from vhost.act.request import Request
from vhost.act.subject import Recorded
from vhost.address import Address, Part, parse
from vhost.claims import Observation
from vhost.errors import Ambiguous, UsageError, VhostError
from vhost.guests import Seen
from vhost.text import escape
from vhost.transport import Host, Site

DEFAULT_BASES = ("/etc/xen", "/etc/libvirt/qemu")
"""Where configurations are looked for on the target, unless `b:` names directories."""


def resolve(job: Job, seen: Sequence[Seen], site: Callable[[Host], Site]) -> None:
    """Fill in the machine of a job, or its failure."""
    try:
        address = parse(job.words)
        _all_answered(seen, job.types)
        found = [match for one in seen for match in _matches(address, one, site(one.host))]
        _keep(job, [(place, known) for place, known in found if job.types is None or known.type in job.types])
    except VhostError as error:
        job.failure = error


def _keep(job: Job, found: Sequence[tuple[Host, Recorded]]) -> None:
    where = f"address {escape(job.words)!r}"
    if not found:
        raise UsageError(where, "nothing there now fits it", "see what runs: vhost list")
    if len(found) > 1:
        job.report = [
            f"{place.account}: {known.type}  {escape(known.label)}  {escape(known.path or '-')}  {known.uuid or '-'}"
            for place, known in found
        ]
        raise Ambiguous(where, f"{len(found)} machines there fit it, and nothing was done", "add u: or m:")
    place, job.recorded = found[0]
    job.hosts = [place]


def _all_answered(seen: Sequence[Seen], types: frozenset[str] | None) -> None:
    """Raise what kept a host, or a hypervisor that counts, from answering: what fits could be among its guests."""
    for one in seen:
        if one.failure:
            raise one.failure
        for kind, error in one.look.failures.items() if one.look else ():
            if types is None or kind in types:
                raise error


def _matches(address: Address, seen: Seen, site: Site) -> Iterator[tuple[Host, Recorded]]:
    paths = [value for part in address.parts if part.kind == "p" for value in part.values]
    stated = [observed(one) for path in paths for one in read(site, path)]
    for guest in seen.look.guests if seen.look else ():
        known = next((one for one in stated if compare(one, guest).same), None) if paths else recorded_of(guest)
        if known and all(_fits(part, guest) for part in address.parts if part.kind != "p"):
            yield seen.host, known


def _fits(part: Part, guest: Running) -> bool:
    path = guest.config_path or ""
    checks: dict[str, Callable[[str], bool]] = {
        "l": lambda value: value == guest.label,
        "u": lambda value: value == guest.uuid,
        "m": lambda value: value in guest.macs,
        "f": lambda value: value in path,
        "b": lambda value: path.startswith(f"{value.rstrip('/')}/"),
    }
    if part.kind not in checks:
        raise UsageError(str(part), "says nothing of a guest that runs", "leave it out, or use the cache")
    return any(checks[part.kind](value) for value in part.values)


def recorded_of(guest: Running) -> Recorded:
    """Return a guest that runs as if it was recorded so."""
    return Recorded(
        type=guest.type,
        label=guest.label,
        uuid=guest.uuid,
        macs=frozenset(guest.macs),
        paths=(guest.config_path,) if guest.config_path else (),
        disks=frozenset(guest.disks),
        seen="now",
    )


def observed(one: Observation) -> Recorded:
    """Return what a configuration says that was read on the target just now."""
    first = one.machines[0]
    uuid = normal.uuid(first.uuid or "")
    size, mtime = one.stamp.size, one.stamp.mtime_ns
    return Recorded(
        type=first.type or "",
        label=first.label or "",
        uuid=uuid,
        macs=frozenset(mac for claim in one.machines if (mac := normal.mac(claim.mac or ""))),
        paths=(one.stamp.path,),
        disks=frozenset(disk.source for disk in one.disks if disk.source),
        exclusive=frozenset(disk.source for disk in one.disks if disk.source and disk.exclusive),
        addresses=tuple(dict.fromkeys(claim.tcp for claim in one.machines if claim.tcp)),
        size=size,
        mtime=None if mtime is None else mtime // 10**9,
        arch=first.arch,
        program=first.exepath,
        seen="now",
    )


def to_create(job: Job, sites: Sequence[Site]) -> None:
    """Fill in the machine of a job that shall be created, or its failure: from the configurations on the target."""
    try:
        address = parse(job.words)
        if len(sites) > 1:
            names = ", ".join(one.host.account for one in sites)
            raise UsageError(f"address {escape(job.words)!r}", f"could be started on {names}", "name one with --on")
        site = sites[0]
        paths = [value for part in address.parts if part.kind == "p" for value in part.values]
        bases = [value for part in address.parts if part.kind == "b" for value in part.values]
        found = [one for path in paths for one in read(site, path)] if paths else below(site, bases or DEFAULT_BASES)
        known = [recorded for recorded in map(observed, found) if _states(address, recorded)]
        _keep(job, [(site.host, one) for one in known if job.types is None or one.type in job.types])
    except VhostError as error:
        job.failure = error


def _states(address: Address, recorded: Recorded) -> bool:
    """Tell whether a configuration says all that an address asks for."""
    path = recorded.path or ""
    checks: dict[str, Callable[[str], bool]] = {
        "l": lambda value: value == recorded.label,
        "u": lambda value: value == recorded.uuid,
        "m": lambda value: value in recorded.macs,
        "t": lambda value: value in recorded.addresses,
        "p": lambda value: value == path,
        "f": lambda value: value in path,
        "b": lambda value: path.startswith(f"{value.rstrip('/')}/"),
    }
    return all(any(checks[part.kind](value) for value in part.values) for part in address.parts)


def everything(
    request: Request, seen: Sequence[Seen], types: frozenset[str] | None = None, below: Sequence[str] = ()
) -> list[Job]:
    """Return a job for every guest of these types that runs on the hosts, but not for the hosts' own domains.

    With directories only those count whose configuration is known to lie below one of them.

    Raises what kept a host, or one of its hypervisors, from answering.
    """
    _all_answered(seen, types)
    found = [
        (one.host, guest)
        for one in seen
        for guest in (one.look.guests if one.look else ())
        if guest.state.alive
        and (types is None or guest.type in types)
        and (not below or _fits(Part("b", tuple(below)), guest))
        and not (guest.type == "XEN" and guest.id == "0")
    ]
    made = [
        Job(guest.label, request, hosts=[place], looked=True, recorded=recorded_of(guest)) for place, guest in found
    ]
    first: dict[Running, Job] = {}
    for job, (_, guest) in zip(made, found, strict=True):
        other = first.setdefault(replace(guest, host="", state=State.UNKNOWN, word=""), job)
        if other is not job:
            job.failure = UsageError(
                f"{guest.label} on {job.place}", f"is the same guest as on {other.place}", "name the host once"
            )
    return made
