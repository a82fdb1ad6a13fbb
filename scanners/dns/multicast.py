"""Asks the link itself: multicast DNS (RFC 6762), as a host that only asks (section 6.7).

Questions go to 224.0.0.251, port 5353, from a port of ours, so that whoever knows answers to us alone. What nobody
answers is asked by IPv6 (ff02::fb) as well, so that a host of both speaks once. Several may answer; an answer
repeats number and question, and its sender is the server of the claims.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from struct import Struct
from time import monotonic
from typing import Final

from scanners.dns.answers import Answer, Outcome, read
from scanners.dns.peers import random_numbers
from scanners.dns.questions import Question, message
from scanners.dns.response import repeats
from scanners.dns.wire_names import Malformed
from vhost.errors import UsageError

GROUP: Final = "224.0.0.251"
GROUP6: Final = "ff02::fb"
PORT: Final = 5353
ZONE: Final = "local"
_LARGEST: Final = 9000
_MREQN: Final = Struct("@4s4si").pack
_BURST: Final = 16

Took = Callable[[str, Question, Answer], None]
"""Told (address of who answers, question, answer)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the link is asked: on which interface (None: the system's choice), `wait` in seconds, `rate` for each."""

    interface: str | None = None
    rounds: int = 2
    wait: float = 1.0
    rate: float = 200.0


def ask(questions: Sequence[Question], took: Took, manner: Manner | None = None) -> int:
    """Ask every question, tell `took` the answers, and return how many questions nobody answered.

    Raises `UsageError` for an interface that cannot be used, `OSError` where the link cannot be asked.
    """
    bounds = manner or Manner()
    index = _index(bounds.interface)
    asked = _Asking(took, bounds, [(question, question.packed()) for question in questions])
    ways = [_ipv4, _ipv6] if index else [_ipv4]  # a group of IPv6 says nothing without a link
    problems: list[OSError] = []
    for way in ways:
        try:
            with way(index) as made:
                for _ in range(bounds.rounds):
                    asked.round(made)
        except OSError as problem:  # the link may know one of them only
            problems.append(problem)
    if len(problems) == len(ways):
        raise problems[0]
    return len(questions) - len(asked.answered)


def _index(interface: str | None) -> int:
    """Return the number of an interface, 0 for the system's choice. Raises `UsageError` if there is none."""
    if interface is None:
        return 0
    try:
        return socket.if_nametoindex(interface)
    except OSError as error:
        raise UsageError(interface, "no such interface", "see ip link") from error


@contextmanager
def _ipv4(index: int) -> Iterator[_Way]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        if index:
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _MREQN(b"", b"", index))
        yield _Way(made, (GROUP, PORT))


@contextmanager
def _ipv6(index: int) -> Iterator[_Way]:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        yield _Way(made, (GROUP6, PORT, 0, index))


@dataclass(frozen=True, slots=True)
class _Way:
    """A socket, and where questions go to."""

    socket: socket.socket
    group: tuple[str, int] | tuple[str, int, int, int]


@dataclass(slots=True)
class _Asking:
    """What is asked, and who of the link has answered what."""

    took: Took
    manner: Manner
    questions: list[tuple[Question, bytes]]
    numbers: Iterator[int] = field(default_factory=random_numbers)
    waiting: dict[int, int] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    heard: set[tuple[str, int]] = field(default_factory=set)

    def round(self, way: _Way) -> None:
        """Ask what nobody has answered yet, at the pace that is allowed, and wait for answers."""
        left = [at for at in range(len(self.questions)) if at not in self.answered]
        for start in range(0, len(left), _BURST):
            burst = left[start : start + _BURST]
            for at in burst:
                self._send(way, at)
            self._receive(way.socket, monotonic() + len(burst) / self.manner.rate)
        if left:
            self._receive(way.socket, monotonic() + self.manner.wait)

    def _send(self, way: _Way, at: int) -> None:
        number = next(number for number in self.numbers if number not in self.waiting)
        self.waiting[number] = at
        way.socket.sendto(message(number, self.questions[at][1]), way.group)

    def _receive(self, answers: socket.socket, until: float) -> None:
        poll = select.poll()
        poll.register(answers, select.POLLIN)
        while (left := until - monotonic()) > 0:
            if poll.poll(left * 1000):
                with suppress(BlockingIOError):
                    self._take(*answers.recvfrom(_LARGEST, socket.MSG_DONTWAIT))

    def _take(self, data: bytes, sender: tuple[str, int] | tuple[str, int, int, int]) -> None:
        at = self.waiting.get(int.from_bytes(data[:2], "big"))
        if at is None or sender[1] != PORT or not repeats(data, self.questions[at][1]) or (sender[0], at) in self.heard:
            return
        question = self.questions[at][0]
        with suppress(Malformed):  # somebody on the link talks nonsense: it is nobody's answer
            answer = read(data, question)
            if answer.outcome is Outcome.ANSWERED and any(value is not None for _, _, value, _ in answer.rows):
                self.answered.add(at)
                self.heard.add((sender[0], at))
                self.took(sender[0], question, answer)
