"""What a call asks of DNS, and what became of each place that was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from scanners.dns.peers import Pace
from scanners.dns.transfer import Limits
from vhost.discover import Finding

if TYPE_CHECKING:
    from scanners.dns.keys import Key
    from scanners.dns.servers import Server
    from vhost.cache.claim_buffer import Buffered

SCANNER: Final = "dns"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonesWanted:
    """Zones that shall be fetched from each of the servers; `whole` fetches also what has not changed."""

    servers: Sequence[Server]
    zones: Sequence[str]
    key: Key | None = None
    whole: bool = False
    threads: int = 8
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepWanted:
    """Addresses and names that shall be asked for, of the first server that works.

    `domains` complete names that have no dot; `confirm` asks also for the addresses of the names that are found.
    `what` names the targets in the database, where they are not named by themselves.
    """

    servers: Sequence[Server]
    targets: Sequence[str]
    domains: Sequence[str] = ()
    confirm: bool = False
    what: str = ""
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True, kw_only=True)
class Place:
    """One place after it was asked: a zone of a server, a sweep, a zone file.

    `root` names it in the database. Without `claims` it could not be read, and what was known of it goes on
    as stale. `partial` is true where some of it could not be. `how` is what was done with it, `questions` how
    many were asked one by one.
    """

    root: str
    what: str
    claims: Buffered | None = None
    findings: list[Finding] = field(default_factory=list)
    partial: bool = False
    how: str = ""
    questions: int = 0

    def fail(self, problem: str) -> None:
        """Note that the place could not be read."""
        self.claims, self.partial = None, True
        self.findings.append(Finding(self.what, problem, lost=True))
