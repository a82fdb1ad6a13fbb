"""What may be started: nothing alive has its names or disks, and its configuration is the one that was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vhost.act import gate
from vhost.act.job import Job
from vhost.act.subject import Recorded, Subject
from vhost.errors import InUse, Mismatch, Unreachable, VhostError
from vhost.guests import Seen
from vhost.transport import Site


def free(recorded: Recorded, seen: Iterable[Seen], *, force: bool) -> None:
    """Check that no guest on these hosts is the machine or has its disk, whatever runs it.

    Raises `InUse`, or what kept a host or one of its hypervisors from telling; with `force` silence is let pass.
    """
    for one in seen:
        gate.free(recorded, one.look.guests if one.look else ())
        if not force and (problem := _silence(recorded, one)):
            raise problem


def _silence(recorded: Recorded, seen: Seen) -> VhostError | None:
    """Return what a host does not tell, None if it tells all."""
    advice = "look again later, or use --force"
    if failure := seen.failure:
        return Unreachable(failure.where, f"{failure.problem}; {recorded.label} was seen running there", advice)
    for failure in seen.look.failures.values() if seen.look else ():
        return type(failure)(failure.where, f"{failure.problem}; {recorded.label} may be running there", advice)
    return None


def apart(jobs: Iterable[Job]) -> None:
    """Refuse jobs that would start what shares a name or an exclusive disk with another machine that they start."""
    holders: dict[tuple[str, ...], Job] = {}
    readers: dict[tuple[str, ...], Job] = {}
    for job in jobs:
        if job.failure or job.recorded is None or not _starts(job):
            continue
        own = dict.fromkeys(_owned(job, job.recorded))
        read = dict.fromkeys(("disk", path) for path in sorted(job.recorded.disks) if path.startswith("/"))
        shared = [fact for fact in (*own, *read) if fact in holders] + [fact for fact in own if fact in readers]
        if shared:
            other = holders.get(shared[0]) or readers[shared[0]]
            what = f"shares its {' '.join(shared[0][:2])} with {other.label} on {other.place}"
            job.failure = InUse(f"{job.label} on {job.place}", what, "start one of them")
        else:
            holders |= dict.fromkeys(own, job)
            readers |= dict.fromkeys(read, job)


def _starts(job: Job) -> bool:
    """Tell whether a plan starts a guest, rather than letting one go on."""
    is_off = job.subject is not None and not job.subject.state.alive and not job.subject.recorded.is_physical
    return job.plan is not None and bool(job.plan.steps) and job.request.verb.starts and is_off


def _owned(job: Job, recorded: Recorded) -> Iterator[tuple[str, ...]]:
    """Yield what only one machine may have of those that run at once."""
    if recorded.uuid:
        yield "UUID", recorded.uuid
    yield from (("MAC", mac) for mac in sorted(recorded.macs))
    yield from (("disk", path) for path in sorted(recorded.exclusive) if path.startswith("/"))
    yield "name", recorded.label, recorded.type, job.place


def unchanged(site: Site, subject: Subject) -> None:
    """Check that the configuration is still what was scanned. Raises `Mismatch`."""
    answer = site.run(["stat", "-L", "-c", "%s %Y", subject.config], timeout=20)
    if answer.status:
        raise Mismatch(subject.config, f"is not there on {subject.host.account} any more", "scan again")
    size, _, mtime = answer.text.strip().partition(" ")
    recorded = subject.recorded
    if recorded.size is not None and (size, mtime) != (str(recorded.size), str(recorded.mtime)):
        raise Mismatch(subject.config, "has changed since it was scanned", "scan again")
