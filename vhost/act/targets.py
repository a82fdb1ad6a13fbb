"""From the words of a user to one machine each: through the cache, or among the guests that run now.

An address that fits several machines is refused with a report that has an address to paste for each of them.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from vhost.act import records
from vhost.act.job import Job
from vhost.act.subject import Recorded
from vhost.address import Address, parse
from vhost.ambiguity.resolve import Resolver
from vhost.errors import Ambiguous, UsageError, VhostError
from vhost.host import own_name
from vhost.text import escape
from vhost.transport import Host, host

_MOST_SHOWN = 50
_NEAR = 100_000


def resolve(con: duckdb.DuckDBPyConnection, jobs: Iterable[Job]) -> None:
    """Fill in the machine of every job, or its failure; a job without hosts may be anywhere.

    All addresses are looked up at once: many cost little more than one.
    """
    resolver = Resolver(con)
    asked = [one for job in jobs if (one := _asked(resolver, job))]
    numbers = [number for number, one in enumerate(asked) for _ in one.restricted]
    fits: dict[int, dict[str, None]] = defaultdict(dict)
    for at, machine in resolver.matches([address for one in asked for address in one.restricted]) if asked else ():
        fits[numbers[at]][machine] = None
    by_pms: dict[tuple[str, ...], list[tuple[Job, str]]] = defaultdict(list)
    for number, one in enumerate(asked):
        try:
            by_pms[one.pms].append((one.job, _only(resolver, one, list(fits[number]))))
        except VhostError as error:
            one.job.failure = error
    for pms, alike in by_pms.items():
        _filled_in(resolver, alike, pms)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A job with its address, that address on each of its hosts, and the names of these hosts."""

    job: Job
    address: Address
    restricted: tuple[Address, ...]
    pms: tuple[str, ...]


def _asked(resolver: Resolver, job: Job) -> _Asked | None:
    try:
        address = parse(job.words)
        restricted = tuple(address.on(pm_name(one)) for one in job.hosts) or (address,)
        for one in restricted:
            if one.host is not None:
                resolver.hosts.find(one.host)
        pms = tuple(pm for one in job.hosts for pm in resolver.hosts.find(pm_name(one)).spellings)
    except VhostError as error:
        job.failure = error
        return None
    return _Asked(job, address, restricted, pms)


def _only(resolver: Resolver, asked: _Asked, found: list[str]) -> str:
    """Return the one machine that fits. Raises `UsageError` without one, `Ambiguous` for several."""
    job = asked.job
    found = _of_types(resolver.con, found, job.types)
    if not found:
        near = _near(resolver, asked.address)
        raise UsageError(f"address {escape(job.words)!r}", f"no machine{_on(job)} fits it", near)
    if len(found) > 1:
        job.report = list(_report(resolver.con, found))
        raise Ambiguous(
            f"address {escape(job.words)!r}",
            f"{len(found)} machines{_on(job)} fit it, and nothing was done",
            "use one of the addresses above",
        )
    return found[0]


def _filled_in(resolver: Resolver, jobs: Sequence[tuple[Job, str]], pms: tuple[str, ...]) -> None:
    """Fill in the machines of jobs on the same hosts."""
    machines = {one.machine_id: one for one in records.found(resolver.con, [machine for _, machine in jobs], pms)}
    rivals: dict[str, list[Recorded]] = {}
    seen_from: dict[tuple[str, ...], list[records.Found]] = defaultdict(list)
    for one in machines.values():
        seen_from[pms or one.recorded.hosts].append(one)
    for hosts, ones in seen_from.items():
        rivals |= records.rivals(resolver.con, ones, hosts)
    for job, machine in jobs:
        recorded = machines[machine].recorded
        job.machine_id, job.recorded, job.rivals = machine, recorded, rivals[machine]
        try:
            job.hosts = job.hosts or _hosts(resolver, recorded)
            if job.request.verb.starts:
                job.elsewhere = list(_elsewhere(resolver, job, recorded))
        except VhostError as error:
            job.failure = error


