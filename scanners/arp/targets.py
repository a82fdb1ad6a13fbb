"""Words that name IPv4 addresses: 10.0.0.7, 10.0.0.0/24, 10.0.0.10-10.0.0.20, 10.0.0.10-20."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Network, NetmaskValueError
from typing import Final

from scanners.ranges import Pair
from vhost.errors import UsageError

MOST: Final = 1 << 20
"""Addresses that one call asks for at most: a /12."""

_NUMERIC: Final = re.compile(r"[0-9.]+(?:[/-][0-9.]*)?")


def is_numeric(word: str) -> bool:
    """Tell whether a word can only be an address, a network or a range, never a name."""
    return bool(_NUMERIC.fullmatch(word)) or _is_ipv6(word)


def addresses(word: str) -> Pair | None:
    """Return the first and last address that a word names, None if it can only be a name.

    Network and broadcast addresses count: who answers there has the wrong prefix length. Raises `UsageError`.
    """
    if _is_ipv6(word):
        raise UsageError(word, "is IPv6, which ARP does not know", "neighbour discovery asks for it: --ipv6")
    if not _NUMERIC.fullmatch(word):
        return None
    try:
        first, last = _network(word) if "/" in word else _range(word)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise UsageError(word, "is no IPv4 address, network or range", "as 10.0.0.0/24 or 10.0.0.1-20") from error
    if last < first:
        raise UsageError(word, "the range ends before it begins")
    if last - first >= MOST:
        raise UsageError(word, f"{last - first + 1} addresses are too many", f"at most {MOST} are asked for")
    return first, last


def _is_ipv6(word: str) -> bool:
    try:
        IPv6Network(word, strict=False)
    except ValueError:
        return False
    return True


def _network(word: str) -> Pair:
    network = IPv4Network(word, strict=False)
    return int(network.network_address), int(network.broadcast_address)


def _range(word: str) -> Pair:
    first, dash, last = word.partition("-")
    low = IPv4Address(first)
    if not dash:
        return int(low), int(low)
    high = IPv4Address(last) if "." in last else IPv4Address(f"{first.rpartition('.')[0]}.{last}")
    return int(low), int(high)
