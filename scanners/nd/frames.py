"""Neighbour solicitations and the ping of all nodes, made once with scapy; then only the target changes."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Final

ALL_NODES: Final = "ff02::1"
UNSPECIFIED: Final = IPv6Address(0)
_SOLICITED: Final = "ff02::1:ff00:0"
"""The group of a node's addresses; their last three bytes take the place of its last three."""
_GROUP_AT, _CHECKSUM_AT, _TARGET_AT = 51, 56, 62
"""Where the last three bytes of the group, the checksum and the target stand in a solicitation."""

Frames = Callable[[int], bytes]
"""Makes the frame that asks for an address."""


def ping(mac: str, sender: IPv6Address, number: int) -> bytes:
    """Return an echo request to all nodes of the link, with `number` as its identifier."""
    from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6  # noqa: PLC0415 - takes 250 ms, which only a sweep may cost
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    packet = Ether(dst="33:33:00:00:00:01", src=mac) / IPv6(src=str(sender), dst=ALL_NODES, hlim=1)
    return bytes(packet / ICMPv6EchoRequest(id=number, seq=1))


def solicitations(mac: str, sender: IPv6Address) -> Frames:
    """Return the maker of solicitations; with the sender `::` they probe for another holder, as RFC 4862 does."""
    from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    packet = Ether(dst="33:33:ff:00:00:00", src=mac) / IPv6(src=str(sender), dst=_SOLICITED, hlim=255)
    packet /= ICMPv6ND_NS(tgt="::")
    if sender != UNSPECIFIED:
        packet /= ICMPv6NDOptSrcLLAddr(lladdr=mac)
    made = bytes(packet)
    plain = ~int.from_bytes(made[_CHECKSUM_AT : _CHECKSUM_AT + 2], "big") & 0xFFFF

    def frame(address: int) -> bytes:
        target = address.to_bytes(16, "big")
        end = target[13:]
        words = sum(int.from_bytes(target[at : at + 2], "big") for at in range(0, 16, 2))
        checksum = _complement(plain + words + end[0] + int.from_bytes(end[1:], "big"))
        return b"".join(
            (
                *(made[:3], end, made[6:_GROUP_AT], end, made[_GROUP_AT + 3 : _CHECKSUM_AT]),
                *(checksum, made[_CHECKSUM_AT + 2 : _TARGET_AT], target, made[_TARGET_AT + 16 :]),
            )
        )

    return frame


def _complement(total: int) -> bytes:
    """Return the checksum of a sum of 16-bit words; see RFC 1071."""
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF or 0xFFFF).to_bytes(2, "big")
