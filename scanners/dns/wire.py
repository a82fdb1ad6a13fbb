"""Reads the records of whole messages, by columns: the hot path of transfers.

dnspython makes objects of every name and record, which takes 20 microseconds each; a zone of 100,000 hosts
then takes many times longer to read than a server takes to send it. Here a record takes one to two: a name
is a slice of the message and the end of the name before, and all names become text at once.

The message is hostile input: a record ends where it says, and nothing grows beyond what the message holds.
Source: RFC 1035 section 4.1, RFC 2181 section 8 (a TTL with its first bit set counts as 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from socket import inet_ntoa
from struct import Struct, error
from typing import Final

from scanners.dns.names import presented
from scanners.dns.wire_names import DOT, NOTHING, Malformed, Names

A, CNAME, SOA, PTR, HINFO, TXT, AAAA, SSHFP = 1, 5, 6, 12, 13, 16, 28, 44
IN: Final = 1
HEAD: Final = 12
TYPES: Final = {A: "A", CNAME: "CNAME", PTR: "PTR", HINFO: "HINFO", TXT: "TXT", AAAA: "AAAA", SSHFP: "SSHFP"}
"""The types that are claims."""

_NAMES: Final = frozenset({PTR, CNAME})
_KEPT: Final = {**TYPES, SOA: "SOA"}
_PLAIN: Final = b"abcdefghijklmnopqrstuvwxyz0123456789-_*/."
_COUNTS: Final = Struct("!HHHH").unpack_from
_HEAD: Final = Struct("!HHi").unpack_from
_SERIAL: Final = Struct("!I").unpack_from
_SOA_NUMBERS: Final = 20
_AAAA_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """A SOA record: how many records of the block precede it, its zone, its serial and all five of its numbers."""

    index: int
    zone: str
    serial: int
    numbers: bytes


@dataclass(slots=True)
class Block:
    """The records of one answer that are claims, by columns, and the SOA records among them.

    `last_is_soa` tells whether the answer ends with one; `end` is the offset of what follows the answer.
    """

    owners: list[str]
    types: list[str]
    ttls: list[int]
    values: list[str]
    marks: list[Mark]
    last_is_soa: bool
    end: int


def block(wire: bytes, asked: bytes | None = None) -> Block:
    """Return the answer section of a message. Raises `Malformed`.

    `asked` is the name of its one question, as claims spell it, where that is known already.
    """
    try:
        read = _Reader(wire, asked)
        return (read if read.is_plain() else _Reader(wire, odd=True)).block()
    except (IndexError, error) as problem:
        raise Malformed("it is cut off") from problem
    except OSError as problem:
        raise Malformed("an address of the wrong size") from problem


class _Reader:
    """The answer section of a message, read at once; names stay bytes until all are there.

    Names that follow each other are alike, but owners and values each in their own way.
    """

    def __init__(self, wire: bytes, asked: bytes | None = None, *, odd: bool = False) -> None:
        self.wire = wire
        self.subjects = Names(wire, odd)
        self.objects = Names(wire, odd, self.subjects.known)
        self.owners: list[bytes] = []
        self.targets: list[bytes] = []
        self.types: list[str] = []
        self.ttls: list[int] = []
        self.values: list[str | None] = []
        self.marks: list[tuple[int, bytes, bytes]] = []
        self.last_type = 0
        questions, self.answers, _, _ = _COUNTS(wire, 4)
        at = HEAD
        if asked is not None:
            self.subjects.known[HEAD], at = asked, HEAD + len(asked) + 6
        else:
            for _ in range(questions):
                at = self.subjects.at(at)[1] + 4
        self.end = self._read(at)

    def _read(self, at: int) -> int:  # noqa: C901, PLR0915 - a call for each record shows in the time of a transfer
        """Keep the records from an offset on, and return the offset after them.

        Mostly a record has the type, class and TTL of the one before, and a name that ends alike.
        """
        wire, names, known, target = self.wire, self.subjects, self.subjects.known, self.objects.at
        keep_owner, keep_type, keep_ttl = self.owners.append, self.types.append, self.ttls.append
        keep_value, keep_target = self.values.append, self.targets.append
        kind, typed, ttl, alike, suffix = 0, "", 0, NOTHING, b""
        for _ in range(self.answers):
            length = wire[at]
            start = at + 1 + length
            if 0 < length < 64 and wire.startswith(alike, start):
                label = wire[at + 1 : start]
                owner = known[at] = (presented(label) if DOT in label else label) + suffix
                start += len(alike)
            else:
                owner, start = names.at(at)
                kind, group, ttl = _HEAD(wire, start)
                typed = _KEPT.get(kind, "") if group == IN else ""
                alike, suffix = names.ending + wire[start : start + 8], names.suffix
                start += 8
            at = start + 2 + (wire[start] << 8 | wire[start + 1])
            start += 2
            if kind == A and typed:
                keep_value(inet_ntoa(wire[start:at]))
            elif not typed:
                continue
            elif kind in _NAMES:
                named, end = target(start)
                if end != at:
                    raise Malformed("a name that does not end where its record does")
                keep_target(named)
                keep_value(None)
            elif kind == SOA:
                self._mark(owner, start, at)
                continue
            else:
                keep_value(rare(kind, wire, start, at - start))
            keep_owner(owner)
            keep_type(typed)
            keep_ttl(ttl)
        if at > len(wire):
            raise Malformed("it is cut off")
        self.last_type = kind
        return at

    def _mark(self, owner: bytes, at: int, end: int) -> None:
        numbers = self.wire[end - _SOA_NUMBERS : end]
        if self.objects.at(self.objects.at(at)[1])[1] != end - _SOA_NUMBERS:
            raise Malformed("a SOA record of the wrong size")
        self.marks.append((len(self.owners), owner, numbers))

    def is_plain(self) -> bool:
        """Tell whether every byte of the names means itself."""
        names = [*self.owners, *self.targets, *(zone for _, zone, _ in self.marks)]
        rest = b"\n".join(names).lower().translate(None, _PLAIN)
        return len(rest) == max(0, len(names) - 1) and not rest.strip(b"\n")

    def block(self) -> Block:
        targets = iter(_texts(self.targets))
        ttls = self.ttls if min(self.ttls, default=0) >= 0 else [max(0, ttl) for ttl in self.ttls]
        return Block(
            owners=_texts(self.owners),
            types=self.types,
            ttls=ttls,
            values=[next(targets) if value is None else value for value in self.values],
            marks=[Mark(at, _texts([zone])[0], _SERIAL(numbers)[0], numbers) for at, zone, numbers in self.marks],
            last_is_soa=self.last_type == SOA,
            end=self.end,
        )


def _texts(names: Sequence[bytes]) -> list[str]:
    return b"\n".join(names).lower().decode("ascii").split("\n") if names else []


def rare(kind: int, wire: bytes, at: int, size: int) -> str:
    """Return the text of a value that is not of the common types. Raises `Malformed`."""
    if at + size > len(wire):
        raise Malformed("it is cut off")
    if kind == AAAA:
        if size != _AAAA_SIZE:
            raise Malformed("an address of the wrong size")
        return str(IPv6Address(wire[at : at + size]))
    import dns.exception  # noqa: PLC0415 - most zones hold none of these
    import dns.rdata  # noqa: PLC0415 - as above
    import dns.rdataclass  # noqa: PLC0415 - as above
    import dns.rdatatype  # noqa: PLC0415 - as above

    try:
        value = dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.RdataType(kind), wire, at, size)
        return value.to_text()
    except (dns.exception.DNSException, ValueError) as problem:
        raise Malformed(f"a broken {TYPES[kind]} record") from problem
