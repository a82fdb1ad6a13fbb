"""The question of a sweep by ARP: who has this IPv4 address."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address
from typing import Final

from scanners.answers import Reply
from scanners.arp.frames import filled, templates
from scanners.arp.message import REPLY, read
from scanners.ethernet import single, spelled
from scanners.packets import Frame

_FIRST_GROUP: Final = 224 << 24
_NOBODY: Final = frozenset({0, 127})
"""The first parts of addresses that no host on a link can have: "this network" and loopback."""


class Arp:
    """Asks from `mac` and `sender`; the addresses `own` are asked for with probes, which announce nothing."""

    def __init__(self, mac: bytes, sender: IPv4Address, own: Collection[int] = (), vlan: int | None = None) -> None:
        self._own = frozenset(own)
        self._request, self._probe = map(filled, templates(spelled(mac), sender, vlan))

    def frame(self, address: int) -> bytes:
        """Return the request for an address."""
        return self._probe(address) if address in self._own else self._request(address)

    def reply(self, frame: Frame) -> Reply | None:
        """Return what an ARP reply says of its sender, None for everything else."""
        message = read(frame)
        if message is None or message.operation != REPLY:
            return None
        return Reply(int.from_bytes(message.address, "big"), message.mac, message.frame_sender, message.vlan)

    def usable(self, reply: Reply) -> bool:
        """Tell whether it is the address of one host, and the MAC of one interface."""
        return reply.address < _FIRST_GROUP and reply.address >> 24 not in _NOBODY and single(reply.mac)
