"""What is exported: claims about a name, a MAC and an address, and the smaller ones that a format has room for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Claim(NamedTuple):
    """A name, a MAC and an address that belong together, and what else is known of them. Times are ISO, UTC."""

    name: str | None = None
    mac: str | None = None
    ip: str | None = None
    segment: str | None = None
    expires_at: str | None = None
    seen_at: str | None = None
    kind: str | None = None
    source: str | None = None

    @property
    def bare(self) -> Claim:
        """Return name, MAC and address alone."""
        return Claim(self.name, self.mac, self.ip)

    @property
    def text(self) -> str:
        """Return the three parts as a message shows them."""
        return ";".join(part or "" for part in self[:3])


def family(ip: str) -> int:
    """Return 6 for an IPv6 address and 4 for all others."""
    return 6 if ":" in ip else 4


def largest(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims once each, without those that say nothing that another one does not say as well."""
    once = list(dict.fromkeys(claims))
    known: set[tuple[int, str | None, str | None]] = set()
    for one in once:
        if one.name and one.mac and one.ip:
            known |= {(0, one.mac, one.ip), (1, one.name, one.ip), (2, one.name, one.mac)}
    return [one for one in once if not _is_known(one, known)]


def _is_known(one: Claim, known: set[tuple[int, str | None, str | None]]) -> bool:
    """Tell whether a claim that lacks one part is part of another."""
    lacking = [place for place, part in enumerate(one[:3]) if part is None]
    if len(lacking) != 1:
        return False
    first, second = (part for part in one[:3] if part is not None)
    return (lacking[0], first, second) in known
