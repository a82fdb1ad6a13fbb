"""`vhost scan` alone: the jobs of the configuration that are due, side by side, with one summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from vhost.cli import job_runs
from vhost.cli.job_runs import Planned
from vhost.cli.rows import Columns, Row, form, write_rows
from vhost.cli.writing import write
from vhost.config.reading import configuration
from vhost.config.settings import Config
from vhost.errors import Partial, UsageError
from vhost.jobs.record import recalled, why_due

COLUMNS: Final[Columns] = {
    "job": "string",
    "kind": "string",
    "state": "string",
    "records": "int64",
    "new": "int64",
    "changed": "int64",
    "vanished": "int64",
    "seconds": "double",
    "why": "string",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """What a call of `vhost scan` asks for: jobs by name (due or not), all of them, or those that are due."""

    names: Sequence[str] = ()
    everything: bool = False
    dry: bool = False
    parallel: int | None = None
    databases: str | None = None
    format: str | None = None
    file: str | None = None


def run(asked: Refresh) -> int:
    """Scan what is asked for, show what became of it and return the exit code."""
    shown, config = form(asked.format, asked.file), configuration()
    planned = list(_planned(asked, config))
    if not planned:
        advice = "say what to scan, as vhost scan tree PATH, or describe jobs: vhost config edit"
        raise UsageError("vhost scan", f"no jobs in {config.path}", advice)
    if not asked.dry:
        job_runs.run([one for one in planned if one.why], asked.parallel or config.parallel)
    rows = [_row(one) for one in planned]
    if shown is not None:
        write_rows(shown, COLUMNS, rows, asked.file)
    else:
        from vhost.render.plain_table import table_lines  # noqa: PLC0415 - only where it is asked for

        write(table_lines(list(COLUMNS), rows), asked.file)
    return Partial.exit_code if job_runs.failures(planned) else 0


def _planned(asked: Refresh, config: Config) -> Iterator[Planned]:
    now = datetime.now(UTC)
    names = [name for listed in asked.names for name in listed.split(",") if name]
    jobs = [config.job(name) for name in dict.fromkeys(names)] if names else list(config.jobs.values())
    forced = "named" if names else "all are scanned" if asked.everything else ""
    for job in jobs:
        directory = job_runs.database(job, asked.databases)
        record = recalled(directory, job)
        why = why_due(job, record, now) or forced
        yield Planned(job=job, directory=directory, record=record, why=why)


def _row(one: Planned) -> Row:
    result = one.result
    if result is None:
        state = "due" if one.why else "fresh"
        return one.job.name, one.job.kind, state, None, None, None, None, None, one.why or None
    counts = result.counts
    numbers = (counts.records, counts.new, counts.changed, counts.vanished) if counts else (None,) * 4
    return one.job.name, one.job.kind, result.state, *numbers, round(result.seconds, 1), one.why
