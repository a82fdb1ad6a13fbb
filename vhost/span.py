"""Spans of time in words."""

from __future__ import annotations

_UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))


def spoken(seconds: float) -> str:
    """Return a span of time in the largest unit of which there are two: 45 seconds, 3 hours, 12 days."""
    for unit, length in _UNITS:
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(int(seconds), 0)} seconds"
