"""Verifies the signatures of a transfer (TSIG, RFC 8945, section 5.3.1).

The first message is signed, the last one is, and between two that are stand at most 99 that are not.
dnspython does the cryptography; what it would have to build of every message to find the signature is not built.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from time import time
from typing import TYPE_CHECKING, Any, Final

from scanners.dns.wire import HEAD
from scanners.dns.wire_names import Malformed, Names

if TYPE_CHECKING:
    from scanners.dns.keys import Key

TSIG: Final = 250
_UNSIGNED: Final = 99
_COUNTS: Final = Struct("!HHHH").unpack_from
_RECORD: Final = Struct("!HHIH").unpack_from
_RECORD_SIZE: Final = 10
_BADSIG, _BADKEY, _BADTIME, _BADTRUNC = 16, 17, 18, 22
_OBJECTIONS: Final = {
    _BADSIG: "does not accept the signature: the secret of the key is another (BADSIG)",
    _BADKEY: "does not know the key (BADKEY)",
    _BADTIME: "does not accept the signature: the clocks differ (BADTIME)",
    _BADTRUNC: "does not accept the signature: it is too short (BADTRUNC)",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The signature of a message: where its record begins, who signed, and its data."""

    start: int
    owner: Any
    rdata: Any


def found(message: bytes, at: int | None = None) -> Found | None:
    """Return the signature of a message, None if it has none; `at` is the end of its answers. Raises `Malformed`."""
    questions, answers, authority, additional = _COUNTS(message, 4)
    if not additional:
        return None
    try:
        if at is None:
            at = _after(message, HEAD, questions, answers)
        start = _after(message, at, 0, authority + additional - 1)
        data = Names(message, odd=True).at(start)[1]
        kind, _, _, size = _RECORD(message, data)
    except (IndexError, error) as problem:
        raise Malformed("it is cut off") from problem
    return _read(message, start, data + _RECORD_SIZE, size) if kind == TSIG else None


def _after(message: bytes, at: int, questions: int, records: int) -> int:
    """Return the offset after so many questions and records."""
    names = Names(message, odd=True)
    for _ in range(questions):
        at = names.at(at)[1] + 4
    for _ in range(records):
        at = names.at(at)[1]
        at += _RECORD_SIZE + _RECORD(message, at)[3]
    return at


def _read(message: bytes, start: int, at: int, size: int) -> Found:
    import dns.exception  # noqa: PLC0415 - only signed messages pay for it
    import dns.name  # noqa: PLC0415 - as above
    import dns.rdata  # noqa: PLC0415 - as above
    import dns.rdataclass  # noqa: PLC0415 - as above
    import dns.rdatatype  # noqa: PLC0415 - as above

    try:
        owner, _ = dns.name.from_wire(message, start)
        rdata = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, message, at, size)
        return Found(start, owner, rdata)
    except (dns.exception.DNSException, ValueError) as problem:
        raise Malformed("a broken signature") from problem


def objection(message: bytes) -> str | None:
    """Return what a server has against our signature, None if that is not what it says."""
    try:
        signature = found(message)
    except Malformed:
        return None
    return None if signature is None else _OBJECTIONS.get(int(signature.rdata.error))


class Verifier:
    """Follows the signatures of a transfer, message by message."""

    def __init__(self, key: Key, request_mac: bytes) -> None:
        self.key = key.tsig()
        self.request_mac = request_mac
        self.context: Any = None
        self.unsigned = 0

    def take(self, message: bytes, at: int) -> None:
        """Take the next message, whose answers end at an offset. Raises `Malformed` if it is not what was signed."""
        signature = found(message, at)
        if signature is not None:
            self.context, self.unsigned = self._verified(message, signature), 0
            return
        self.unsigned += 1
        if self.context is None or self.unsigned > _UNSIGNED:
            raise Malformed("it is not signed")
        self.context.update(message)

    def _verified(self, message: bytes, signature: Found) -> Any:  # noqa: ANN401 - dnspython has no common type
        import dns.exception  # noqa: PLC0415 - beside its use
        import dns.tsig  # noqa: PLC0415 - as above

        try:
            return dns.tsig.validate(  # type: ignore[no-untyped-call]  # dnspython says nothing of its types
                message,
                self.key,
                signature.owner,
                signature.rdata,
                int(time()),
                self.request_mac,
                signature.start,
                self.context,
                multi=True,
            )
        except dns.tsig.BadTime as problem:
            raise Malformed("its signature is of another time") from problem
        except (dns.exception.DNSException, NotImplementedError, ValueError) as problem:
            raise Malformed("its signature is wrong") from problem

    def end(self) -> None:
        """Raise `Malformed` if the last message was not signed."""
        if self.unsigned or self.context is None:
            raise Malformed("its end is not signed")
