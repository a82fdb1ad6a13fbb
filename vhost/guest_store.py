"""Guests that were seen to run, stored as claims.

A hypervisor that does not answer, or a host that cannot be reached, ends no claim: what was known of it goes
on as stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scanners.live import SOURCES
from vhost.cache.claim_segment import Change
from vhost.cache.scan import Report, scan_key
from vhost.cache.segment import newest_first
from vhost.discover import Finding
from vhost.guests import Seen
from vhost.host import observer
from vhost.keep import CARRIED, Said, keep

SCANNER = "live"


def store(
    directory: Path,
    seen: Sequence[Seen],
    types: Collection[str] | None,
    skipped: Report,
    *,
    publishing: bool = True,
) -> list[Change]:
    """Store what was seen, a segment for each host and session type, and publish once. Raises `DatabaseUnusable`.

    What was kept because nobody answered has not vanished.
    """
    now = datetime.now(UTC)
    said = [found for one in seen for found in _said(directory, one, types, now)]
    changes = keep(directory, said, skipped, publishing=publishing) if said else []
    pairs = zip(said, changes, strict=True)
    return [replace(change, vanished=0) if one.partial else change for one, change in pairs]


def _said(directory: Path, seen: Seen, types: Collection[str] | None, now: datetime) -> Iterator[Said]:
    for kind in SOURCES:
        if types is not None and kind not in types:
            continue
        problem = seen.failure or (seen.look.problem(kind) if seen.look else None)
        answered = seen.look is not None and kind in seen.look.answered
        if not answered and not _known(directory, seen.name, kind):
            continue
        guests = seen.look.guests if seen.look and answered else []
        yield Said(
            kind="guest",
            scanner=f"{SCANNER}-{kind.lower()}",
            root=seen.name,
            as_host=seen.name,
            claims=[guest.claim(now) for guest in guests if guest.type == kind],
            findings=[Finding(seen.name, f"{problem.where}: {problem.problem}", lost=True)] if problem else [],
            partial=problem is not None,
            carry=CARRIED if problem else None,
        )


def _known(directory: Path, name: str, kind: str) -> bool:
    """Tell whether guests of this type were asked for there before."""
    key = scan_key(f"{SCANNER}-{kind.lower()}", observer(), name, name)
    return bool(newest_first(directory, key))
