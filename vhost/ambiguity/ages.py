"""Limits of age as a user writes them: `machine=60d,arp=12h`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from vhost.collisions.limits import LIMITS
from vhost.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([smhdw])")


def age(text: str) -> timedelta | None:
    """Return a span of time such as `12h`, `30d` or `4w`; None for what is none."""
    match = _AGE.fullmatch(text.strip().lower())
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def limits(texts: Iterable[str]) -> dict[str, timedelta]:
    """Return the limits by kind of source. Raises `UsageError`."""
    found: dict[str, timedelta] = {}
    for word in (word for text in texts for word in text.split(",") if word.strip()):
        kind, _, span = word.partition("=")
        limit = age(span)
        if kind.strip().lower() not in LIMITS or limit is None:
            known = ", ".join(LIMITS)
            raise UsageError("--max-age", f"{word[:80]!r} is no KIND=AGE", f"write machine=60d; kinds are {known}")
        found[kind.strip().lower()] = limit
    return found
