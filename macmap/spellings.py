r"""The values that every format spells in its own way: MACs, addresses, hex digits, times.

    0:16:3E:58:0:1  00-16-3e-58-00-01      192.168.1.220  [2001:DB8::1]      "\001\000!"      1508141363

Each function returns one spelling of them, or says that they are none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from vhost import normal

_LAST_YEAR: Final = 253_402_300_799
"""The last second of the year 9999."""


def mac(text: str) -> str | None:
    """Return a MAC in lower case with colons, whatever its spelling; None if it is none."""
    return normal.mac(text)


def address(text: str) -> str | None:
    """Return an IPv4 or IPv6 address in normal form, without the zone of a link; None if it is none."""
    return normal.address(text.partition("%")[0] if "%" in text else text)


def hexadecimal(text: str) -> str | None:
    """Return hex digits in lower case with colons between bytes (`00:01:ff`); None if they are none."""
    if not text:
        return None
    text = text.lower().removeprefix("0x")
    parts = re.split("[:-]", text) if ":" in text or "-" in text else _pairs(text)
    if not all(re.fullmatch("[0-9a-f]{1,2}", part) for part in parts):
        return None
    return ":".join(part.zfill(2) for part in parts)


def _pairs(digits: str) -> list[str]:
    return [digits[at : at + 2] for at in range(0, len(digits), 2)] if len(digits) % 2 == 0 else [""]


def moment(seconds: str) -> datetime:
    """Return the time (UTC) of so many seconds since 1970, given in digits. Raises `ValueError` for what is none."""
    if not seconds.isdecimal() or len(seconds) > 12:
        raise ValueError(seconds)
    return datetime.fromtimestamp(min(int(seconds), _LAST_YEAR), UTC)


def shown(text: str) -> str:
    """Return text as a message shows it, in quotes and not too long."""
    text = text.strip()
    return repr(text if len(text) <= 40 else text[:37] + "...")


def time(text: str) -> datetime:
    """Return an ISO time in UTC; one without a zone is in UTC. Raises `ValueError` for what is none."""
    made = datetime.fromisoformat(text)
    return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
