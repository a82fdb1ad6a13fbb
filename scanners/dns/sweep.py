"""Asks many questions of a few servers: one socket for each server, many questions on the way at a time.

A resolver library spends 300 microseconds on a question; here one loop sends, receives and matches, at a tenth of that.
An answer counts if it comes from the server's address to our random port, with the random number of a question
that is on its way, and repeats that question. Servers are asked in turn: the first one that works is asked
everything, the next one gets what that failed. A question that was cut short is asked again over TCP.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from scanners.dns import over_tcp
from scanners.dns.answers import Answer, Outcome, read
from scanners.dns.peers import Asked, Pace, Peer, opened, random_numbers
from scanners.dns.questions import MOST, Question
from scanners.dns.response import repeats
from scanners.dns.servers import Server
from scanners.dns.wire_names import Malformed
from vhost.discover import Finding, Progress
from vhost.errors import UsageError

_LARGEST: Final = 4096
_BURST: Final = 64
_SHOW_EVERY: Final = 0.2
_TICK: Final = 0.02
_UNREACHED: Final = 8

Took = Callable[[Server, Question, Answer], None]
"""Told every answer as it comes."""


def sweep(
    wanted: Sequence[Server],
    questions: Iterable[Question],
    took: Took,
    pace: Pace | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Ask the questions, tell `took` the answers, and return what went wrong. Names are asked for once.

    An alias that leads out of what its server knows is followed.
    """
    asking = _Sweep(opened(wanted), iter(questions), took, pace or Pace(), progress)
    try:
        asking.run()
    finally:
        for peer in asking.peers:
            peer.close()
    return [*asking.odd, *(finding for peer in asking.peers for finding in peer.findings())]


