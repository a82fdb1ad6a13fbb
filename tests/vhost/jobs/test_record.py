from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock

import pytest

from vhost.config.settings import Job
from vhost.errors import Unreachable
from vhost.jobs.crew import Ran, results
from vhost.jobs.record import Record, recalled, remember, why_due

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
JOB = Job(name="pool", kind="tree", targets=("/vmpool",), every=timedelta(hours=6))


def record(state: str = "done", ago: timedelta = timedelta(0)) -> Record:
    return Record(definition=JOB.definition, state=state, ended=NOW, succeeded=NOW - ago, scans=("a", "b"))


def test_what_is_remembered_is_recalled(tmp_path: Path) -> None:
    remember(tmp_path, JOB, record())
    assert recalled(tmp_path, JOB) == record()
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["pool.json"]


def test_a_job_that_asks_something_else_was_never_scanned(tmp_path: Path) -> None:
    remember(tmp_path, JOB, record())
    assert recalled(tmp_path, Job(name="pool", kind="tree", targets=("/other",))) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"definition": "x"}', "[" * 100_000, "\xff"])
def test_a_damaged_record_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/pool.json").write_text(content, "latin-1")
    assert recalled(tmp_path, JOB) is None


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (None, "never scanned"),
        (record("failed"), "the last scan failed"),
        (record("partial"), "the last scan was partial"),
        (record(ago=timedelta(hours=6)), "scanned 6 hours ago"),
        (record(ago=timedelta(hours=5, minutes=59)), None),
        (record(ago=timedelta(hours=-1)), "the last scan is in the future"),
    ],
)
def test_a_job_is_due_when_its_last_success_is_older_than_its_interval(known: Record | None, why: str | None) -> None:
    assert why_due(JOB, known, NOW) == why


def jobs(count: int) -> list[Job]:
    return [Job(name=str(number), kind="tree", targets=("/",)) for number in range(count)]


def test_a_job_that_fails_stops_no_other() -> None:
    def run(job: Job) -> Ran:
        if job.name == "0":
            raise Unreachable("lab00", "does not answer")
        if job.name == "1":
            raise FileNotFoundError(2, "No such file or directory", "/x")
        return Ran(partial=job.name == "2")

    found = {result.name: result for result in results(jobs(4), run, parallel=2)}
    assert [found[name].state for name in "0123"] == ["failed", "failed", "partial", "done"]
    assert found["0"].problems == ["lab00: does not answer"]
    assert found["1"].problems == ["/x: No such file or directory"]


def test_so_many_jobs_as_asked_for_run_at_a_time() -> None:
    lock, running, most, two = Lock(), [0], [0], Event()

    def run(_: Job) -> Ran:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == 2:
                two.set()
        two.wait(10)
        with lock:
            running[0] -= 1
        return Ran()

    assert len(list(results(jobs(6), run, parallel=2))) == 6
    assert most == [2]
