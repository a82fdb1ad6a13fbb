"""Which addresses are asked for on which interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from scanners.arp.frames import UNKNOWN
from scanners.links import Link
from scanners.ranges import Pair, Ranges
from vhost.errors import UsageError

_LONGEST_PREFIX = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Addresses to ask for on one link, or with `vlan` on that VLAN of it.

    `own` is None where none of the link's networks holds them.
    """

    link: Link
    asked: Ranges
    own: IPv4Interface | None = None
    vlan: int | None = None

    @property
    def all_nodes(self) -> bool:
        """Return False: no ping of IPv4 is answered by all nodes."""
        return False

    @property
    def sender(self) -> IPv4Address:
        """Return the address we ask from; 0.0.0.0 where the link has none."""
        return self.own.ip if self.own else next((one.ip for one in self.link.v4), UNKNOWN)

    @property
    def network(self) -> str | None:
        """Return the network that holds the addresses, None where no network of the link does."""
        return str(self.own.network) if self.own else None

    @property
    def root(self) -> str:
        """Return the name of this place: the interface and the network. Who is silent on a VLAN may be elsewhere."""
        name = self.link.name if self.vlan is None else f"{self.link.name}.{self.vlan}"
        return f"{name} {self.own.network}" if self.own else name

    @property
    def held(self) -> Mapping[int, bytes]:
        """Return the addresses of the link itself that are asked for, with its MAC."""
        return {int(one.ip): self.link.mac for one in self.link.v4 if int(one.ip) in self.asked}


def whole(links: Iterable[Link]) -> list[Segment]:
    """Return the networks of the links, without those of one host. Raises `UsageError` where there is none."""
    found = [
        Segment(link=link, asked=Ranges([_span(own)]), own=own)
        for link in links
        for own in _networks(link)
        if own.network.prefixlen < _LONGEST_PREFIX
    ]
    if not found:
        raise UsageError("--localnet", "no interface that is up has an IPv4 network", "name targets and an interface")
    return found


def parted(pairs: Iterable[Pair], links: Sequence[Link], *, off_link: bool) -> tuple[list[Segment], list[Pair]]:
    """Return the addresses by the networks that hold them, and those that none of the links' networks holds.

    With `off_link` the latter are asked for on the first link. A link without any address may hold all.
    """
    left = Ranges(pairs)
    found = []
    for link in links:
        for own in _networks(link):
            asked = left.within(*_span(own))
            if asked.size:
                found.append(Segment(link=link, asked=asked, own=own))
                left = left.without(*_span(own))
    if left.size and len(links) == 1 and (off_link or not links[0].v4):
        return [*found, Segment(link=links[0], asked=left)], []
    return found, list(left.pairs)


def _networks(link: Link) -> list[IPv4Interface]:
    """Return the first address in each network of a link, the smallest network first."""
    firsts: dict[IPv4Network, IPv4Interface] = {}
    for own in link.v4:
        firsts.setdefault(own.network, own)
    return sorted(firsts.values(), key=lambda own: -own.network.prefixlen)


def _span(own: IPv4Interface) -> Pair:
    return int(own.network.network_address), int(own.network.broadcast_address)
