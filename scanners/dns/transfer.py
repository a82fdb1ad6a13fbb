"""Fetches a zone from a server, whole (AXFR, RFC 5936) or what changed since a serial number (IXFR, RFC 1995).

Buffer first, parse later: servers close a connection whose reader is slow (Knot DNS after half a second), so
the messages go into a file as they come, and `scanners.dns.zone_reader` reads them from there. The end of a
transfer is its first SOA record once more; only messages that hold that record's numbers are looked into here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO, Literal

from scanners.dns import response, servers
from scanners.dns.framing import Connection
from scanners.dns.servers import Server
from scanners.dns.wire import Block, block
from scanners.dns.wire_names import Malformed

if TYPE_CHECKING:
    import dns.message

    from scanners.dns.keys import Key

_SERIALS = 2**32
"""Serial numbers; of two, the one that is at most half of them ahead is the newer (RFC 1982)."""

Style = Literal["whole", "changes", "same"]
"""Every record of a zone; what was removed and added; nothing, because the serial is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one transfer: seconds of one wait, of all, and bytes."""

    wait: float = 10.0
    total: float = 600.0
    size: int = 2 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A zone of a server; `serial` is the one of what is known of it, None for a whole transfer."""

    server: Server
    zone: str
    key: Key | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The messages that a server sent: all of them, unread; `request_mac` is what a signature begins with."""

    wanted: Wanted
    style: Style
    serial: int
    messages: int
    request_mac: bytes = field(default=b"", repr=False)


class Refused(OSError):
    """The server answers, but not with the zone."""


def fetch(wanted: Wanted, sink: BinaryIO, limits: Limits | None = None) -> Fetched:
    """Write the messages of a transfer to a file and return what it was. Raises `OSError` or `Malformed`.

    A server that cannot tell what changed is asked for the whole zone.
    """
    bounds = limits or Limits()
    if wanted.serial is not None:
        try:
            return _fetched(wanted, sink, bounds)
        except (Refused, Malformed):
            sink.seek(0)
            sink.truncate()
    return _fetched(replace(wanted, serial=None), sink, bounds)


def _fetched(wanted: Wanted, sink: BinaryIO, limits: Limits) -> Fetched:
    query = _query(wanted)
    request = query.to_wire()
    course = _Course(wanted)
    with _connected(wanted.server, limits) as connection:
        connection.send(request)
        for count, message in enumerate(connection.messages(), start=1):
            refusal = response.refusal(message, request)
            if refusal is not None:
                raise Refused(0, refusal)
            course.size += sink.write(len(message).to_bytes(2, "big") + message)
            if course.ends(message):
                return Fetched(
                    wanted=wanted,
                    style=course.style,
                    serial=course.serial,
                    messages=count,
                    request_mac=bytes(query.mac or b""),
                )
            if course.size > limits.size:
                raise Malformed(f"the zone takes more than {limits.size} bytes")
    raise AssertionError("messages have no end of their own")  # pragma: no cover


def _connected(server: Server, limits: Limits) -> Connection:
    """Return a connection to the first address of a server that takes one. Raises `OSError`."""
    end = monotonic() + limits.total
    *others, last = servers.located(server)
    for address in others:
        with suppress(OSError):
            return Connection(address, server.port, limits.wait, end)
    return Connection(last, server.port, limits.wait, end)


def _query(wanted: Wanted) -> dns.message.QueryMessage:
    """Return the question for a transfer, signed where there is a key."""
    import dns.message  # noqa: PLC0415 - only a scan pays for it
    import dns.name  # noqa: PLC0415 - as above
    import dns.rdata  # noqa: PLC0415 - as above
    from dns.rdataclass import IN  # noqa: PLC0415 - as above
    from dns.rdatatype import SOA  # noqa: PLC0415 - as above

    zone = dns.name.from_text(wanted.zone)
    query = dns.message.make_query(zone, "AXFR" if wanted.serial is None else "IXFR", flags=0)
    if wanted.serial is not None:
        known = query.find_rrset(query.authority, zone, IN, SOA, create=True)
        known.add(dns.rdata.from_text(IN, SOA, f". . {wanted.serial} 0 0 0 0"))
    if wanted.key is not None:
        query.use_tsig(wanted.key.tsig())
    return query


class _Course:
    """Follows the SOA records of a transfer until its end.

    A whole zone stands between its SOA record and the same once more. Changes begin with the new one as well,
    then for each step come the old one, what was removed, the next one, what was added; so the new one comes
    three times. One record alone says that nothing changed.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.style: Style = "whole"
        self.serial = 0
        self.numbers = b""
        self.size = self.records = self.seen = 0
        self.settled = False

    def ends(self, message: bytes) -> bool:
        """Take a message and tell whether it is the last one. Raises `Malformed`."""
        if self.settled and self.numbers not in message:
            return False
        answer = block(message)
        self.records += int.from_bytes(message[6:8], "big")
        if not self.numbers and self.records:
            self._begin(answer)
        self.seen += sum(mark.numbers == self.numbers for mark in answer.marks)
        if not self.settled:
            self._settle(answer)
        if self.style == "same":
            return True
        return answer.last_is_soa and self.seen >= (3 if self.style == "changes" else 2)

    def _begin(self, answer: Block) -> None:
        first = answer.marks[0] if answer.marks else None
        if first is None or first.index or first.zone != self.wanted.zone:
            raise Malformed("the transfer does not begin with the SOA record of the zone")
        self.serial, self.numbers = first.serial, first.numbers

    def _settle(self, answer: Block) -> None:
        """Find out whether the whole zone comes or what changed: the second record tells."""
        known = self.wanted.serial
        self.settled = known is None or self.records > 1
        if known is None:
            return
        if self.records > 1 and any(mark.serial != self.serial for mark in answer.marks):
            self.style = "changes"
        elif self.serial == known:
            self.style = "same"
        elif self.records == 1 and (self.serial - known) % _SERIALS > _SERIALS // 2:
            raise Refused(0, "has an older serial number than it had")