@dataclass(slots=True)
class _Sweep:
    """One sweep: what is still to be asked, and what is on its way in the order of its deadlines."""

    peers: list[Peer]
    questions: Iterator[Question]
    took: Took
    pace: Pace
    progress: Progress | None
    again: deque[Asked] = field(default_factory=deque)
    deadlines: deque[tuple[float, Peer, Asked, int]] = field(default_factory=deque)
    followed: set[Question] = field(default_factory=set)
    odd: list[Finding] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=random_numbers)
    began: float = field(default_factory=monotonic)
    shown: float = 0.0
    sent: int = 0
    taken: int = 0
    done: int = 0

    def run(self) -> None:
        """Ask until nothing is left to ask, or the time is over."""
        poll = select.poll()
        connected = {peer.socket.fileno(): peer for peer in self.peers if not peer.unusable}
        for number in connected:
            poll.register(number, select.POLLIN)
        end = self.began + self.pace.total
        while self._send() or self._on_the_way() or self._over_tcp(end):
            for number, _ in poll.poll(self._patience() * 1000):
                self._receive(connected[number])
            self._expire(monotonic())
            self._show()
            if monotonic() > end:
                return self._give_up()
        return None

    def _on_the_way(self) -> int:
        return sum(len(peer.waiting) for peer in self.peers)

    def _send(self) -> bool:
        """Send what window and pace allow, and tell whether anything is left to be sent."""
        allowed = self.pace.window - self._on_the_way()
        if self.pace.rate:
            allowed = min(allowed, int((monotonic() - self.began) * self.pace.rate) + _BURST - self.sent)
        for _ in range(allowed):
            asked = self.again.popleft() if self.again else self._new()
            if asked is None:
                return False
            if not self._sent(asked):
                return True
        return True

    def _new(self) -> Asked | None:
        question = next(self.questions, None)
        if question is None:
            return None
        self.taken += 1
        if self.taken > MOST:
            raise UsageError("sweep", f"more than {MOST} questions", "sweep a part of it")
        return Asked(question, question.packed())

    def _sent(self, asked: Asked) -> bool:
        """Send a question to the server whose turn it is; False where that must wait a moment."""
        turn = next((at for at, peer in enumerate(self.peers) if at >= asked.turn and not peer.unusable), None)
        if turn is None:
            self.peers[-1].failed(asked, "was not asked")
            self.done += 1
            return True
        asked.turn, peer = turn, self.peers[turn]
        try:
            peer.send(asked, self.numbers)
        except OSError as error:
            self.again.appendleft(asked)
            if not isinstance(error, BlockingIOError):
                self._struck(peer, error)
            return False
        self.sent += 1
        self.deadlines.append((monotonic() + self.pace.wait, peer, asked, asked.number))
        return True

    def _struck(self, peer: Peer, error: OSError) -> None:
        """Note that the system could not reach a server: eight times are as bad as all the strikes that it has."""
        peer.struck(error.strerror or "cannot be reached", self.pace.strikes, self.pace.strikes // _UNREACHED + 1)
        self._release(peer)

    def _release(self, peer: Peer) -> None:
        """Give the questions of a server that is left alone to the next one."""
        if peer.unusable:
            waiting, peer.waiting = [*peer.waiting.values(), *peer.truncated], {}
            peer.truncated = []
            for asked in waiting:
                self._pass_on(peer, asked, peer.unusable.partition(";")[0])

    def _patience(self) -> float:
        """Return for how many seconds nothing can happen but an answer."""
        if not self.deadlines:
            return 0.001
        left = max(0.0, self.deadlines[0][0] - monotonic())
        return min(left, _TICK if self._on_the_way() >= self.pace.window else 0.001)

    def _receive(self, peer: Peer) -> None:
        for _ in range(_BURST):
            try:
                data = peer.socket.recv(_LARGEST)
            except BlockingIOError:
                return
            except OSError as error:
                self._struck(peer, error)
                return
            number = int.from_bytes(data[:2], "big")
            asked = peer.waiting.get(number)
            if asked is not None and repeats(data, asked.packed):
                del peer.waiting[number]
                self._settle(peer, asked, _read(data, asked.question))

    def _settle(self, peer: Peer, asked: Asked, answer: Answer) -> None:
        if answer.outcome is Outcome.TRUNCATED:
            peer.truncated.append(asked)
        elif answer.outcome is Outcome.FAILED:
            peer.struck(answer.problem, self.pace.strikes)
            self._pass_on(peer, asked, answer.problem)
            self._release(peer)
        else:
            self.done += 1
            peer.answered()
            self.took(peer.server, asked.question, answer)
            self._follow(peer, asked.question, answer)

    def _follow(self, peer: Peer, question: Question, answer: Answer) -> None:
        if answer.problem:
            finding = Finding(str(peer.server), answer.problem)
            self.odd += [] if finding in self.odd else [finding]
        if answer.follow is None:
            return
        further = Question(answer.follow, question.kind)
        if further not in self.followed and len(self.followed) < MOST:
            self.followed.add(further)
            self.again.append(Asked(further, further.packed()))

    def _pass_on(self, peer: Peer, asked: Asked, problem: str) -> None:
        """Let the next server have a question, if there is one."""
        asked.turn, asked.tries = asked.turn + 1, 0
        if any(not other.unusable for other in self.peers[asked.turn :]):
            self.again.append(asked)
        else:
            peer.failed(asked, problem)
            self.done += 1

    def _expire(self, now: float) -> None:
        while self.deadlines and self.deadlines[0][0] <= now:
            _, peer, asked, number = self.deadlines.popleft()
            if peer.waiting.get(number) is not asked:
                continue
            del peer.waiting[number]
            asked.tries += 1
            problem = f"no answer within {self.pace.wait:g} s"
            peer.struck(problem, self.pace.strikes)
            if asked.tries < self.pace.tries:
                self.again.append(asked)
            else:
                self._pass_on(peer, asked, problem)
            self._release(peer)

    def _over_tcp(self, end: float) -> bool:
        """Ask again what was cut short, and tell whether that brought further questions."""
        for peer in self.peers:
            for asked, data, problem in over_tcp.replies(peer, self.numbers, self.pace, end):
                answer = Answer(Outcome.FAILED, problem=problem) if data is None else _read(data, asked.question)
                if answer.outcome is Outcome.TRUNCATED:
                    answer = Answer(Outcome.FAILED, problem="cuts an answer short over TCP as well")
                self._settle(peer, asked, answer)
        return bool(self.again)

    def _show(self) -> None:
        if self.progress is not None and monotonic() - self.shown >= _SHOW_EVERY:
            self.shown = monotonic()
            self.progress(self.done, self._on_the_way() + len(self.again), self.done)

    def _give_up(self) -> None:
        left = self._on_the_way() + len(self.again) + sum(1 for _ in self.questions)
        problem = f"the {self.pace.total:g} s for all of them are over; questions left open: {left}"
        self.odd.append(Finding("sweep", problem, lost=True))


def _read(data: bytes, question: Question) -> Answer:
    try:
        return read(data, question)
    except Malformed as problem:
        return Answer(Outcome.FAILED, problem=f"sends a malformed answer: {problem}")
