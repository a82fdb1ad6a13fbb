"""Freshness of answers: old ones are marked with one line on stderr, `--refresh` scans again before it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vhost.cli.outcome import tell
from vhost.config.place import is_there
from vhost.config.settings import Config, Job
from vhost.errors import Partial, UsageError
from vhost.span import spoken

if TYPE_CHECKING:
    import duckdb

    from vhost.query.bindings import Found
    from vhost.query.freshness import Held


def limits(typed: Mapping[str, timedelta]) -> dict[str, timedelta]:
    """Return the limits of age of the configuration, by kind of source; those that were typed go before them."""
    if not is_there():
        return dict(typed)
    from vhost.config.reading import configuration  # noqa: PLC0415 - who has no configuration does not pay for it

    return {**configuration().fresh, **typed}


def configured() -> Config | None:
    """Return the configuration if it limits the age of claims, else None."""
    if not is_there():
        return None
    from vhost.config.reading import configuration  # noqa: PLC0415 - as above

    config = configuration()
    return config if config.fresh or any(job.fresh is not None for job in config.jobs.values()) else None


def mark(held: Iterable[Held], config: Config, databases: str | None) -> None:
    """Tell in one line if claims that an answer rests on are older than their limit."""
    jobs, now = _owners(config, databases), datetime.now(UTC)
    old = [one for one in held if _is_old(one, jobs.get(one.scan_key), config, now)]
    if not old:
        return
    claims, age = sum(one.claims for one in old), now - min(one.seen_at for one in old)
    names = sorted({jobs[one.scan_key].name for one in old if one.scan_key in jobs})
    again = f"vhost scan --job {','.join(names)}" if names else "vhost scan"
    oldest = spoken(age.total_seconds())
    tell(f"stale: {claims} claims of this answer are older than their limit, up to {oldest}; {again}")


def mark_machines(con: duckdb.DuckDBPyConnection, machines: Sequence[str], databases: str | None) -> None:
    """Tell in one line if claims about these machines are older than the configuration allows."""
    config = configured() if machines else None
    if config is not None:
        from vhost.query.freshness import of_machines  # noqa: PLC0415 - only who has limits pays for it

        mark(of_machines(con, machines), config, databases)


def mark_bindings(found: Iterable[Found], databases: str | None) -> None:
    """Tell in one line if claims about names, MACs and addresses are older than the configuration allows."""
    config = configured()
    if config is not None:
        from vhost.collisions.sources import kind  # noqa: PLC0415 - only who has limits pays for it
        from vhost.query.freshness import Held  # noqa: PLC0415 - as above

        dated = [one for one in found if one.seen_at]
        held = [Held(one.scan_key, kind(one.kind), datetime.fromisoformat(one.seen_at), 1) for one in dated]
        mark(held, config, databases)


def _is_old(one: Held, job: Job | None, config: Config, now: datetime) -> bool:
    limit = job.fresh if job is not None and job.fresh is not None else config.fresh.get(one.kind)
    return limit is not None and now - one.seen_at > limit


def _owners(config: Config, databases: str | None) -> dict[str, Job]:
    """Return the job of the configuration that made each scan, by the key of the scan."""
    from vhost.cli.job_runs import database  # noqa: PLC0415 - only who has a configuration pays for it
    from vhost.jobs.record import recalled  # noqa: PLC0415 - as above

    records = ((job, recalled(database(job, databases), job)) for job in config.jobs.values())
    return {key: job for job, record in records if record is not None for key in record.scans}


def refresh(held: Iterable[Held], databases: str | None) -> int:
    """Run the jobs that made these claims and return the exit code: 3 if something could not be scanned again.

    Raises `UsageError` if no job made any of them.
    """
    from vhost.cli import job_runs  # noqa: PLC0415 - only --refresh pays for it
    from vhost.config.reading import configuration  # noqa: PLC0415 - as above
    from vhost.jobs.record import recalled  # noqa: PLC0415 - as above

    config, claims = configuration(), list(held)
    owners = _owners(config, databases)
    jobs = {owners[one.scan_key].name: owners[one.scan_key] for one in claims if one.scan_key in owners}
    if claims and not jobs:
        advice = "describe them: vhost config edit; what jobs never scanned: vhost scan"
        raise UsageError("--refresh", "no job of the configuration made the claims of this answer", advice)
    others = {one.scan_key for one in claims if one.scan_key not in owners}
    if others:
        tell(f"--refresh: {len(others)} scans that hold claims of this answer are of no job, and stay as they are")
    planned = []
    for job in jobs.values():
        directory = job_runs.database(job, databases)
        planned.append(job_runs.Planned(job=job, directory=directory, record=recalled(directory, job), why="--refresh"))
    job_runs.run(planned, config.parallel)
    return Partial.exit_code if others or job_runs.failures(planned) else 0
