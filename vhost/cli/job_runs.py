"""Runs jobs of the configuration: side by side, published once, and noted in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vhost.cache.place import chosen
from vhost.cache.publish import locked, publish
from vhost.cli.job_kinds import run as run_job
from vhost.cli.outcome import tell
from vhost.collect import prepare
from vhost.config.settings import Job
from vhost.discover import Progress
from vhost.errors import DatabaseUnusable
from vhost.jobs.crew import Ran, results
from vhost.jobs.record import Record, remember
from vhost.jobs.result import Result
from vhost.progress import bar

_MOST_PROBLEMS: Final = 10


@dataclass(slots=True, kw_only=True)
class Planned:
    """One job with its database, what that knows of it, why it is run (empty: it is not), and what became of it."""

    job: Job
    directory: Path
    record: Record | None = None
    why: str = ""
    result: Result | None = None


def database(job: Job, databases: str | None) -> Path:
    """Return where a job stores: its own database, else that of the call."""
    return chosen(job.database or databases)[0]


def run(planned: Sequence[Planned], parallel: int) -> None:
    """Run the jobs, note what became of each, and publish what they stored; problems are told as they come."""
    by_name = {one.job.name: one for one in planned}
    with bar("jobs") as progress:
        jobs = [one.job for one in planned]
        for result in results(jobs, lambda job: _run(by_name[job.name]), parallel, _told(progress, planned)):
            one = by_name[result.name]
            one.result = result
            _tell(result)
            _remember(one, result)
    stored = [one for one in planned if one.result and one.result.counts]
    for directory in _directories(stored):
        _publish(directory, [one.result for one in stored if one.result and one.directory == directory])


def _run(one: Planned) -> Ran:
    prepare(one.directory)
    return run_job(one.job, one.directory)


def _remember(one: Planned, result: Result) -> None:
    try:
        remember(one.directory, one.job, _record(one, result))
    except DatabaseUnusable as error:
        tell(f"job {result.name}: {error}")


def _publish(directory: Path, results: Sequence[Result]) -> None:
    """Publish a database; where that fails, what was stored is published by the next query or scan."""
    try:
        with locked(directory):
            publish(directory, lambda name, why: tell(f"{name}: left out: {why}"))
    except DatabaseUnusable as error:
        tell(str(error))
        for result in results:
            result.state = "failed" if result.state == "failed" else "partial"


def _directories(planned: Sequence[Planned]) -> list[Path]:
    return list(dict.fromkeys(one.directory for one in planned))


def _told(progress: Progress | None, planned: Sequence[Planned]) -> Callable[[int, int], None] | None:
    """Return what shows how many jobs are done, and how many records they found."""
    if progress is None:
        return None

    def told(done: int, waiting: int) -> None:
        counts = [one.result.counts for one in planned if one.result]
        progress(done, waiting, sum(one.records for one in counts if one))

    return told


def _tell(result: Result) -> None:
    for problem in result.problems[:_MOST_PROBLEMS]:
        tell(f"job {result.name}: {problem}")
    if len(result.problems) > _MOST_PROBLEMS:
        tell(f"job {result.name}: and {len(result.problems) - _MOST_PROBLEMS} more problems")


def _record(one: Planned, result: Result) -> Record:
    """Return what is to be remembered: a job that failed keeps its scans and the time of its last success."""
    now, before = datetime.now(UTC), one.record
    scans = result.counts.scans if result.counts else []
    return Record(
        definition=one.job.definition,
        state=result.state,
        ended=now,
        succeeded=now if result.state == "done" else before.succeeded if before else None,
        scans=sorted({*scans, *(before.scans if before and result.state != "done" else ())}),
    )


def failures(planned: Sequence[Planned]) -> list[Result]:
    """Return what did not go well."""
    return [one.result for one in planned if one.result and one.result.state in {"failed", "partial"}]