def _of_types(con: duckdb.DuckDBPyConnection, found: list[str], types: frozenset[str] | None) -> list[str]:
    """Return those of the machines that have one of the types."""
    if types is None or not found:
        return found
    query = (
        "SELECT DISTINCT machine_id FROM machine WHERE machine_id IN (SELECT UNNEST(?)) AND type IN (SELECT UNNEST(?))"
    )
    of_type = {machine for (machine,) in con.execute(query, [found, sorted(types)]).fetchall()}
    return [machine for machine in found if machine in of_type]


def pm_name(one: Host) -> str:
    """Return the name under which records know a host: our own for `localhost`."""
    return own_name() if one.local else one.name


def _hosts(resolver: Resolver, recorded: Recorded) -> list[Host]:
    """Return the hosts that see the machine's configuration, each once."""
    names = dict.fromkeys(resolver.hosts.find(pm).name for pm in recorded.hosts)
    if recorded.is_physical and not names:
        names = dict.fromkeys([recorded.label])
    return [host(name) for name in names]


def _elsewhere(resolver: Resolver, job: Job, recorded: Recorded) -> Iterator[str]:
    """Yield the other hosts on which a scan saw the machine run."""
    own = {name for one in job.hosts for name in (one.name, pm_name(one), *spellings(resolver, pm_name(one)))}
    yield from (name for name in records.hosts_running(resolver.con, job.machine_id or "", recorded) if name not in own)


def spellings(resolver: Resolver, name: str) -> tuple[str, ...]:
    """Return the names under which records know a host, none for one that is no PM of theirs."""
    try:
        return resolver.hosts.find(name).spellings
    except VhostError:
        return ()


def once_each(made: Sequence[Job]) -> None:
    """Refuse a machine that two addresses name, be it on two hosts."""
    first: dict[str, Job] = {}
    for job in made:
        if job.machine_id is None or job.failure:
            continue
        other = first.setdefault(job.machine_id, job)
        if other is not job:
            job.failure = UsageError(
                f"address {escape(job.words)!r}", f"is the same machine as {escape(other.words)!r}"
            )


def _on(job: Job) -> str:
    return f" on {', '.join(one.name for one in job.hosts)}" if job.hosts else ""


def _near(resolver: Resolver, address: Address) -> str:
    """Return labels that look like the one that was asked for."""
    asked = [value for part in address.parts if part.kind == "l" for value in part.values]
    if not asked:
        return "see what is known: vhost query"
    rows = resolver.con.execute(
        "SELECT DISTINCT label FROM machine WHERE label IS NOT NULL LIMIT ?", [_NEAR]
    ).fetchall()
    close = difflib.get_close_matches(asked[0], [label for (label,) in rows], n=3, cutoff=0.6)
    return f"perhaps {', '.join(close)}" if close else "see what is known: vhost query"


def _report(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> Iterator[str]:
    """Yield what the machines are, and below each the address that fits it alone."""
    from vhost.ambiguity.reasons import reasons  # noqa: PLC0415 - only an ambiguity needs it
    from vhost.render.machine import why  # noqa: PLC0415 - as above

    addresses = _addresses(con, machines[:_MOST_SHOWN])
    for one in records.found(con, machines[:_MOST_SHOWN]):
        known = one.recorded
        facts = (known.type, known.label, known.path or "-", known.uuid or "-", " ".join(sorted(known.macs)) or "-")
        yield f"{' '.join(known.hosts) or '-'}: {'  '.join(map(escape, facts))}"
        text = addresses.get(one.machine_id)
        yield f"    {text}" if text else "    nothing that an address can say tells it from the others"
    if len(machines) > _MOST_SHOWN:
        yield f"and {len(machines) - _MOST_SHOWN} more"
    yield from why(reasons(con, machines[:_MOST_SHOWN]))


def _addresses(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> dict[str, str]:
    from vhost.ambiguity.minimal import minimal  # noqa: PLC0415 - only an ambiguity needs it
    from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - as above
    from vhost.transport import quoted  # noqa: PLC0415 - as above

    return {machine: quoted([text]) for machine, text in minimal(Resolver(con), machines).items() if text}
