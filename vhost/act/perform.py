"""Performs jobs whose gate has been passed: side by side or one after the other, each result told when it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from time import monotonic

from vhost.act import journal
from vhost.act.admission import readmit
from vhost.act.job import Job
from vhost.act.runner import Progress, Runner
from vhost.act.watch import Watch
from vhost.errors import VhostError
from vhost.transport import Site, Transport

JOBS_AT_ONCE = 16
_BROKEN_OFF = 130

FRESH = 15.0
"""For how many seconds a look at the hypervisors counts."""

Told = Callable[[Job], None]
"""Told of every job that has ended."""


def perform(
    jobs: Sequence[Job], transport: Transport, told: Told, *, parallel: bool = True, looked_at: float | None = None
) -> None:
    """Do the plans of all jobs that have one; the others have ended before. Ctrl-C ends every wait.

    `looked_at` is when their gate was passed, by the monotonic clock; who waited long for its turn passes it again.
    """
    since = monotonic() if looked_at is None else looked_at
    runner = Runner(transport)
    waiting = [job for job in jobs if job.plan is not None and job.failure is None]
    logged: set[int] = set()
    pool = ThreadPoolExecutor(JOBS_AT_ONCE if parallel else 1)
    try:
        for ended in as_completed([pool.submit(_in_turn, job, runner, since) for job in waiting]):
            logged.add(id(ended.result()))
            _logged(ended.result())
            told(ended.result())
    except KeyboardInterrupt:
        runner.stop.set()
        for job in waiting:
            if id(job) not in logged and (job.done or job.under_way):
                job.broken_off = not job.says
                job.says = job.says or "interrupted"
                _logged(job)
        raise
    finally:
        runner.stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _in_turn(job: Job, runner: Runner, looked_at: float) -> Job:
    """Return a job after it was done, or refused because what was seen of it long ago is not true any more."""
    if monotonic() - looked_at > FRESH:
        readmit(job, runner.transport)
    return job if job.failure else _performed(job, runner)


def _performed(job: Job, runner: Runner) -> Job:
    assert job.plan is not None  # noqa: S101 - for mypy: they were chosen so
    assert job.subject is not None  # noqa: S101 - as above
    if job.plan.done:
        job.says = job.plan.done
        return job
    progress = Progress(job.plan, done=job.done, under_way=job.under_way)
    try:
        site = Site(runner.transport, job.subject.host, job.request.privilege)
        runner.run(job.plan, Watch(site, job.subject, job.request.uri), progress)
        job.says = progress.state.value if progress.state else "done"
    except VhostError as error:
        if not runner.stop.is_set():  # else it is the wait that was broken off, and who did that tells it
            job.failure = error
            job.says = str(error)
    job.seconds = progress.seconds
    return job


def refused(jobs: Sequence[Job]) -> None:
    """Log that jobs did not pass the gate."""
    for job in jobs:
        if job.failure is not None:
            _logged(job)


def _logged(job: Job) -> None:
    """Log a job; an action that was done must not fail for its log, so it only keeps why it is not in it."""
    try:
        journal.append(dict(_entry(job)))
    except VhostError as error:
        job.unlogged = error


def _entry(job: Job) -> Iterator[tuple[str, object]]:
    yield "verb", job.request.verb.value
    yield "words", job.words
    yield "label", job.label
    yield "host", job.place
    yield "force", job.request.force
    if job.recorded:
        recorded = job.recorded
        machine = {"type": recorded.type, "uuid": recorded.uuid, "macs": sorted(recorded.macs), "path": recorded.path}
        yield "machine", {**machine, "machine_id": job.machine_id, "seen": recorded.seen}
    yield "plan", list(job.plan.lines()) if job.plan else []
    yield "done", list(job.done)
    if job.under_way:
        yield "under_way", list(job.under_way)
    yield "exit", job.failure.exit_code if job.failure else _BROKEN_OFF * job.broken_off
    yield "says", str(job.failure) if job.failure else job.says
    yield "seconds", round(job.seconds, 3)
