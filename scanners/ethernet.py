"""Frames of an Ethernet, taken apart: who sent one, in which VLAN, and what it carries.

    ff:ff:ff:ff:ff:ff 52:54:00:12:34:56 8100 0005 0806 ...    from 52:54:00:12:34:56, VLAN 5, ARP

Understood: Ethernet II, 802.1Q and 802.1ad tags, 802.2 frames with a SNAP header.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from scanners.packets import Frame

ARP: Final = 0x0806
IPV4: Final = 0x0800
IPV6: Final = 0x86DD

_HEADER: Final = 14
_TAGS: Final = frozenset({b"\x81\x00", b"\x88\xa8", b"\x91\x00"})
_MOST_TAGS: Final = 4
_LARGEST_LENGTH: Final = 1500
_SNAP: Final = b"\xaa\xaa\x03\0\0\0"
_VLAN_BITS: Final = 0x0FFF


class Content(NamedTuple):
    """What a frame carries: the MAC of its sender, its VLAN (None: no tag), the protocol, and the bytes after that."""

    sender: bytes
    vlan: int | None
    protocol: int
    payload: bytes


def opened(frame: Frame) -> Content | None:
    """Return the content of a frame, None if it is cut off or not understood; of several tags the outermost counts."""
    data, vlan = frame
    at = _HEADER - 2
    for _ in range(_MOST_TAGS):
        if data[at : at + 2] not in _TAGS:
            break
        vlan = vlan or int.from_bytes(data[at + 2 : at + 4], "big") & _VLAN_BITS or None
        at += 4
    protocol = int.from_bytes(data[at : at + 2], "big")
    at += 2
    if protocol <= _LARGEST_LENGTH:
        if data[at : at + 6] != _SNAP:
            return None
        protocol = int.from_bytes(data[at + 6 : at + 8], "big")
        at += 8
    return Content(data[6:12], vlan, protocol, data[at:]) if len(data) > at else None


def spelled(mac: bytes) -> str:
    """Return a MAC in lower case with colons."""
    return mac.hex(":")


def single(mac: bytes) -> bool:
    """Tell whether a MAC can be that of one interface: not zero, and no group."""
    return any(mac) and not mac[0] & 1
