"""Normal forms: the one spelling in which MACs, UUIDs and addresses are compared.

The same rules stand as SQL in `vhost.schema`; a property test holds the two together.
"""

from __future__ import annotations

import ipaddress
import re

_MAC_NORMAL = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_QUAD_NORMAL = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|\Z)){4}(?<!\.)", re.ASCII)
"""What is in normal form already, as nearly every value of a million is."""
_MAC_PARTS = re.compile(r"[0-9a-f]{1,2}(?:([:-])[0-9a-f]{1,2})(?:\1[0-9a-f]{1,2}){4}")
_MAC_BARE = re.compile(r"[0-9a-f]{12}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}")
_UUID = re.compile(r"[0-9a-f]{32}")
_UUID_FILL = re.compile(r"[- {}]")


def mac(value: str) -> str | None:
    """Return the MAC in lower case with colons (`00:50:56:13:11:4a`), None if it is none.

    Understood: `0:50:56:1:2:3`, `00-50-56-13-11-4A`, `0050.5613.114a`, `00505613114A`.
    """
    if _MAC_NORMAL.fullmatch(value):
        return value
    text = value.strip(" ").lower()
    if _MAC_PARTS.fullmatch(text):
        return ":".join(part.zfill(2) for part in re.split("[:-]", text))
    if _MAC_BARE.fullmatch(text):
        digits = text.replace(".", "")
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return None


def uuid(value: str) -> str | None:
    """Return the UUID as 32 lower-case hex digits, None if it is none.

    Dashes, blanks and braces may stand anywhere, as in `56 4d 68 42 ca f9 1e 3e-43 24 9e d5 ...`.
    """
    digits = _UUID_FILL.sub("", value).lower()
    return digits if _UUID.fullmatch(digits) else None


def address(value: str) -> str | None:
    """Return the IPv4 or IPv6 address as `ipaddress` prints it, None if it is none."""
    if _QUAD_NORMAL.fullmatch(value):
        return value
    try:
        bare = value.strip(" ")
        return str(ipaddress.ip_address(bare[1:-1] if bare[:1] + bare[-1:] == "[]" else bare))
    except ValueError:
        return None
