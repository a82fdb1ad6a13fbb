"""What a database remembers of a job: when it last succeeded, and which scans are its own.

<db>/jobs/<name>.json
{"definition": "8b1f...", "state": "done", "ended": "2026-11-28T10:00:00+00:00", "succeeded": "...", "scans": [...]}
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from vhost.config.settings import Job
from vhost.errors import DatabaseUnusable
from vhost.span import spoken

FOLDER: Final = "jobs"
_LARGEST: Final = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The last run of a job. `succeeded` is when it last did (UTC), None for never; `scans` are the keys of its scans.

    `definition` is what it asked then: a job that asks something else now has never succeeded.
    """

    definition: str
    state: str
    ended: datetime
    succeeded: datetime | None = None
    scans: Sequence[str] = ()


def recalled(directory: Path, job: Job) -> Record | None:
    """Return what the database knows of a job, None for nothing, or nothing that can be read."""
    try:
        path = directory / FOLDER / f"{job.name}.json"
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST))
        succeeded = found["succeeded"]
        record = Record(
            definition=str(found["definition"]),
            state=str(found["state"]),
            ended=_moment(found["ended"]),
            succeeded=None if succeeded is None else _moment(succeeded),
            scans=tuple(map(str, found["scans"])),
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return record if record.definition == job.definition else None


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def remember(directory: Path, job: Job, record: Record) -> None:
    """Write what became of a job. Raises `DatabaseUnusable`."""
    folder = directory / FOLDER
    said = {**asdict(record), "ended": record.ended.isoformat(), "scans": sorted(record.scans)}
    said["succeeded"] = None if record.succeeded is None else record.succeeded.isoformat()
    try:
        folder.mkdir(exist_ok=True)
        handle, made = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=folder)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(said, file)
            Path(made).chmod(0o644)
            Path(made).replace(folder / f"{job.name}.json")
        finally:
            with suppress(FileNotFoundError):
                Path(made).unlink()
    except OSError as error:
        problem = f"cannot remember job {job.name}: {error.strerror}"
        raise DatabaseUnusable(str(folder), problem, "a scan must be able to write there") from error


def why_due(job: Job, record: Record | None, now: datetime) -> str | None:
    """Return why a job is due, None if it is not."""
    if record is None:
        return "never scanned"
    if record.succeeded is None or record.state != "done":
        return "the last scan failed" if record.state == "failed" else "the last scan was partial"
    age = now - record.succeeded
    if age < timedelta(0):
        return "the last scan is in the future"
    return f"scanned {spoken(age.total_seconds())} ago" if age >= job.every else None
