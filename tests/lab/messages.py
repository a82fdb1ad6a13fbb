"""DNS messages for tests, made by dnspython."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


def rrset(text: str) -> dns.rrset.RRset:
    """Return the records of a line: `owner ttl type value`."""
    owner, ttl, kind, value = text.split(maxsplit=3)
    return dns.rrset.from_text(owner, int(ttl), "IN", kind, value)


def reply(
    request: bytes, *answers: str, authority: str = "", code: str = "NOERROR", authoritative: bool = True
) -> bytes:
    """Return the response to a request."""
    response = dns.message.make_response(dns.message.from_wire(request, keyring=False))
    response.set_rcode(dns.rcode.from_text(code))
    if authoritative:
        response.flags |= dns.flags.AA
    response.answer = [rrset(text) for text in answers]
    if authority:
        response.authority = [rrset(authority)]
    return response.to_wire()


def zone_messages(request: bytes, *messages: list[str]) -> list[bytes]:
    """Return the messages of a transfer."""
    return [reply(request, *records) for records in messages]


SOA = "lab.example. 3600 SOA ns.lab.example. admin.lab.example. {} 3600 900 604800 300"


def soa(serial: int = 1) -> str:
    """Return the SOA record of lab.example."""
    return SOA.format(serial)
