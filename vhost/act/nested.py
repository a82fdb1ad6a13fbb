"""Guests inside a guest: machines that are recorded with the guest as their physical machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from vhost.act import records
from vhost.act.job import Job
from vhost.act.request import Verb
from vhost.ambiguity.resolve import Resolver
from vhost.errors import Ambiguous, UsageError
from vhost.transport import host

DEEPEST = 4
"""Guests inside each other that are looked for."""

_INSIDE = """
SELECT DISTINCT machine_id FROM machine
WHERE pm IN (SELECT UNNEST($pms::VARCHAR[])) AND type <> 'PM' AND machine_id <> $machine ORDER BY machine_id LIMIT 1000
"""


def nested(con: duckdb.DuckDBPyConnection, job: Job) -> list[Job]:
    """Return the jobs that shut down what may run inside the machine of a job, the innermost first."""
    return list(_nested(Resolver(con), job, 1)) if job.failure is None and job.recorded else []


def _nested(resolver: Resolver, job: Job, depth: int) -> Iterator[Job]:
    name, pms = _as_host(resolver, job)
    if not pms or depth > DEEPEST:
        return
    found = resolver.con.execute(_INSIDE, {"pms": list(pms), "machine": job.machine_id or ""}).fetchall()
    for one in records.found(resolver.con, [machine for (machine,) in found], pms):
        request = replace(job.request, verb=Verb.POWEROFF, stack=False, level=None, state_file=None)
        inner = Job(
            f"p:{one.recorded.path}" if one.recorded.path else f"l:{one.recorded.label}",
            request,
            hosts=[host(name)],
            recorded=one.recorded,
            machine_id=one.machine_id,
            number=job.number,
            depth=depth,
            rivals=records.rivals(resolver.con, [one], pms)[one.machine_id],
        )
        yield from _nested(resolver, inner, depth + 1)
        yield inner


def _as_host(resolver: Resolver, job: Job) -> tuple[str, tuple[str, ...]]:
    """Return the name and spellings under which the machine of a job is a host; no spellings if it is none."""
    assert job.recorded is not None  # noqa: S101 - for mypy: it was resolved
    for name in (job.recorded.label, *job.recorded.addresses):
        try:
            found = resolver.hosts.find(name)
        except (Ambiguous, UsageError):
            continue
        return found.name, found.spellings
    return "", ()
