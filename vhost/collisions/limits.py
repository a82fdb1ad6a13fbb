"""How old what a source said may be before it no longer counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

LIMITS: Final[dict[str, tuple[timedelta, str]]] = {
    "machine": (timedelta(days=30), "configurations that a scan read"),
    "dhcp": (timedelta(days=30), "what DHCP, /etc/ethers, /etc/hosts and the macmap configure"),
    "lease": (timedelta(days=7), "leases that a DHCP server gave"),
    "dns": (timedelta(days=7), "answers of name servers"),
    "arp": (timedelta(days=1), "addresses that answered on the wire, and the kernel's neighbours"),
    "guest": (timedelta(hours=1), "guests that a hypervisor runs"),
}
"""The default limit of each kind of source, and what the kind is."""

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE: Final = re.compile(r"([0-9]{1,6})([smhdw])")

MOMENT: Final = "vhost_now"
"""The DuckDB variable that holds another time than now, from which ages are counted."""

NOW: Final = f"coalesce(getvariable('{MOMENT}'), make_timestamp(epoch_us(now())))"
"""Now as the tables have it: UTC without a zone."""


def age(text: str) -> timedelta | None:
    """Return a span of time such as `12h`, `30d` or `4w`; None for what is none."""
    match = _AGE.fullmatch(text.strip().lower())
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def variable(kind: str) -> str:
    """Return the name of the DuckDB variable that holds another limit than the default."""
    return f"vhost_limit_{kind}"


def limit(kind: str) -> str:
    """Return SQL of the limit of a kind of source."""
    seconds = int(LIMITS[kind][0].total_seconds())
    return f"coalesce(getvariable('{variable(kind)}'), to_seconds({seconds}))"


def fresh(kind: str, seen_at: str = "seen_at") -> str:
    """Return SQL that is true where a time is within the limit."""
    return f"{seen_at} >= {NOW} - {limit(kind)}"
