"""Reads the records of a transfer from the file that it was buffered in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, compress
from operator import methodcaller
from typing import BinaryIO, Final

from scanners.dns.framing import stored
from scanners.dns.signature import Verifier
from scanners.dns.transfer import Fetched
from scanners.dns.wire import Block, block
from scanners.dns.wire_names import Malformed

Row = tuple[str, str, int, str]
"""Owner, type, TTL in seconds, value."""
Record = tuple[str, str, str]
"""Owner, type, value."""

MOST_CHANGES: Final = 1_000_000


def blocks(fetched: Fetched, source: BinaryIO) -> Iterator[Block]:
    """Return the records of a transfer, message by message, without those that are not in the zone.

    Every message is verified before its records are returned. Raises `Malformed`.
    """
    wanted = fetched.wanted
    verifier = Verifier(wanted.key, fetched.request_mac) if wanted.key else None
    zone = wanted.zone
    is_below: Callable[[str], bool] = methodcaller("endswith", "" if zone == "." else f".{zone}")
    for message in stored(source):
        found = block(message)
        if verifier is not None:
            verifier.take(message, found.end)
        if all(map(is_below, found.owners)):
            yield found
        else:
            yield _only(found, [is_below(owner) or owner == zone for owner in found.owners])
    if verifier is not None:
        verifier.end()


def _only(found: Block, inside: list[bool]) -> Block:
    """Return the records of a block that are marked. Nobody else's names may be claimed by a server of this zone."""
    kept = [0, *accumulate(inside)]
    found.marks = [replace(mark, index=kept[mark.index]) for mark in found.marks]
    found.owners, found.types = list(compress(found.owners, inside)), list(compress(found.types, inside))
    found.ttls, found.values = list(compress(found.ttls, inside)), list(compress(found.values, inside))
    return found


@dataclass(slots=True)
class Changes:
    """What a zone lost and gained since the serial number that was asked with; records are without their TTL."""

    removed: set[Record] = field(default_factory=set)
    added: dict[Record, int] = field(default_factory=dict)


def changes(fetched: Fetched, source: BinaryIO) -> Changes:
    """Return the sum of the changes of a transfer. Raises `Malformed`.

    SOA records divide it: the new one, then for each step the old one, what was removed, the next one, what was added.
    """
    total = Changes()
    marks = 0
    for found in blocks(fetched, source):
        rows = list(zip(found.owners, found.types, found.ttls, found.values, strict=True))
        at = 0
        for mark in found.marks:
            _apply(total, rows[at : mark.index], adding=marks % 2 == 1)
            at, marks = mark.index, marks + 1
        _apply(total, rows[at:], adding=marks % 2 == 1)
        if len(total.removed) + len(total.added) > MOST_CHANGES:
            raise Malformed(f"more than {MOST_CHANGES} changes; fetch the whole zone with --whole")
    return total


def _apply(total: Changes, rows: list[Row], *, adding: bool) -> None:
    for owner, kind, ttl, value in rows:
        record = owner, kind, value
        if adding:
            total.added[record] = ttl
        elif total.added.pop(record, None) is None:
            total.removed.add(record)
