r"""Names of DNS as claims spell them: lower case, no dot at the end, odd bytes as `\DDD`; the root is `.`.

Source: RFC 1035 section 5.1 (escapes), RFC 3596 section 2.5 (ip6.arpa), RFC 5891 (internationalised names).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from vhost.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST: Final = 255
"""Bytes of a name on the wire."""

_LENGTHS: Final = {length: bytes((length,)) for length in range(1, 64)}
_PLAIN: Final = b"abcdefghijklmnopqrstuvwxyz0123456789-_*/+=:~!#%&',<>?[]^`{|}"
_MARKED: Final = b'".\\()@$'


def presented(label: bytes) -> bytes:
    r"""Return a label as it stands in a name: `a.b` is `a\.b`, a blank `\032`, `;` too is written as a number."""
    low = label.lower()
    return b"".join(map(_presented, low)) if low.translate(None, _PLAIN) else low


def _presented(byte: int) -> bytes:
    if byte in _PLAIN:
        return bytes((byte,))
    return b"\\%c" % byte if byte in _MARKED else b"\\%03d" % byte


def reverse(address: Address) -> str:
    """Return the name that is asked for the names of an address: `4.3.2.1.in-addr.arpa`."""
    return address.reverse_pointer


def zone(text: str) -> str:
    """Return the zone that a user names: a name in any script, or a network, which is its reverse zone.

    Raises `UsageError` for what is neither.
    """
    if "/" in text:
        return reverse_zone(network(text))
    return name(text)


def network(text: str) -> Network:
    """Return the network; bits after the prefix are left out. Raises `UsageError` if it is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise UsageError(text[:80], "is no network", "write it as 192.0.2.0/24") from error


def reverse_zone(net: Network) -> str:
    """Return the reverse zone that holds a network: at the octet (IPv4) or digit (IPv6) at or before its prefix."""
    bits, parts = (8, 4) if net.version == 4 else (4, 32)
    labels = net.network_address.reverse_pointer.split(".")
    return ".".join(labels[parts - net.prefixlen // bits :])


def name(text: str) -> str:
    """Return a name as claims spell it, from what a user typed. Raises `UsageError` for what is none."""
    import dns.exception  # noqa: PLC0415 - only a scan pays for it
    import dns.name  # noqa: PLC0415 - as above

    try:
        parsed = dns.name.from_text(text or "..")
    except (dns.exception.DNSException, UnicodeError, ValueError) as error:
        raise UsageError(text[:80] or "''", "is no name", "write it as lab.example") from error
    return spelled(parsed.labels)


def spelled(labels: Iterable[bytes]) -> str:
    """Return the name of these labels, of which an empty one is the root."""
    return b".".join(presented(label) for label in labels if label).decode("ascii") or "."


def wire(text: str) -> bytes:
    """Return the bytes of a name on the wire, from the spelling of claims. Raises `UsageError` for what is none."""
    if text.isascii() and "\\" not in text and text != ".":  # what a sweep asks for, by the ten thousand
        with suppress(KeyError):
            packed = b"".join([_LENGTHS[len(label)] + label for label in text.encode("ascii").split(b".")]) + b"\0"
            if len(packed) <= LONGEST:
                return packed
    import dns.name  # noqa: PLC0415 - only odd names pay for it

    return dns.name.from_text(name(text)).to_wire() or b"\0"
