"""What is stored of a sweep: a claim for each MAC of each address, and what is suspicious."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from itertools import islice
from pathlib import Path
from typing import Final

from scanners.arp.targets import MOST
from scanners.ethernet import spelled
from scanners.nd.links import IPv6Link
from vhost.claims import Binding
from vhost.keep import CARRIED, Said, known
from vhost.sweeps.plan import Place
from vhost.sweeps.result import Result
from vhost.sweeps.suspicion import suspicious

MOST_FINDINGS: Final = 10_000


def said(result: Result) -> Said:
    """Return what is to be stored: silent addresses go on as stale, those that were not asked for as they were."""
    return Said(
        kind="binding",
        scanner=_scanner(result.place),
        root=result.place.root,
        claims=_claims(result),
        findings=list(islice(suspicious(result), MOST_FINDINGS)),
        partial=result.partial,
        carry=CARRIED,
        covers=_covers(result),
    )


def remembered(place: Place, directory: Path) -> Place:
    """Return the place as it is to be asked: not every node answers a ping of all, so those known before are asked."""
    if not isinstance(place, IPv6Link) or not place.all_nodes:
        return place
    return place.with_known(known(directory, _scanner(place), place.root)[:MOST])


def _scanner(place: Place) -> str:
    return "nd" if isinstance(place, IPv6Link) else "arp"


def _covers(result: Result) -> Callable[[str | None], bool]:
    """Return what tells whether the sweep asked for an address; one that ended early covers what was answered only."""
    members, answers = result.place.asked, result.swept.answers

    def covers(address: str | None) -> bool:
        index = members.index(int(ip_address(address))) if address else None
        return index is not None and (result.swept.complete or bool(answers.answered[index]))

    return covers


def _claims(result: Result) -> Iterable[Binding]:
    place = result.place
    for address, mac in place.held.items():
        yield _binding(result, address, mac, "interface")
    for one in result.swept.answers:
        yield _binding(result, one.address, one.mac, _scanner(place), one.vlan)


def _binding(result: Result, address: int, mac: bytes, kind: str, vlan: int | None = None) -> Binding:
    link = result.place.link.name
    return Binding(
        mac=spelled(mac),
        ip=str(ip_address(address)),
        source_kind=kind,
        source=link,
        segment=link if vlan is None else f"{link}.{vlan}",
        seen_at=result.seen_at,
    )
