"""Words that name IPv6 addresses: 2001:db8::7, 2001:db8::/120, fe80::1-fe80::9."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network
from typing import Final

from scanners.ranges import Pair
from vhost.errors import UsageError

MOST: Final = 1 << 20
"""Addresses that one call asks for at most: a /108."""


def addresses(word: str) -> Pair | None:
    """Return the first and last address that a word names, None if it can only be a name. Raises `UsageError`."""
    if ":" not in word:
        if _is_ipv4(word):
            raise UsageError(word, "is IPv4, which neighbour discovery does not know", "leave out --ipv6")
        return None
    try:
        first, last = _range(word) if "-" in word else _network(word)
    except ValueError as error:
        raise UsageError(word, "is no IPv6 address, network or range", "as 2001:db8::/120") from error
    if last < first:
        raise UsageError(word, "the range ends before it begins")
    if last - first >= MOST:
        advice = f"at most {MOST} are asked for; --ipv6 alone pings all nodes of the link"
        raise UsageError(word, f"{last - first + 1} addresses are too many", advice)
    return first, last


def _is_ipv4(word: str) -> bool:
    try:
        IPv4Network(word, strict=False)
    except ValueError:
        return False
    return True


def _network(word: str) -> Pair:
    network = IPv6Network(word, strict=False)
    return int(network.network_address), int(network.broadcast_address)


def _range(word: str) -> Pair:
    first, _, last = word.partition("-")
    return int(IPv6Address(first)), int(IPv6Address(last))
