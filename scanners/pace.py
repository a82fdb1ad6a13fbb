"""How fast frames may follow each other."""

from __future__ import annotations

from typing import Final

POLITE: Final = 533.0
"""Frames a second that take 256 kbit/s, the default of arp-scan."""

_UNLIMITED: Final = 64
"""Frames between two looks at what came back, where nothing limits the pace."""
_BURST: Final = 0.02
"""Seconds whose frames may be sent at once after a pause; what was missed beyond that is not made up for."""


class Pace:
    """Says how many frames may be sent now. `rate` is frames a second, 0 as fast as the interface takes them."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._burst = 1.0 + rate * _BURST
        self._credit = 1.0
        self._then = now

    def due(self, now: float) -> int:
        """Return how many frames may be sent at this time, in seconds; they count as sent."""
        if not self._rate:
            return _UNLIMITED
        self._credit = min(self._burst, self._credit + (now - self._then) * self._rate)
        self._then = now
        whole = int(self._credit)
        self._credit -= whole
        return whole

    def pause(self) -> float:
        """Return the seconds until the next frame may be sent, if none may be sent now."""
        return (1.0 - self._credit) / self._rate if self._rate else 0.0
