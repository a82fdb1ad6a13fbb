"""Asks for addresses and names one by one, where nobody gives a zone away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanners.dns import multicast, names, questions
from scanners.dns.questions import Question
from scanners.dns.sweep import sweep
from vhost.cache.claim_buffer import Buffer
from vhost.claims import DnsClaim
from vhost.discover import Finding
from vhost.errors import UsageError
from vhost.nameservice.request import Place, SweepWanted

if TYPE_CHECKING:
    from scanners.dns.answers import Answer
    from scanners.dns.multicast import Manner
    from vhost.discover import Progress

_TOGETHER: Final = 10_000
"""Claims that are written at a time."""
_SOME: Final = 3


class _Claims:
    """Turns answers into claims on the disk; `found` are the names and addresses that they gave."""

    def __init__(self, buffer: Buffer) -> None:
        self.buffer = buffer
        self.waiting: list[DnsClaim] = []
        self.names: dict[str, None] = {}
        self.aliases: set[tuple[str, str, str | None]] = set()

    def take(self, server: object, answer: Answer) -> None:
        """Keep what a server said; that there is nothing is a claim as well."""
        at, who = datetime.now(UTC), str(server)
        for owner, kind, value, ttl in answer.rows:
            if kind == "CNAME":  # an alias answers questions for both kinds of addresses
                if (who, owner, value) in self.aliases:
                    continue
                self.aliases.add((who, owner, value))
            claim = DnsClaim(
                owner=owner,
                type=kind,
                value=value,
                ttl=ttl,
                server=who,
                zone=answer.zone if value is None else None,
                serial=answer.serial if value is None else None,
                seen_at=at,
            )
            self.waiting.append(claim)
            if kind == "PTR" and value is not None:
                self.names[value] = None
        if len(self.waiting) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self.buffer.add(self.waiting)
        self.waiting.clear()


def swept(wanted: SweepWanted, work: Path, progress: Progress | None = None) -> Place:
    """Return what the servers answered. Raises `UsageError` for targets that are none."""
    asked = list(dict.fromkeys(_questions(wanted.targets, wanted.domains)))
    what = wanted.what or _root(wanted.targets)
    servers = ",".join(map(str, wanted.servers))
    place = Place(root=f"{servers} {what}", what=what, questions=len(asked))
    with Buffer(work / "sweep.arrow", "dns") as buffer:
        claims = _Claims(buffer)
        place.findings = sweep(wanted.servers, asked, lambda s, _, a: claims.take(s, a), wanted.pace, progress)
        if wanted.confirm:
            further = [one for one in questions.of_names(claims.names) if one not in set(asked)]
            place.findings += sweep(wanted.servers, further, lambda s, _, a: claims.take(s, a), wanted.pace, progress)
        claims.flush()
    place.claims = buffer.buffered()
    place.partial = any(finding.lost for finding in place.findings)
    return place


def heard(targets: Sequence[str], manner: Manner, work: Path, what: str = "") -> Place:
    """Return what the hosts of the link say of themselves (multicast DNS); silence is no claim.

    Raises `UsageError` for targets that are none, `OSError` where the link cannot be asked.
    """
    asked = list(dict.fromkeys(_questions(targets, [multicast.ZONE])))
    place = Place(root=f"mdns:{manner.interface or ''} {what or _root(targets)}", what="multicast DNS")
    with Buffer(work / "mdns.arrow", "dns") as buffer:
        claims = _Claims(buffer)
        silent = multicast.ask(asked, lambda who, _, answer: claims.take(f"mdns:{who}", answer), manner)
        claims.flush()
    place.claims, place.questions = buffer.buffered(), len(asked)
    if silent:
        place.findings.append(Finding(place.what, f"nobody answered {silent} of {len(asked)} questions"))
    return place


def _root(targets: Sequence[str]) -> str:
    return f"sweep {','.join(sorted(dict.fromkeys(targets)))}"


def _questions(targets: Iterable[str], domains: Sequence[str]) -> Iterator[Question]:
    for target in targets:
        addresses = questions.addresses(target)
        if addresses is not None:
            yield from questions.of_addresses(addresses)
        else:
            yield from questions.of_names(_completed(target, domains))


def _completed(name: str, domains: Sequence[str]) -> list[str]:
    """Return a name, or the names that it is in the domains if it has no dot."""
    if "." in name.rstrip(".") or name.endswith(".") or not domains:
        return [names.name(name)]
    return [names.name(f"{name}.{domain}") for domain in domains]


def known_targets(addresses: Iterable[str], known_names: Iterable[str], domains: Sequence[str]) -> list[str]:
    """Return what a database knows as targets of a sweep; what can be no name of DNS is left out."""
    found: dict[str, None] = {}
    for text in addresses:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if not (address.is_loopback or address.is_multicast or address.is_unspecified):
            found[str(address)] = None
    for text in known_names:
        if "." not in text and not domains:
            continue
        try:
            found[names.name(text)] = None
        except UsageError:
            continue
    return list(found)
