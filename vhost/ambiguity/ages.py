"""Limits of age as a user writes them: `machine=60d,arp=12h`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from vhost.collisions.limits import LIMITS, age
from vhost.errors import UsageError


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
