"""Runs jobs side by side. A job that fails is a result, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from vhost.cache.scan import brief
from vhost.config.settings import Job
from vhost.errors import VhostError
from vhost.jobs.result import Counts, Result

_LOOK: Final = 0.2


@dataclass(slots=True, kw_only=True)
class Ran:
    """What a job found: `failed` if nothing of it could be asked, `partial` if something could not."""

    counts: Counts = field(default_factory=Counts)
    problems: list[str] = field(default_factory=list)
    partial: bool = False
    failed: bool = False


Run = Callable[[Job], Ran]
Waiting = Callable[[int, int], None]
"""Told (jobs done, jobs not done) a few times a second."""


def results(jobs: Sequence[Job], run: Run, parallel: int, waiting: Waiting | None = None) -> Iterator[Result]:
    """Return what became of each job, as they end; at most `parallel` run at a time.

    When the caller stops listening, as after Ctrl-C, no further job begins, and those that run are not waited for.
    """
    pool = ThreadPoolExecutor(max(1, min(parallel, len(jobs))), "job")
    try:
        running: set[Future[Result]] = {pool.submit(_result, job, run) for job in jobs}
        while running:
            done, running = wait(running, _LOOK, FIRST_COMPLETED)
            yield from (one.result() for one in done)
            if waiting is not None:
                waiting(len(jobs) - len(running), len(running))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _result(job: Job, run: Run) -> Result:
    began = monotonic()
    try:
        ran = run(job)
    except VhostError as error:
        ran = Ran(problems=[str(error)], failed=True)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        ran = Ran(problems=[f"{where}{brief(error)}"], failed=True)
    return Result(
        name=job.name,
        kind=job.kind,
        state="failed" if ran.failed else "partial" if ran.partial else "done",
        counts=None if ran.failed and not ran.counts.scans else ran.counts,
        seconds=monotonic() - began,
        problems=ran.problems,
    )
