"""What `vhost db status` says of a database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from vhost.cache import manifest
from vhost.cache.place import LINK, existing
from vhost.cache.snapshot import Snapshot, opened
from vhost.errors import VhostError
from vhost.span import spoken

_COUNTS = """
SELECT (SELECT count(*) FROM machine), (SELECT count(DISTINCT (pm, id, scan_id, path, part)) FROM machine),
    (SELECT count(*) FROM machine WHERE stale), (SELECT count(*) FROM binding), (SELECT count(*) FROM dns),
    (SELECT count(*) FROM finding)
"""


def lines(directory: Path) -> Iterator[str]:
    """Return a few lines: the snapshot and how it relates to its sources, the claims, the scans, the findings.

    Nothing is rebuilt. Raises `vhost.errors.DatabaseMissing`.
    """
    sources = manifest.taken(existing(directory))
    yield f"database   {directory}"
    yield f"sources    {len(sources)} files, {sum(source.size for source in sources):,} bytes"
    link = directory / LINK
    if not os.access(link, os.R_OK):
        yield "snapshot   none yet; the next query or scan publishes one"
        return
    yield f"snapshot   {link.readlink()}, {link.stat().st_size:,} bytes"
    try:
        with opened([directory], static=True) as snapshot:
            yield from _held(snapshot, sources)
    except VhostError as error:
        yield f"problem    {error}"


def _held(snapshot: Snapshot, sources: manifest.Manifest) -> Iterator[str]:
    (stored,) = snapshot.con.execute("SELECT value FROM meta WHERE key = 'manifest'").fetchone() or ("",)
    current = stored == manifest.written(sources)
    yield f"state      {'current' if current else 'older than its sources; the next query publishes a new one'}"
    counts = snapshot.con.execute(_COUNTS).fetchone() or (0,) * 6
    for (said,) in snapshot.con.execute("SELECT value FROM meta WHERE key = 'skipped' ORDER BY ALL").fetchall():
        yield f"problem    {said}"
    claims = "{} records of {} configurations ({} stale), {} bindings, {} DNS answers, {} findings"
    yield f"claims     {claims.format(*counts)}"
    for root, as_host, seen_at, partial in snapshot.con.execute(
        "SELECT root, as_host, seen_at, partial FROM scan ORDER BY seen_at DESC, root"
    ).fetchall():
        view = f" as {as_host}" if as_host else ""
        yield f"scan       {root}{view}, {_age(seen_at)} ago{', partial' if partial else ''}"
    for path, problem in snapshot.con.execute("SELECT path, problem FROM finding ORDER BY path").fetchall():
        yield f"finding    {path}: {problem}"


def _age(seen_at: datetime) -> str:
    return spoken((datetime.now(UTC).replace(tzinfo=None) - seen_at).total_seconds())
