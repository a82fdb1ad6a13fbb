"""Which addresses a call asks for on which link."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from scanners.arp import segments
from scanners.arp.segments import Segment
from scanners.arp.targets import MOST
from scanners.arp.targets import addresses as ipv4_addresses
from scanners.links import Link, links, named, usable
from scanners.nd import links as ipv6_links
from scanners.nd.links import IPv6Link
from scanners.nd.targets import addresses as ipv6_addresses
from scanners.pace import POLITE
from scanners.ranges import Pair
from scanners.sweep import WINDOW
from vhost.discover import Finding
from vhost.errors import UsageError
from vhost.resolver import Answers

LookUp = Callable[[Collection[str]], Answers]
"""Returns the addresses of names; every `vhost.resolver.Resolver` has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest:
    """What a call asks for: words that name addresses or hosts, or with `localnet` the networks of the link.

    `ipv6` asks by neighbour discovery instead of ARP; then no words are all nodes of the link. `attempts` None is 2,
    or 1 for very many addresses; `off_link` asks also for what no network of the link holds.
    """

    words: Sequence[str] = ()
    interface: str | None = None
    localnet: bool = False
    ipv6: bool = False
    off_link: bool = False
    vlan: int | None = None
    rate: float = POLITE
    attempts: int | None = None
    window: float = WINDOW


Place = Segment | IPv6Link


@dataclass(slots=True)
class Plan:
    """What is asked for in which place, what is wrong with the other words, and the names that were given."""

    places: Sequence[Place]
    findings: list[Finding] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many addresses are asked for."""
        return sum(one.asked.size for one in self.places)


def planned(request: SweepRequest, look_up: LookUp) -> Plan:
    """Return the plan of a request; nothing is sent. Raises `UsageError` and `SourceMissing`."""
    if not (request.words or request.localnet or request.ipv6):
        raise UsageError("scan arp", "nothing to ask for", "name networks, ranges, hosts or groups, or take --localnet")
    if request.ipv6 and request.vlan is not None:
        raise UsageError("--vlan", "only requests by ARP can be tagged", "ask on the VLAN's own interface")
    known = links()
    chosen = [named(known, request.interface)] if request.interface else usable(known)
    plan = Plan([])
    pairs = list(_pairs(request, look_up, plan))
    plan.places, outside = (_ipv6 if request.ipv6 else _ipv4)(request, chosen, pairs)
    where = f"no network of {request.interface}" if request.interface else "no network of this host"
    plan.findings += [Finding(written(pair), f"is in {where}; not asked") for pair in outside]
    if plan.size > MOST:
        raise UsageError("scan arp", f"{plan.size} addresses are too many", f"at most {MOST} are asked for")
    return plan


def _ipv4(request: SweepRequest, chosen: Sequence[Link], pairs: Sequence[Pair]) -> tuple[list[Segment], list[Pair]]:
    whole = segments.whole(chosen) if request.localnet else []
    found, outside = segments.parted(pairs, chosen, off_link=request.off_link)
    return [replace(one, vlan=request.vlan) for one in (*whole, *found)], outside


def _ipv6(request: SweepRequest, chosen: Sequence[Link], pairs: Sequence[Pair]) -> tuple[list[IPv6Link], list[Pair]]:
    whole = ipv6_links.whole(chosen) if request.localnet or not request.words else []
    found, outside = ipv6_links.parted(pairs, chosen, off_link=request.off_link)
    return [*whole, *found], outside


def _pairs(request: SweepRequest, look_up: LookUp, plan: Plan) -> Iterator[Pair]:
    """Return the addresses of the words; a name without one is a finding."""
    hosts = []
    for word in dict.fromkeys(request.words):
        pair = (ipv6_addresses if request.ipv6 else ipv4_addresses)(word)
        if pair is None:
            hosts.append(word)
        else:
            yield pair
    answers = look_up(hosts) if hosts else {}
    version = 6 if request.ipv6 else 4
    for host in hosts:
        number = _number(answers.get(host), version)
        if number is None:
            plan.findings.append(Finding(host, f"no IPv{version} address is known for this name; not asked"))
        else:
            plan.names.setdefault(number, host)
            yield number, number


def _number(text: str | None, version: int) -> int | None:
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    return int(found) if found.version == version else None


def written(pair: Pair) -> str:
    """Return a range of addresses as a word; no IPv6 address that can be asked for is a number below 2^32."""
    first, last = map(ip_address, pair)
    return str(first) if first == last else f"{first}-{last}"
