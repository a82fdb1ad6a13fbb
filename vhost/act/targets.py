"""From the words of a user to one machine each: through the cache, or among the guests that run now.

An address that fits several machines is refused with a report that has an address to paste for each of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

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
    """Fill in the machine of every job, or its failure; a job without hosts may be anywhere."""
    resolver = Resolver(con)
    for job in jobs:
        try:
            _resolve(resolver, job, parse(job.words))
        except VhostError as error:
            job.failure = error


def _resolve(resolver: Resolver, job: Job, address: Address) -> None:
    restricted = [address.on(pm_name(one)) for one in job.hosts] or [address]
    found = list(dict.fromkeys(machine for one in restricted for machine in resolver.machines(one)))
    found = _of_types(resolver.con, found, job.types)
    if not found:
        raise UsageError(f"address {escape(job.words)!r}", f"no machine{_on(job)} fits it", _near(resolver, address))
    if len(found) > 1:
        job.report = list(_report(resolver.con, found))
        raise Ambiguous(
            f"address {escape(job.words)!r}",
            f"{len(found)} machines{_on(job)} fit it, and nothing was done",
            "use one of the addresses above",
        )
    pms = [pm for one in job.hosts for pm in resolver.hosts.find(pm_name(one)).spellings]
    (machine,) = records.found(resolver.con, found, pms)
    job.machine_id, job.recorded = machine.machine_id, machine.recorded
    job.hosts = job.hosts or _hosts(resolver, machine.recorded)
    seen_from = pms or machine.recorded.hosts
    job.rivals = records.rivals(resolver.con, machine, seen_from)
    if job.request.verb.starts:
        job.elsewhere = list(_elsewhere(resolver, job, machine.recorded))


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
    if recorded.type == "PM" and not names:
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
    addresses = _addresses(con, machines[:_MOST_SHOWN])
    for one in records.found(con, machines[:_MOST_SHOWN]):
        known = one.recorded
        facts = (known.type, known.label, known.path or "-", known.uuid or "-", " ".join(sorted(known.macs)) or "-")
        yield f"{' '.join(known.hosts) or '-'}: {'  '.join(map(escape, facts))}"
        text = addresses.get(one.machine_id)
        yield f"    {text}" if text else "    nothing that an address can say tells it from the others"
    if len(machines) > _MOST_SHOWN:
        yield f"and {len(machines) - _MOST_SHOWN} more"
    yield from _why(con, machines[:_MOST_SHOWN])


def _why(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> Iterator[str]:
    """Yield for each collision of the machines its key, value, cause and severity, as the audit has them."""
    from vhost.ambiguity.reasons import reasons  # noqa: PLC0415 - only an ambiguity needs it

    for one in reasons(con, machines):
        yield f"why: {one.key} {escape(one.value)}: {one.cause} ({one.severity}): {one.why}"


def _addresses(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> dict[str, str]:
    from vhost.ambiguity.minimal import minimal  # noqa: PLC0415 - only an ambiguity needs it
    from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - as above
    from vhost.transport import quoted  # noqa: PLC0415 - as above

    return {machine: quoted([text]) for machine, text in minimal(Resolver(con), machines).items() if text}
