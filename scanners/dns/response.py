"""What the head of a message says: whether it answers a question, and with what."""

from __future__ import annotations

from typing import Final

from scanners.dns.wire import HEAD
from scanners.dns.wire_names import Malformed

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, NOTAUTH = 0, 1, 2, 3, 4, 5, 9
MEANINGS: Final = {
    FORMERR: "does not understand the question (FORMERR)",
    SERVFAIL: "fails (SERVFAIL)",
    NXDOMAIN: "knows no such zone (NXDOMAIN)",
    NOTIMP: "does not do that (NOTIMP)",
    REFUSED: "refuses it (REFUSED)",
    NOTAUTH: "is not authoritative (NOTAUTH)",
}


def is_response(message: bytes, request: bytes) -> bool:
    """Tell whether a message answers a request: its number, and its question where it repeats one."""
    if len(message) < HEAD or message[:2] != request[:2] or not message[2] & 0x80:
        return False
    if message[4:6] == b"\0\0":
        return True
    end = request.index(b"\0", HEAD) + 5  # the names that we ask for hold no zero byte and no pointer
    return message[4:6] == request[4:6] and message[HEAD:end].lower() == request[HEAD:end]


def repeats(message: bytes, question: bytes) -> bool:
    """Tell whether a message is a response that repeats a question; only one that says no may leave it out."""
    if len(message) < HEAD or not message[2] & 0x80:
        return False
    if message[4:6] == b"\0\0":
        return bool(rcode(message))
    return message[4:6] == b"\0\1" and message[HEAD : HEAD + len(question)].lower() == question


def rcode(message: bytes) -> int:
    """Return the response code."""
    return message[3] & 0x0F


def refusal(message: bytes, request: bytes) -> str | None:
    """Return why a message of a transfer does not hold records, None if it may. Raises `Malformed`."""
    if not is_response(message, request):
        raise Malformed("it answers another question")
    code = rcode(message)
    if code == NOERROR:
        return None
    from scanners.dns import signature  # noqa: PLC0415 - only a refusal pays for it

    return signature.objection(message) or MEANINGS.get(code, f"answers with code {code}")
