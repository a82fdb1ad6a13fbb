"""Network interfaces of this host, as the kernel lists them."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Final

from scanners import rtnetlink
from scanners.rtnetlink import Message
from vhost.errors import SourceMissing

_LINK: Final = struct.Struct("=BxHiII")
_ADDRESS: Final = struct.Struct("=BBBBI")
_UP, _LOOPBACK, _NOARP, _LOWER_UP = 0x1, 0x8, 0x80, 0x10000
_ETHERNET: Final = 1
_MAC, _NAME = 1, 3
_PEER, _LOCAL, _FLAGS = 1, 2, 8
_UNUSABLE: Final = 0x08 | 0x40
"""IFA_F_DADFAILED and IFA_F_TENTATIVE: addresses of which the kernel does not know whether they are ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One interface; `mac` is empty where it has none, `networks` are its addresses with their prefix lengths."""

    index: int
    name: str
    mac: bytes = b""
    up: bool = True
    carrier: bool = True
    ethernet: bool = True
    networks: tuple[IPv4Interface | IPv6Interface, ...] = ()

    @property
    def v4(self) -> tuple[IPv4Interface, ...]:
        """Return the IPv4 addresses in the kernel's order."""
        return tuple(one for one in self.networks if isinstance(one, IPv4Interface))

    @property
    def v6(self) -> tuple[IPv6Interface, ...]:
        """Return the IPv6 addresses in the kernel's order."""
        return tuple(one for one in self.networks if isinstance(one, IPv6Interface))


def links() -> list[Link]:
    """Return the interfaces of this host in the kernel's order. Raises `SourceMissing`."""
    return read(rtnetlink.dump(rtnetlink.LINKS), rtnetlink.dump(rtnetlink.ADDRESSES))


def read(found: Iterable[Message], addresses: Iterable[Message]) -> list[Link]:
    """Return the interfaces that the rows of both tables describe."""
    networks: dict[int, list[IPv4Interface | IPv6Interface]] = {}
    for message in addresses:
        _, prefix, flags, _, index = _ADDRESS.unpack(message.fixed)
        flags = int.from_bytes(message.attributes.get(_FLAGS, bytes([flags])), sys.byteorder)
        own = message.attributes.get(_LOCAL) or message.attributes.get(_PEER)
        if own and not flags & _UNUSABLE:
            networks.setdefault(index, []).append(ip_interface((own, prefix)))
    return [_link(message, networks) for message in found]


def _link(message: Message, networks: dict[int, list[IPv4Interface | IPv6Interface]]) -> Link:
    _, kind, index, flags, _ = _LINK.unpack(message.fixed)
    return Link(
        index=index,
        name=message.attributes.get(_NAME, b"?").rstrip(b"\0").decode("utf-8", "replace"),
        mac=message.attributes.get(_MAC, b""),
        up=bool(flags & _UP),
        carrier=bool(flags & _LOWER_UP),
        ethernet=kind == _ETHERNET and not flags & (_LOOPBACK | _NOARP),
        networks=tuple(networks.get(index, ())),
    )


def usable(found: Sequence[Link]) -> list[Link]:
    """Return the interfaces that frames can be sent on: Ethernet, up, with a carrier."""
    return [link for link in found if link.ethernet and link.up and link.carrier]


def named(found: Sequence[Link], name: str) -> Link:
    """Return the interface of this name. Raises `SourceMissing` if no frames can be sent on it."""
    link = next((one for one in found if one.name == name), None)
    if link is None:
        known = ", ".join(one.name for one in usable(found)) or "none that could be used"
        raise SourceMissing(name, "no such interface", f"there are: {known}")
    if not link.ethernet:
        raise SourceMissing(name, "is no Ethernet interface that does ARP", "name another one with --interface")
    if not link.up:
        raise SourceMissing(name, "the interface is down", f"ip link set {name} up")
    if not link.carrier:
        raise SourceMissing(name, "the interface has no carrier", "nothing is connected to it")
    return link
