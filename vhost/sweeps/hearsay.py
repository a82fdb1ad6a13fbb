"""What is stored of what was heard, found in a capture, or remembered by the kernel: nobody was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from scanners.neighbours import Neighbour
from scanners.overheard import Heard, Overheard, Times
from vhost.claims import Binding
from vhost.discover import Finding
from vhost.keep import CARRIED, Said

MOST_FINDINGS: Final = 10_000
EVERY_LINK: Final = "every interface"


def listened(heard: Overheard, link: str, *, partial: bool) -> Said:
    """Return what was heard on a link; who was not heard this time is not silent for that."""
    return Said(
        kind="binding",
        scanner="passive",
        root=link,
        claims=bindings(heard, link, link),
        findings=list(islice(suspicious(heard), MOST_FINDINGS)),
        partial=partial,
        carry=CARRIED,
        covers=lambda _: False,
    )


def captured(heard: Overheard, path: Path, *, partial: bool) -> Said:
    """Return what a capture holds; of one that is damaged now, what it said before goes on as stale."""
    return Said(
        kind="binding",
        scanner="capture",
        root=str(path),
        claims=bindings(heard, str(path), None),
        findings=list(islice(suspicious(heard), MOST_FINDINGS)),
        partial=partial,
        carry=CARRIED if partial else None,
    )


def remembered(claims: Sequence[Binding], link: str | None) -> Said:
    """Return what the kernel's table says; what it has forgotten goes on as stale."""
    return Said(kind="binding", scanner="neighbours", root=link or EVERY_LINK, claims=claims, carry=CARRIED)


def bindings(heard: Overheard, source: str, link: str | None) -> Iterator[Binding]:
    """Return the claims in the order they were first heard; `link` is None where it is not known."""
    return (_binding(one, times, source, link) for one, times in heard.claims.items())


def binding(one: Heard, at: datetime, source: str, link: str | None) -> Binding:
    """Return one claim as it was heard at a time."""
    return _binding(one, Times(at), source, link)


def _binding(one: Heard, times: Times, source: str, link: str | None) -> Binding:
    tagged = f"vlan {one.vlan}" if link is None else f"{link}.{one.vlan}"
    return Binding(
        name=one.name,
        mac=one.mac,
        ip=one.ip,
        source_kind=one.kind,
        source=source,
        segment=link if one.vlan is None else tagged,
        seen_at=times.seen_at,
        expires_at=times.expires_at,
    )


def neighbour(one: Neighbour, now: datetime) -> Binding:
    """Return an entry of the kernel's table as a claim, last seen when it was confirmed."""
    return Binding(
        mac=one.mac,
        ip=one.ip,
        source_kind="neighbour",
        source=one.link,
        segment=one.link if one.vlan is None else f"{one.link}.{one.vlan}",
        seen_at=now - timedelta(seconds=one.age or 0),
    )


def suspicious(heard: Overheard) -> Iterator[Finding]:
    """Return the addresses that several MACs claim, and those of which another MAC than their own speaks."""
    for address, macs in heard.contested():
        yield Finding(address, f"{len(macs)} MACs claim it: {', '.join(macs)}")
    for one in heard.claims:
        if one.sender is not None:
            yield Finding(one.ip or one.mac, f"{one.sender} says that it is at {one.mac}")
