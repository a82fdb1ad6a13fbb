"""Asks over TCP what was cut short over UDP: one question after the other on one connection."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from scanners.dns.framing import Connection
from scanners.dns.peers import Asked, Pace, Peer
from scanners.dns.questions import message
from scanners.dns.response import is_response


def replies(peer: Peer, numbers: Iterator[int], pace: Pace, end: float) -> Iterator[tuple[Asked, bytes | None, str]]:
    """Return each question that was cut short with the message that answers it, or with why there is none."""
    waiting, peer.truncated = peer.truncated, []
    connection: Connection | None = None
    for asked in waiting:
        request = message(next(numbers), asked.packed)
        try:
            if connection is None:
                connection = Connection(peer.address, peer.server.port, pace.wait, end)
            yield asked, _reply(connection, request, pace), ""
        except OSError as error:
            if connection is not None:
                connection.close()
                connection = None
            yield asked, None, f"over TCP: {error.strerror or 'no answer'}"
    if connection is not None:
        connection.close()


def _reply(connection: Connection, request: bytes, pace: Pace) -> bytes:
    connection.send(request)
    until = monotonic() + pace.wait
    for found in connection.messages():
        if is_response(found, request):
            return found
        if monotonic() > until:
            break
    raise TimeoutError(0, f"no answer within {pace.wait:g} s")
