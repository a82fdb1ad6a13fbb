"""Which IPv6 addresses are asked for on which link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address, IPv6Interface, ip_address

from scanners.links import Link
from scanners.ranges import Pair, Ranges
from vhost.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class IPv6Link:
    """Addresses to ask for on one link; with `all_nodes` also those of all nodes that answer a ping."""

    link: Link
    asked: Ranges = field(default_factory=Ranges)
    all_nodes: bool = False

    @property
    def sender(self) -> IPv6Address:
        """Return the link-local address that we ask from, else the first address of the link."""
        own = [one.ip for one in self.link.v6]
        return next((ip for ip in own if ip.is_link_local), own[0])

    @property
    def senders(self) -> list[IPv6Address]:
        """Return one address in each of the link's networks: nodes answer from the network that they are asked from."""
        return list({one.network: one.ip for one in self.link.v6}.values())

    @property
    def network(self) -> str | None:
        """Return None: a link has several IPv6 networks, and most nodes have addresses in all of them."""
        return None

    @property
    def root(self) -> str:
        """Return the name of this place."""
        return f"{self.link.name} IPv6"

    @property
    def held(self) -> Mapping[int, bytes]:
        """Return the addresses of the link itself that are asked for, with its MAC."""
        return {int(one.ip): self.link.mac for one in self.link.v6 if int(one.ip) in self.asked}

    def with_nodes(self, addresses: Iterable[int]) -> IPv6Link:
        """Return the link with the nodes that answered, and its own addresses, to ask for beside the others."""
        more = (*addresses, *(int(one.ip) for one in self.link.v6))
        return replace(self, asked=Ranges([*self.asked.pairs, *((one, one) for one in more)]))

    def with_known(self, texts: Iterable[str]) -> IPv6Link:
        """Return the link with addresses that were known before to ask for, of which only IPv6 ones count."""
        found = [int(one) for one in map(ip_address, texts) if one.version == 6]
        return replace(self, asked=Ranges([*self.asked.pairs, *((one, one) for one in found)]))


def whole(links: Iterable[Link]) -> list[IPv6Link]:
    """Return the links that have an IPv6 address. Raises `UsageError` where none has."""
    found = [IPv6Link(link=link, all_nodes=True) for link in links if link.v6]
    if not found:
        raise UsageError("--ipv6", "no interface that is up has an IPv6 address", "see ip -6 addr")
    return found


def parted(pairs: Iterable[Pair], links: Sequence[Link], *, off_link: bool) -> tuple[list[IPv6Link], list[Pair]]:
    """Return the addresses by the links whose networks hold them, and those that none holds.

    With `off_link` the latter are asked for on the first link. A link-local address is on every link: the first counts.
    """
    left = Ranges(pairs)
    found = []
    for link in links:
        wanted: list[Pair] = []
        for own in link.v6:
            wanted += left.within(*_span(own)).pairs
            left = left.without(*_span(own))
        if link.v6 and off_link and len(links) == 1:
            wanted, left = [*wanted, *left.pairs], Ranges()
        if wanted:
            found.append(IPv6Link(link=link, asked=Ranges(wanted)))
    return found, list(left.pairs)


def _span(own: IPv6Interface) -> Pair:
    return int(own.network.network_address), int(own.network.broadcast_address)
