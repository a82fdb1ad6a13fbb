"""A fake name server: it does what a script says, so that it can die, lie and stay silent at the right moment.

with scripted(tcp=lambda request: [whole_message, DIE]) as server: ...
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

DIE = None
"""Closes the connection."""

Tcp = Callable[[bytes], Iterable[bytes | None]]
Udp = Callable[[bytes], Iterable[bytes]]


@dataclass(slots=True)
class Scripted:
    """A running fake; `asked` counts the requests by UDP and TCP."""

    port: int
    udp: int = 0
    tcp: int = 0
    requests: list[bytes] = field(default_factory=list)
    host: str = "127.0.0.1"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def silent(_: bytes) -> list[bytes]:
    """Return nothing."""
    return []


def deaf(_: bytes) -> list[bytes | None]:
    """Return nothing, and close."""
    return [DIE]


@contextmanager
def scripted(*, tcp: Tcp = deaf, udp: Udp = silent) -> Iterator[Scripted]:
    """Run a fake; every message of a TCP script is sent after its length."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening, _udp_socket(listening) as datagrams:
        listening.listen(16)
        server = Scripted(listening.getsockname()[1])
        stop = threading.Event()
        listening.settimeout(0.05)
        datagrams.settimeout(0.05)
        threads = [
            threading.Thread(target=_serve_tcp, args=(listening, server, tcp, stop)),
            threading.Thread(target=_serve_udp, args=(datagrams, server, udp, stop)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            stop.set()
            for thread in threads:
                thread.join(10)


def _udp_socket(listening: socket.socket) -> socket.socket:
    """Bind both to the same port; another process may hold the one of UDP."""
    for _ in range(20):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1", 0))
        try:
            listening.bind(made.getsockname())
        except OSError:  # the port of TCP is somebody else's
            made.close()
        else:
            return made
    raise AssertionError("no port is free for both")


def _serve_tcp(listening: socket.socket, server: Scripted, script: Tcp, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        with connection, suppress(OSError):
            connection.settimeout(5)
            _converse(connection, server, script, stop)


def _converse(connection: socket.socket, server: Scripted, script: Tcp, stop: threading.Event) -> None:
    while (request := _read(connection, stop)) is not None:
        server.tcp += 1
        server.requests.append(request)
        for message in script(request):
            if message is DIE:
                return
            connection.sendall(struct.pack("!H", len(message)) + message)


def _read(connection: socket.socket, stop: threading.Event) -> bytes | None:
    connection.settimeout(0.05)
    data = b""
    while len(data) < 2 or len(data) < 2 + struct.unpack_from("!H", data)[0]:
        try:
            more = connection.recv(65536)
        except TimeoutError:
            if stop.is_set():
                return None
            continue
        if not more:
            return None
        data += more
    connection.settimeout(5)
    return data[2:]


def _serve_udp(datagrams: socket.socket, server: Scripted, script: Udp, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            request, sender = datagrams.recvfrom(4096)
        except TimeoutError:
            continue
        server.udp += 1
        server.requests.append(request)
        for message in script(request):
            datagrams.sendto(message, sender)
