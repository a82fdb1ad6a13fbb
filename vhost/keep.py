"""Stores what a scan of names, addresses or running guests said, and publishes it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vhost.cache.claim_buffer import Buffered
from vhost.cache.claim_columns import Claim, ClaimKind
from vhost.cache.claim_segment import Change, Missing, addresses, write
from vhost.cache.publish import locked, publish
from vhost.cache.scan import Report, Scan, scan_key
from vhost.discover import Finding
from vhost.host import observer, own_name

CARRIED = timedelta(days=90)
"""How long what is silent now goes on as stale, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one scan of one place said.

    `root` names the place: a file, a network with its interface, a server with its zone, a host. Together with
    `scanner` and `as_host` it is what the next scan of the same place is compared with. `carry` is how long
    claims that are missing now go on as stale; None ends them at once, which is right where a source that was
    read wholly does not say them any more, and wrong where it was silent or could not be read (`partial`).
    `covers` tells of an IP address (None: a claim without one) whether the scan asked for it; where it did not, claims
    of the scan before go on as they were.
    """

    kind: ClaimKind
    scanner: str
    root: str
    claims: Iterable[Claim] | Buffered
    as_host: str | None = None
    findings: Sequence[Finding] = ()
    partial: bool = False
    carry: timedelta | None = None
    covers: Callable[[str | None], bool] | None = None


def keep(directory: Path, said: Sequence[Said], skipped: Report, *, publishing: bool = True) -> list[Change]:
    """Store a segment for each scan, publish once, and return what each changed.

    Without `publishing` the caller publishes, or the next query does. Raises `DatabaseUnusable`; what was stored
    before stays.
    """
    now = datetime.now(UTC)
    with locked(directory):
        changes = [_written(directory, one, now) for one in said]
        if publishing:
            publish(directory, skipped)
    return changes


def known(directory: Path, scanner: str, root: str) -> list[str]:
    """Return the IP addresses that the last scan of this place by this host knows, also stale ones."""
    return addresses(directory, scan_key(scanner, observer(), own_name(), root))


def _written(directory: Path, said: Said, now: datetime) -> Change:
    missing = Missing(said.carry, said.covers)
    return write(directory, _facts(said, now), said.claims, findings=said.findings, missing=missing)


def _facts(said: Said, now: datetime) -> Scan:
    return Scan(
        scan_id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
        kind=said.kind,
        scanner=said.scanner,
        observer=observer(),
        source_host=own_name(),
        as_host=own_name() if said.as_host is None else said.as_host,
        root=said.root,
        seen_at=f"{now:%Y-%m-%d %H:%M:%S.%f}",
        partial=said.partial,
    )
