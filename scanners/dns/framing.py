"""Messages on a TCP connection and in a file, each after its length in two bytes (RFC 1035, 4.2.2)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from time import monotonic
from typing import BinaryIO, Final, Self

CHUNK: Final = 1 << 18


class Connection:
    """A TCP connection to a name server; every wait on it ends after `seconds`, and all of them at `end`."""

    def __init__(self, address: str, port: int, seconds: float, end: float) -> None:
        self.seconds, self.end = seconds, end
        self.socket = socket.create_connection((address, port), timeout=max(0.01, min(seconds, end - monotonic())))
        self.buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()

    def send(self, message: bytes) -> None:
        """Send a message. Raises `OSError`."""
        self.socket.sendall(len(message).to_bytes(2, "big") + message)

    def receive(self) -> bytes:
        """Return what has come, at least one byte. Raises `OSError`: in time nothing came, or the other side closed."""
        left = self.end - monotonic()
        if left <= 0:
            raise TimeoutError(0, "took longer than it may")
        self.socket.settimeout(min(self.seconds, left))
        try:
            data = self.socket.recv(CHUNK)
        except TimeoutError as error:
            raise TimeoutError(0, f"no answer within {self.seconds:g} s") from error
        if not data:
            raise ConnectionError(0, "the server closed the connection")
        return data

    def messages(self) -> Iterator[bytes]:
        """Return messages as they come, without end. Raises `OSError`."""
        while True:
            self.buffer += self.receive()
            at = 0
            while (end := _end(self.buffer, at)) is not None:
                yield bytes(self.buffer[at + 2 : end])
                at = end
            del self.buffer[:at]


def _end(buffer: bytes | bytearray, at: int) -> int | None:
    """Return the offset after the message at an offset, None if it is not there as a whole."""
    end = at + 2 + int.from_bytes(buffer[at : at + 2], "big")
    return end if end <= len(buffer) and at + 2 <= len(buffer) else None


def stored(file: BinaryIO) -> Iterator[bytes]:
    """Return the messages of a file that was written with their lengths."""
    buffer = b""
    while chunk := file.read(CHUNK):
        buffer += chunk
        at = 0
        while (end := _end(buffer, at)) is not None:
            yield buffer[at + 2 : end]
            at = end
        buffer = buffer[at:]
