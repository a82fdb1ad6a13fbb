"""ARP messages as they are received.

Byte by byte, because a sweep at full speed receives more of them than scapy can take apart. Source: RFC 826.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from scanners.ethernet import ARP, opened
from scanners.packets import Frame

REQUEST: Final = 1
REPLY: Final = 2

_BODY: Final = struct.Struct("!HHBBH6s4s6s4s")
_ETHERNET_IPV4: Final = (1, 0x0800, 6, 4)
_PLAIN: Final = bytes.fromhex("0806 0001 0800 06 04")


class Message(NamedTuple):
    """One ARP message: what it says of its sender, whom it is about, and the frame it came in."""

    operation: int
    mac: bytes
    address: bytes
    target_mac: bytes
    target: bytes
    frame_sender: bytes
    vlan: int | None


def read(frame: Frame) -> Message | None:
    """Return the ARP message of a frame, None if it holds none of Ethernet and IPv4, or only a part of one."""
    data = frame.data
    if data[12:20] == _PLAIN and len(data) >= 14 + _BODY.size:
        _, _, _, _, operation, mac, address, target_mac, target = _BODY.unpack_from(data, 14)
        return Message(operation, mac, address, target_mac, target, data[6:12], frame.vlan)
    content = opened(frame)
    if content is None or content.protocol != ARP or len(content.payload) < _BODY.size:
        return None
    *kinds, operation, mac, address, target_mac, target = _BODY.unpack_from(content.payload)
    if tuple(kinds) != _ETHERNET_IPV4:
        return None
    return Message(operation, mac, address, target_mac, target, content.sender, content.vlan)
