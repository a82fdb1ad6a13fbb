"""Questions of a sweep: the names of addresses, the addresses of names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from scanners.dns import names
from scanners.dns.names import Address
from scanners.dns.wire import AAAA, IN, PTR, TYPES, A
from vhost.errors import UsageError

MOST: Final = 1 << 20
"""Questions of one sweep; a range that is larger is a mistake, or needs several."""

RECURSION_DESIRED: Final = 0x0100
_HEAD: Final = Struct("!HHHHHH").pack
_TAIL: Final = Struct("!HH").pack


@dataclass(frozen=True, slots=True)
class Question:
    """A name, as claims spell it, and the type that is asked for."""

    name: str
    kind: int

    @property
    def type(self) -> str:
        """Return the type by its name."""
        return TYPES[self.kind]

    def plain(self) -> bytes | None:
        """Return the name as bytes if it has as many as on the wire, but for those around it; else None."""
        return None if "\\" in self.name or self.name == "." else self.name.encode("ascii")

    def packed(self) -> bytes:
        """Return the question section of a message. Raises `UsageError` for a name that has no such form."""
        return names.wire(self.name) + _TAIL(self.kind, IN)


def message(number: int, question: bytes) -> bytes:
    """Return a whole message that asks one question; without EDNS, whose size no answer here needs."""
    return _HEAD(number, RECURSION_DESIRED, 1, 0, 0, 0) + question


def of_addresses(addresses: Iterable[Address]) -> Iterator[Question]:
    """Return the questions for the names of addresses."""
    return (Question(names.reverse(address), PTR) for address in addresses)


def of_names(wanted: Iterable[str]) -> Iterator[Question]:
    """Return the questions for the addresses of names, of both kinds."""
    return (Question(name, kind) for name in wanted for kind in (A, AAAA))


def addresses(text: str) -> list[Address] | None:
    """Return the addresses of a range: an address, a network, `a-b`; None for what is a name.

    Raises `UsageError` for a range that is wrong or holds more than `MOST` addresses.
    """
    if "/" in text:
        net = names.network(text)
        _check(text, net.num_addresses)
        return [*net.hosts()] if net.num_addresses > 2 else [*net]
    first, dash, last = text.partition("-")
    try:
        low = ipaddress.ip_address(first)
    except ValueError:
        return None
    try:
        high = ipaddress.ip_address(last) if dash else low
    except ValueError as error:
        raise UsageError(text[:80], "is no range", "write it as 192.0.2.1-192.0.2.9") from error
    if low.version != high.version or int(high) < int(low):
        raise UsageError(text[:80], "is no range", "write it as 192.0.2.1-192.0.2.9")
    _check(text, int(high) - int(low) + 1)
    return [type(low)(number) for number in range(int(low), int(high) + 1)]


def _check(text: str, count: int) -> None:
    if count > MOST:
        raise UsageError(text[:80], f"holds {count} addresses, one sweep asks for at most {MOST}", "sweep a part of it")
