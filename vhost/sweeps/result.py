"""What a segment answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from scanners.answers import Answer, Answers
from scanners.arp.question import Arp
from scanners.arp.segments import Segment
from scanners.packet_filter import arp_replies
from scanners.packets import BUFFER, PER_FRAME, Packets
from scanners.sweep import ATTEMPTS, Manner, Progress, Swept, Tell, sweep
from vhost.sweeps.plan import SweepRequest

SPARSE: Final = 1 << 15
"""Beyond so many addresses each is asked once by default: most of them are nobody's, and asking takes minutes."""
_SMALLEST_BUFFER: Final = 64 * PER_FRAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One segment after its sweep.

    `lost` frames did not fit into the kernel's buffer; its bytes are `short_buffer` where they are fewer than wanted.
    """

    segment: Segment
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
        return not self.swept.complete or (self.lost > 0 and self.answered < self.segment.asked.size)


def asked(segment: Segment, request: SweepRequest, tell: Tell, progress: Progress | None = None) -> Result:
    """Return what a segment answered. Raises `NotPermitted` and `SourceMissing`."""
    attempts = request.attempts or (1 if segment.asked.size > SPARSE else ATTEMPTS)
    manner = Manner(rate=request.rate, attempts=attempts, window=request.window)
    question = Arp(segment.link.mac, segment.sender, segment.held, request.vlan)
    buffer = min(BUFFER, max(_SMALLEST_BUFFER, segment.asked.size * PER_FRAME))
    with Packets(segment.link.name, arp_replies(), buffer=buffer) as packets:
        swept = sweep(packets, question, Answers(segment.asked, segment.held), manner, tell, progress)
        return Result(
            segment=segment,
            swept=swept,
            seen_at=datetime.now(UTC),
            lost=packets.lost(),
            short_buffer=packets.buffer if packets.buffer < buffer else None,
        )
