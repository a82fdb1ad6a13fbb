"""Guests that run now on many hosts: looked at side by side, and stored as what was seen.

A hypervisor that does not answer, or a host that cannot be reached, ends no claim: what was known of it goes
on as stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanners.live import SOURCES, Look, look
from vhost.cache.claim_segment import Change
from vhost.cache.scan import Report, scan_key
from vhost.cache.segment import newest_first
from vhost.discover import Finding
from vhost.errors import VhostError
from vhost.host import observer, own_name
from vhost.keep import CARRIED, Said, keep
from vhost.transport import NONE, Host, Privilege, Site, Transport

HOSTS_AT_ONCE = 16
SCANNER = "live"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one host said, or why it said nothing."""

    host: Host
    look: Look | None = None
    failure: VhostError | None = None

    @property
    def name(self) -> str:
        """Return the name under which its guests are known; this host has its own name."""
        return own_name() if self.host.local else self.host.name


def looked(
    transport: Transport,
    hosts: Sequence[Host],
    types: Collection[str] | None = None,
    *,
    privilege: Privilege = NONE,
    uri: str | None = None,
) -> list[Seen]:
    """Return what every host says of its guests, in the order of the hosts."""

    def one(host: Host) -> Seen:
        try:
            return Seen(host, look(Site(transport, host, privilege), types, uri=uri))
        except VhostError as error:
            return Seen(host, failure=error)

    if len(hosts) == 1:
        return [one(hosts[0])]
    pool = ThreadPoolExecutor(HOSTS_AT_ONCE)
    try:
        return list(pool.map(one, hosts))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def store(
    directory: Path,
    seen: Sequence[Seen],
    types: Collection[str] | None,
    skipped: Report,
    *,
    publishing: bool = True,
) -> list[Change]:
    """Store what was seen, a segment for each host and session type, and publish once. Raises `DatabaseUnusable`."""
    now = datetime.now(UTC)
    said = [found for one in seen for found in _said(directory, one, types, now)]
    return keep(directory, said, skipped, publishing=publishing) if said else []


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
