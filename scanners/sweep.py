"""A sweep: asks for addresses one after the other, asks the silent ones again, and keeps all that is answered.

Sending and receiving take turns on one thread, so that the kernel's buffer never fills unless
replies come all at once. Each address has a window in which its reply is waited for; only when it is
over is the address asked again, and when the last one is over the sweep is.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from scanners.answers import Answer, Answers, Reply
from scanners.pace import POLITE, Pace
from scanners.packets import Frame, LinkFailed

Tell = Callable[[Sequence[Answer]], None]
"""Told of each answer once, soon after it came."""
Progress = Callable[[int, int, int], None]
"""Told (frames sent, addresses silent, addresses that answered), a few times a second."""

_SHOW_EVERY = 0.1
_LONGEST_WAIT = 0.1


class Channel(Protocol):
    """Where frames go out and come in; `scanners.packets.Packets` is one."""

    def send(self, frame: bytes) -> None:
        """Send a frame. Raises `LinkFailed`."""

    def received(self) -> Iterator[Frame]:
        """Return the frames that are there. Raises `LinkFailed`."""

    def wait(self, seconds: float) -> None:
        """Return when there is a frame, or after so many seconds."""


class Question(Protocol):
    """A protocol that asks who has an address."""

    def frame(self, address: int) -> bytes:
        """Return the frame that asks."""

    def reply(self, frame: Frame) -> Reply | None:
        """Return what a frame answers, None if it is no answer."""

    def usable(self, reply: Reply) -> bool:
        """Tell whether address and MAC are such that a host can have them."""


ATTEMPTS: Final = 2
WINDOW: Final = 0.5
"""Seconds to wait for a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to ask: frames a second (0: no limit), attempts at most for each address, seconds to wait for a reply."""

    rate: float = POLITE
    attempts: int = ATTEMPTS
    window: float = WINDOW


@dataclass(slots=True)
class Swept:
    """What became of a sweep: `problem` says why it ended early; `interrupted` that the user did it."""

    answers: Answers
    sent: int = 0
    seconds: float = 0.0
    problem: str | None = None
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether every address was asked for, and had its time to answer."""
        return self.problem is None and not self.interrupted


def sweep(
    channel: Channel,
    question: Question,
    answers: Answers,
    manner: Manner,
    tell: Tell = lambda _: None,
    progress: Progress | None = None,
) -> Swept:
    """Return what was answered. An interface that fails, and Ctrl-C, end the sweep early and lose nothing."""
    run = _Sweep(channel, question, answers, manner, tell, progress)
    began = time.monotonic()
    try:
        run.all()
    except LinkFailed as error:
        run.swept.problem = str(error)
    except KeyboardInterrupt:
        run.swept.interrupted = True
    if not run.swept.complete:
        run.rest()
    run.swept.seconds = time.monotonic() - began
    return run.swept


class _Sweep:
    """One sweep while it goes on."""

    def __init__(
        self,
        channel: Channel,
        question: Question,
        answers: Answers,
        manner: Manner,
        tell: Tell,
        progress: Progress | None,
    ) -> None:
        self.channel = channel
        self.question = question
        self.answers = answers
        self.manner = manner
        self.tell = tell
        self.progress = progress
        self.swept = Swept(answers)
        self._pace = Pace(manner.rate, time.monotonic())
        self._sent_at = array("d", bytes(8 * answers.asked.size))
        self._last = self._shown = 0.0

    def all(self) -> None:
        """Ask every address, those that are silent again, and listen until the last window is over."""
        for attempt in range(1, self.manner.attempts + 1):
            self._round(attempt)
        self._listen(self._last + self.manner.window)

    def rest(self) -> None:
        """Take in what was received before the sweep ended early; a socket tells once more what failed."""
        for _ in range(2):
            with suppress(LinkFailed):
                self._take()

    def _round(self, attempt: int) -> None:
        credit = 0
        for index, address in enumerate(self.answers.asked):
            if attempt > 1 and not self._still_silent(index):
                continue
            if not credit:
                credit = self._credit()
            credit -= 1
            self.answers.attempts[index] = attempt
            self.channel.send(self.question.frame(address))
            self._last = self._sent_at[index] = time.monotonic()
            self.swept.sent += 1

    def _still_silent(self, index: int) -> bool:
        """Wait until the window of an address is over, and tell whether it has not answered by then."""
        if self.answers.answered[index]:
            return False
        self._listen(self._sent_at[index] + self.manner.window)
        return not self.answers.answered[index]

    def _credit(self) -> int:
        """Return how many frames may be sent now; waits until at least one may."""
        self._take()
        while not (due := self._pace.due(time.monotonic())):
            self.channel.wait(min(_LONGEST_WAIT, self._pace.pause()))
            self._take()
        return due

    def _listen(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            self.channel.wait(min(_LONGEST_WAIT, left))
            self._take()

    def _take(self) -> None:
        """Take in what has been received, tell what is new of it, and show how far the sweep is."""
        news = []
        for frame in self.channel.received():
            reply = self.question.reply(frame)
            if reply is None:
                continue
            if not self.question.usable(reply):
                self.answers.unusable += 1
            elif (answer := self.answers.add(reply)) is not None:
                news.append(answer)
        if news:
            self.tell(news)
        if self.progress is not None and time.monotonic() - self._shown >= _SHOW_EVERY:
            self._shown = time.monotonic()
            self.progress(self.swept.sent, self.answers.asked.size - sum(self.answers.answered), len(self.answers))
