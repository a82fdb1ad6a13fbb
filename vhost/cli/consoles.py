"""What follows when machines were acted on: waits, consoles, clients that are dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanners.live import Running, look
from vhost.act import gate
from vhost.act.job import Job
from vhost.cli.outcome import show, tell
from vhost.console.display import problem
from vhost.console.opening import opened
from vhost.console.programs import opening
from vhost.console.waiting import Waits, waited
from vhost.console.wanted import Guest, Wanted
from vhost.errors import UsageError, VhostError
from vhost.sessions.clients import dropped
from vhost.text import escape
from vhost.transport import NONE, Host, Site, Transport

HERE = Host("localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """What follows for one call; `drop` ends the clients of its machines."""

    console: Wanted | None = None
    waits: Waits | None = None
    drop: bool = False


def lines(job: Job, sequel: Sequel) -> Iterator[str]:
    """Return the lines of a plan for what follows."""
    if job.subject is None and not job.hosts:
        return
    if sequel.drop:
        yield "# then viewers and tunnels to it are ended, here and there"
    if sequel.waits:
        addresses = job.recorded.addresses if job.recorded else ()
        yield from (f"# then {wait}" for wait in sequel.waits.told(escape(" ".join(addresses))))
    wanted = sequel.console
    if wanted is None or wanted.kind == "NONE":
        return
    try:
        made = opening(wanted, _guest(job, None), terminal_only=bool(problem(wanted.display)))
    except UsageError as error:
        yield f"# console {wanted.kind}: {escape(error.problem)}, unless the running guest says otherwise"
        return
    known = "" if wanted.kind != "VNC" or _guest(job, None).vnc_port else ", at the port that the running guest has"
    yield f"# console {wanted.kind} ({_how(wanted)}){known}"
    yield from made.lines()


def _how(wanted: Wanted) -> str:
    """Return the options of the old command line that hold for a console."""
    if wanted.kind == "CLI":
        return "-z 2 -b 0,2"
    place = f"-L {wanted.location} " if wanted.kind == "VNC" or wanted.location == "DF" else ""
    return f"{place}-b {0 if wanted.waits else 1}"


def follow(jobs: Sequence[Job], sequel: Callable[[Job], Sequel], transport: Transport) -> int:
    """Wait, drop clients and open consoles for the jobs that went well; return the exit code of the first failure."""
    code = 0
    for job in jobs:
        if job.failure is not None:
            continue
        try:
            code = code or _followed(job, sequel(job), transport)
        except VhostError as error:
            tell(str(error))
            code = code or error.exit_code
    return code


def _followed(job: Job, sequel: Sequel, transport: Transport) -> int:
    assert job.recorded is not None  # noqa: S101 - for mypy: it went well
    if sequel.drop:
        _drop(job, transport)
    if sequel.waits:
        waited(sequel.waits, job.label, job.recorded.addresses)
    if sequel.console is None or sequel.console.kind == "NONE":
        return 0
    return opened(sequel.console, _guest(job, _running(job, transport)), transport)


def _drop(job: Job, transport: Transport) -> None:
    """End the viewers and tunnels of the guest of a job, here and on its host."""
    place = _place(job)
    running = _running(job, transport)
    if running is None or running.vnc_port is None:
        return
    for host in dict.fromkeys((HERE, place)):
        rights = job.request.privilege if host == place else NONE
        if count := dropped(transport, host, place, running.vnc_port, rights):
            show([f"{escape(job.label)}: {count} clients on {host.account} ended"])


def _running(job: Job, transport: Transport) -> Running | None:
    """Return the guest as it runs now. Raises `UsageError` if it does not."""
    assert job.recorded is not None  # noqa: S101 - as above
    site = Site(transport, _place(job), job.request.privilege)
    seen = look(site, [job.recorded.type], uri=job.request.uri)
    found = gate.running(job.recorded, seen.guests, job.rivals)
    if found is None or not found.state.alive:
        raise UsageError(f"{job.label} on {_place(job).account}", "does not run, so it has no console")
    return found


def _place(job: Job) -> Host:
    return job.subject.host if job.subject else job.hosts[0]


def _guest(job: Job, running: Running | None) -> Guest:
    """Return the guest as its console needs it; without a look it is named by its label."""
    assert job.recorded is not None  # noqa: S101 - as above
    found = running or (job.subject.guest if job.subject else None)
    by_id = found and (found.uuid if job.recorded.type == "LIBVIRT" else found.id)
    return Guest(
        host=_place(job),
        type=job.recorded.type,
        label=job.recorded.label,
        id=by_id or job.recorded.label,
        privilege=job.request.privilege,
        uri=job.request.uri,
        vnc_port=found.vnc_port if found else None,
        address=next(iter(job.recorded.addresses), None),
    )
