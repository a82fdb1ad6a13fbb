"""The question of a sweep by neighbour discovery: who has this IPv6 address."""

from __future__ import annotations

import os
from collections.abc import Collection
from ipaddress import IPv6Address
from typing import Final

from scanners.answers import Reply
from scanners.ethernet import IPV6, opened, single, spelled
from scanners.nd.frames import UNSPECIFIED, ping, solicitations
from scanners.packets import Frame

_ICMPV6: Final = 58
_ECHO_REPLY, _ADVERTISEMENT = 129, 136
_ON_LINK: Final = 255
_TARGET_LINK_LAYER: Final = 2


class Discovery:
    """Asks from `mac` and `sender`; the addresses `own` are asked for with probes, which announce nothing."""

    def __init__(self, mac: bytes, sender: IPv6Address, own: Collection[int] = ()) -> None:
        self._own = frozenset(own)
        self._number = int.from_bytes(os.urandom(2), "big")
        self._request = solicitations(spelled(mac), sender)
        self._probe = solicitations(spelled(mac), UNSPECIFIED)

    def frame(self, address: int) -> bytes:
        """Return the solicitation for an address."""
        return self._probe(address) if address in self._own else self._request(address)

    def ping(self, mac: bytes, sender: IPv6Address) -> bytes:
        """Return the ping of all nodes whose echoes `reply` knows."""
        return ping(spelled(mac), sender, self._number)

    def reply(self, frame: Frame) -> Reply | None:
        """Return what an advertisement, or an echo of our ping, says of its sender; None for everything else."""
        content = opened(frame)
        if content is None or content.protocol != IPV6 or len(content.payload) < 48:
            return None
        data = content.payload
        if data[6] != _ICMPV6:
            return None
        if data[40] == _ECHO_REPLY and int.from_bytes(data[44:46], "big") == self._number:
            return Reply(int.from_bytes(data[8:24], "big"), content.sender, content.sender, content.vlan)
        if data[40] != _ADVERTISEMENT or data[7] != _ON_LINK or len(data) < 64:
            return None
        mac = _target_mac(data[64:]) or content.sender
        return Reply(int.from_bytes(data[48:64], "big"), mac, content.sender, content.vlan)

    def usable(self, reply: Reply) -> bool:
        """Tell whether it is the address of one host, and the MAC of one interface."""
        address = IPv6Address(reply.address)
        special = address.is_unspecified or address.is_multicast or address.is_loopback or address.ipv4_mapped
        return not special and reply.address >> 32 != 0 and single(reply.mac)


def _target_mac(options: bytes) -> bytes | None:
    """Return the MAC of the option that names the target's link-layer address, None without one."""
    at = 0
    while at + 8 <= len(options) and options[at + 1]:
        if options[at] == _TARGET_LINK_LAYER:
            return options[at + 2 : at + 8]
        at += 8 * options[at + 1]
    return None
