"""Which addresses a call asks for on which link."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from scanners.arp import segments, targets
from scanners.arp.segments import Segment
from scanners.links import links, named, usable
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

    `attempts` None is 2, or 1 for very many addresses; `off_link` asks also for what no network of the link holds.
    """

    words: Sequence[str] = ()
    interface: str | None = None
    localnet: bool = False
    off_link: bool = False
    vlan: int | None = None
    rate: float = POLITE
    attempts: int | None = None
    window: float = WINDOW


@dataclass(slots=True)
class Plan:
    """What is asked for in which segment, what is wrong with the other words, and the names that were given."""

    segments: list[Segment]
    findings: list[Finding] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many addresses are asked for."""
        return sum(one.asked.size for one in self.segments)


def planned(request: SweepRequest, look_up: LookUp) -> Plan:
    """Return the plan of a request; nothing is sent. Raises `UsageError` and `SourceMissing`."""
    if not request.words and not request.localnet:
        raise UsageError("scan arp", "nothing to ask for", "name networks, ranges, hosts or groups, or take --localnet")
    known = links()
    chosen = [named(known, request.interface)] if request.interface else usable(known)
    plan = Plan(segments.whole(chosen) if request.localnet else [])
    pairs = list(_pairs(request.words, look_up, plan))
    found, outside = segments.parted(pairs, chosen, off_link=request.off_link)
    plan.segments += found
    where = f"no network of {request.interface}" if request.interface else "no network of this host"
    plan.findings += [Finding(targets.written(pair), f"is in {where}; not asked") for pair in outside]
    if plan.size > targets.MOST:
        raise UsageError("scan arp", f"{plan.size} addresses are too many", f"at most {targets.MOST} are asked for")
    return plan


def _pairs(words: Sequence[str], look_up: LookUp, plan: Plan) -> Iterator[Pair]:
    """Return the addresses of the words; a name without one is a finding."""
    hosts = []
    for word in dict.fromkeys(words):
        pair = targets.addresses(word)
        if pair is None:
            hosts.append(word)
        else:
            yield pair
    answers = look_up(hosts) if hosts else {}
    for host in hosts:
        number = _number(answers.get(host))
        if number is None:
            plan.findings.append(Finding(host, "no IPv4 address is known for this name; not asked"))
        else:
            plan.names.setdefault(number, host)
            yield number, number


def _number(text: str | None) -> int | None:
    try:
        return int(IPv4Address(text or ""))
    except ValueError:
        return None
