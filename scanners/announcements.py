"""What hosts say of themselves without being asked: DHCP for IPv4 and IPv6 neighbour discovery, read with scapy.

    DHCP request from 52:54:00:12:34:56, "tst100", wants 10.77.0.9      (RFC 2131, 2132)
    neighbour advertisement: fe80::1 is at 52:54:00:12:34:56            (RFC 4861)

A frame comes from anybody: what is cut off, or not what it should be, says nothing.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

from scanners.ethernet import IPV4, IPV6, Content, single, spelled

_UDP, _ICMPV6 = 17, 58
_PORTS: Final = frozenset({67, 68})
_ND: Final = range(133, 137)
"""Router solicitation and advertisement, neighbour solicitation and advertisement."""
_ON_LINK: Final = 255
"""The hop limit of neighbour discovery; one that is less has come through a router and is forged."""
_REQUEST, _ACK = 3, 5
_LONGEST_NAME: Final = 255
_SHORTEST_BOOTP: Final = 240


class Announced(NamedTuple):
    """One host's words: its MAC, its address if it has one yet, its name, and the seconds that its lease holds."""

    mac: str
    ip: str | None
    name: str | None = None
    lease: int | None = None


def dhcp(content: Content) -> Announced | None:
    """Return what a DHCP request says of the client, or an acknowledgement of its lease; None for anything else."""
    payload = content.payload
    if content.protocol != IPV4 or len(payload) < 28 or payload[9] != _UDP:
        return None
    at = 4 * (payload[0] & 15)
    ports = {int.from_bytes(payload[at + side : at + side + 2], "big") for side in (0, 2)}
    message = payload[at + 8 :]
    return _bootp(message) if ports & _PORTS and len(message) >= _SHORTEST_BOOTP else None


def _bootp(data: bytes) -> Announced | None:
    from scapy.layers.dhcp import BOOTP, DHCP  # noqa: PLC0415 - only who hears such a message pays for it

    message = BOOTP(data)
    if DHCP not in message or message.htype != 1 or not single(message.chaddr[:6]):
        return None
    options: dict[str, object] = dict(
        option[:2] for option in message[DHCP].options if isinstance(option, tuple) and len(option) > 1
    )
    kind = options.get("message-type")
    if message.op == 2 and kind != _ACK:
        return None
    given = _address(message.yiaddr if message.op == 2 else message.ciaddr)
    wanted = _address(options.get("requested_addr")) if message.op == 1 and kind == _REQUEST else None
    lease = options.get("lease_time") if message.op == 2 else None
    name = _name(options.get("hostname"))
    return Announced(spelled(message.chaddr[:6]), given or wanted, name, lease if isinstance(lease, int) else None)


def _address(value: object) -> str | None:
    """Return a usable IPv4 address, None if it is none."""
    try:
        found = IPv4Address(str(value))
    except ValueError:
        return None
    return None if found.is_unspecified or found.is_multicast or found.is_loopback else str(found)


def _name(value: object) -> str | None:
    if not isinstance(value, bytes):
        return None
    return value[:_LONGEST_NAME].rstrip(b"\0").decode("utf-8", "surrogateescape") or None


def neighbour(content: Content) -> Announced | None:
    """Return what a message of neighbour discovery says of its sender, None for anything else.

    A sender without an address yet (duplicate address detection) says nothing.
    """
    payload = content.payload
    if content.protocol != IPV6 or len(payload) < 44 or payload[6] != _ICMPV6 or payload[40] not in _ND:
        return None
    from scapy.layers.inet6 import (  # noqa: PLC0415 - as above
        ICMPv6ND_NA,
        ICMPv6NDOptDstLLAddr,
        ICMPv6NDOptSrcLLAddr,
        IPv6,
    )

    packet = IPv6(payload)
    if packet.hlim != _ON_LINK:
        return None
    advertised = packet.getlayer(ICMPv6ND_NA)
    option = packet.getlayer(ICMPv6NDOptSrcLLAddr if advertised is None else ICMPv6NDOptDstLLAddr)
    address = _own(packet.src if advertised is None else advertised.tgt)
    mac = option.lladdr.lower() if option is not None and option.len == 1 else spelled(content.sender)
    return Announced(mac, address) if address and single(bytes.fromhex(mac.replace(":", ""))) else None


def _own(value: str) -> str | None:
    found = IPv6Address(value)
    return None if found.is_unspecified or found.is_multicast or found.is_loopback else str(found)
