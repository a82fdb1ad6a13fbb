"""How claims are shown that nobody was asked for: lines as they are heard, typed rows at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from macmap.vendor import described, vendor
from vhost.claims import Binding
from vhost.cli.outcome import show
from vhost.cli.rows import Columns, Row
from vhost.text import escape

COLUMNS: Final[Columns] = {
    "ip": "string",
    "mac": "string",
    "name": "string",
    "vendor": "string",
    "kind": "string",
    "source": "string",
    "segment": "string",
    "seen_at": "string",
    "expires_at": "string",
}
_ERASE = "\r\x1b[2K"


@dataclass(slots=True)
class Lines:
    """Shows claims as they come; a reader that has gone must not cost what is still to be heard."""

    bar: bool = False
    closed: bool = False

    def __call__(self, claims: Iterable[Binding]) -> None:
        """Show claims that came together."""
        erase = _ERASE if self.bar and sys.stdout and sys.stdout.isatty() else ""
        try:
            if not self.closed:
                show(erase + line(one) for one in claims)
        except BrokenPipeError:
            self.closed = True


def line(claim: Binding) -> str:
    """Return the line of a claim: address, MAC, vendor, and who says so."""
    mac = claim.mac or ""
    said = " ".join(part for part in (claim.source_kind, claim.segment, claim.name and escape(claim.name)) if part)
    return f"{claim.ip or '-'}\t{mac}\t{described(mac) or '(Unknown)'}\t{said}"


def rows(claims: Sequence[Binding]) -> Iterator[Row]:
    """Return the typed values of each claim, in the order of COLUMNS; times as ISO 8601 has them."""
    for one in claims:
        known = vendor(one.mac) if one.mac else None
        named = (one.ip, one.mac, one.name, known, one.source_kind, one.source, one.segment)
        yield (*named, _time(one.seen_at), _time(one.expires_at))


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
