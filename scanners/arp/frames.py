"""ARP requests as they are sent: made once with scapy, then only the address that is asked for changes."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

BROADCAST: Final = "ff:ff:ff:ff:ff:ff"
UNKNOWN: Final = IPv4Address(0)
_SHORTEST: Final = 60
"""Bytes of the shortest frame of an Ethernet, without its checksum."""

Frames = Callable[[int], bytes]
"""Makes the frame that asks for an address."""


def requests(mac: str, sender: IPv4Address, vlan: int | None = None) -> Frames:
    """Return the maker of requests from `mac` and `sender`; with the sender 0.0.0.0 they are probes of RFC 5227.

    A probe asks without saying that the sender has an address, so that nobody's table changes.
    """
    from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: PLC0415 - takes 200 ms, which only a sweep may cost

    ethernet = Ether(dst=BROADCAST, src=mac)
    request = ARP(op="who-has", hwsrc=mac, psrc=str(sender), hwdst="00:00:00:00:00:00", pdst="255.255.255.255")
    packet = ethernet / request if vlan is None else ethernet / Dot1Q(vlan=vlan) / request
    made = bytes(packet)
    head, tail = made[:-4], bytes(max(0, _SHORTEST - len(made)))
    return lambda address: head + address.to_bytes(4, "big") + tail
