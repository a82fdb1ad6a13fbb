"""The servers of a sweep: the socket to each, what is on its way to it, and how it does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from scanners.dns import servers
from scanners.dns.questions import Question, message
from scanners.dns.servers import Server
from vhost.discover import Finding

_BUFFER: Final = 4 << 20
_SOME: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard servers are asked: questions on the way, questions in a second (0: no limit), seconds for an answer.

    `tries` is how often one server is asked the same. A server that fails `strikes` times without an answer
    in between is left alone. `total` are the seconds of a whole sweep.
    """

    window: int = 200
    rate: float = 2000.0
    wait: float = 2.0
    tries: int = 2
    strikes: int = 250
    total: float = 3600.0


@dataclass(slots=True)
class Asked:
    """A question and what became of it so far: the server whose turn it is, and how often that was asked."""

    question: Question
    packed: bytes
    turn: int = 0
    tries: int = 0
    until: float = 0.0
    number: int = -1


@dataclass(slots=True)
class Peer:
    """A server; `unusable` says why it is left alone, `failures` which questions it failed, by what was wrong."""

    server: Server
    socket: socket.socket
    address: str = ""
    waiting: dict[int, Asked] = field(default_factory=dict)
    truncated: list[Asked] = field(default_factory=list)
    strikes: int = 0
    answers: int = 0
    unusable: str = ""
    failures: dict[str, list[str]] = field(default_factory=dict)

    def send(self, asked: Asked, numbers: Iterator[int]) -> None:
        """Send a question with a number that nobody can guess. Raises `OSError`."""
        number = next(number for number in numbers if number not in self.waiting)
        self.socket.send(message(number, asked.packed))
        asked.number = number
        self.waiting[number] = asked

    def answered(self) -> None:
        """Note that the server works."""
        self.answers += 1
        self.strikes = 0

    def struck(self, problem: str, most: int, weight: int = 1) -> None:
        """Note that the server failed; the one who fails too often is left alone."""
        self.strikes += weight
        if self.strikes >= most and not self.unusable:
            self.unusable = f"{problem}; it is left alone from here on"

    def failed(self, asked: Asked, problem: str) -> None:
        """Note a question that nobody answered, and what the last server had to say to it."""
        self.failures.setdefault(problem, []).append(asked.question.name)

    def findings(self) -> list[Finding]:
        """Return what is to be said of the server."""
        found = [Finding(str(self.server), self.unusable, lost=True)] if self.unusable else []
        for problem, names in self.failures.items():
            some = ", ".join(names[:_SOME]) + (", ..." if len(names) > _SOME else "")
            found.append(Finding(str(self.server), f"{problem}; questions left open: {len(names)} ({some})", lost=True))
        return found

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()


def opened(wanted: Sequence[Server]) -> list[Peer]:
    """Return the servers with a connected socket each; the kernel takes answers from that address only."""
    return [_opened(server) for server in wanted]


def _opened(server: Server) -> Peer:
    try:
        address = servers.located(server)[0]
    except OSError as error:
        return Peer(server, _socket(""), unusable=error.strerror or "has no address")
    peer = Peer(server, _socket(address), address)
    try:
        peer.socket.connect((address, server.port))
    except OSError as error:
        peer.unusable = error.strerror or "cannot be reached"
    return peer


def _socket(address: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)  # noqa: FBT003 - how it is called
    with suppress(OSError):  # answers come faster than they are read
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    return made


def random_numbers() -> Iterator[int]:
    """Return numbers of 16 bits from the system's source of randomness, without end."""
    while True:
        block = os.urandom(4096)
        yield from memoryview(block).cast("H")
