"""Everything that is heard on a segment or found in a capture, each claim once with the time it was last made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Final, Literal, NamedTuple

from scanners.announcements import dhcp, neighbour
from scanners.arp.message import Message, read
from scanners.ethernet import ARP, opened, single, spelled
from scanners.packets import Frame

Kind = Literal["arp", "dhcp", "nd"]

MOST: Final = 131_072
"""Claims that are kept; one host can make up as many as it likes."""


class Heard(NamedTuple):
    """One claim: by which protocol, and the MAC of the frame where it is not the one that is spoken of."""

    kind: Kind
    mac: str
    ip: str | None = None
    name: str | None = None
    vlan: int | None = None
    sender: str | None = None


@dataclass(slots=True)
class Times:
    """When a claim was last made, and when the lease that it tells of ends."""

    seen_at: datetime
    expires_at: datetime | None = None


@dataclass(slots=True)
class Overheard:
    """The claims that were heard; `overflow` counts those that were one too many."""

    claims: dict[Heard, Times] = field(default_factory=dict)
    frames: int = 0
    overflow: int = 0

    def add(self, frame: Frame, at: datetime) -> Heard | None:
        """Take in what a frame says, and return it if it is new."""
        self.frames += 1
        said = understood(frame)
        if said is None:
            return None
        heard, lease = said
        known = self.claims.get(heard)
        if known is None and len(self.claims) >= MOST:
            self.overflow += 1
            return None
        self.claims[heard] = Times(at, at + timedelta(seconds=lease) if lease is not None else None)
        return heard if known is None else None

    def contested(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Return the addresses that several MACs claim, with these, in the order they were heard."""
        macs: dict[str, dict[str, None]] = {}
        for one in self.claims:
            if one.ip is not None:
                macs.setdefault(one.ip, {})[one.mac] = None
        return ((ip, list(found)) for ip, found in macs.items() if len(found) > 1)


def understood(frame: Frame) -> tuple[Heard, int | None] | None:
    """Return the claim of a frame, and the seconds that its lease holds; None where it makes none."""
    content = opened(frame)
    if content is None:
        return None
    if content.protocol == ARP:
        message = read(frame)
        return _arp(message) if message is not None else None
    announced = dhcp(content)
    if announced is not None:
        return Heard("dhcp", announced.mac, announced.ip, announced.name, content.vlan), announced.lease
    announced = neighbour(content)
    if announced is None:
        return None
    sender = spelled(content.sender)
    other = sender if sender != announced.mac else None
    return Heard("nd", announced.mac, announced.ip, vlan=content.vlan, sender=other), None


def _arp(message: Message) -> tuple[Heard, None] | None:
    """Return the claim of an ARP message; a probe, whose sender has no address yet, makes none."""
    address = IPv4Address(message.address)
    if not single(message.mac) or address.is_multicast or address.is_loopback or address.is_reserved:
        return None
    if message.address[0] == 0:
        return None
    sender = spelled(message.frame_sender) if message.frame_sender != message.mac else None
    return Heard("arp", spelled(message.mac), str(address), vlan=message.vlan, sender=sender), None


def now() -> datetime:
    """Return the time at which something is heard live."""
    return datetime.now(UTC)
