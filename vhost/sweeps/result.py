"""What a network segment answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from scanners.answers import Answer, Answers
from scanners.arp.question import Arp
from scanners.arp.segments import Segment
from scanners.nd.links import IPv6Link
from scanners.nd.sweep import swept as ipv6_swept
from scanners.packet_filter import advertisements, arp_replies
from scanners.packets import BUFFER, PER_FRAME, Packets
from scanners.sweep import ATTEMPTS, Manner, Progress, Swept, Tell, sweep
from vhost.sweeps.plan import Place, SweepRequest

SPARSE: Final = 1 << 15
"""Beyond so many addresses each is asked once by default: most of them are nobody's, and asking takes minutes."""
_SMALLEST_BUFFER: Final = 64 * PER_FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One place after its sweep.

    `lost` frames did not fit into the kernel's buffer; its bytes are `short_buffer` where they are fewer than wanted.
    """

    place: Place
    swept: Swept
    seen_at: datetime
    lost: int = 0
    short_buffer: int | None = None

    @property
    def answered(self) -> int:
        """Return how many of the addresses that were asked for another host answered for."""
        return sum(1 for one in self.swept.answers.firsts() if one.attempt)

    @property
    def late(self) -> int:
        """Return how many addresses answered only after they were asked again."""
        return sum(1 for one in self.swept.answers.firsts() if one.attempt > 1)

    @property
    def unasked(self) -> int:
        """Return how many addresses spoke up that were not asked for."""
        return sum(1 for one in self.swept.answers.firsts() if not one.attempt)

    def duplicates(self) -> Iterator[list[Answer]]:
        """Return the answers for each address that several MACs hold."""
        return (found for found in self.swept.answers.by_address() if found[-1].number > 1)

    @property
    def partial(self) -> bool:
        """Tell whether an address may be in use although no answer for it is known."""
        return not self.swept.complete or (self.lost > 0 and self.answered < self.place.asked.size)


def question(place: Segment, vlan: int | None) -> Arp:
    """Return the question to a segment; scapy makes its frames, which takes a moment. Raises `VhostError`."""
    return Arp(place.link.mac, place.sender, place.held, vlan)


def asked(
    place: Place, request: SweepRequest, tell: Tell, progress: Progress | None = None, arp: Arp | None = None
) -> Result:
    """Return what a place answered; `arp` is its question, where it is made already.

    Raises `NotPermitted` and `SourceMissing`.
    """
    attempts = request.attempts or (1 if place.asked.size > SPARSE else ATTEMPTS)
    manner = Manner(rate=request.rate, attempts=attempts, window=request.window)
    ipv6 = isinstance(place, IPv6Link)
    buffer = BUFFER if ipv6 else min(BUFFER, max(_SMALLEST_BUFFER, place.asked.size * PER_FRAME))
    program = advertisements() if ipv6 else arp_replies()
    with Packets(place.link.name, program, buffer=buffer, multicast=ipv6) as packets:
        if isinstance(place, IPv6Link):
            place, swept = ipv6_swept(packets, place, manner, tell, progress)
        else:
            arp = arp or question(place, request.vlan)
            swept = sweep(packets, arp, Answers(place.asked, place.held), manner, tell, progress)
        return Result(
            place=place,
            swept=swept,
            seen_at=datetime.now(UTC),
            lost=packets.lost(),
            short_buffer=packets.buffer if packets.buffer < buffer else None,
        )
