"""Sweeps of a segment that a test makes up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scanners.answers import Answer, Answers, Reply
from scanners.packets import Frame, LinkFailed
from scanners.ranges import Ranges
from scanners.sweep import Manner, Swept, sweep

MAC = b"\x02\0\0\0\0\x0a"
Wire = Callable[[int, int], Sequence[Reply]]
"""What comes back for (address, how often it has been asked for)."""


class Numbers:
    """A protocol whose frames are the numbers themselves."""

    def frame(self, address: int) -> bytes:
        return address.to_bytes(4, "big")

    def reply(self, frame: Frame) -> Reply | None:
        return Reply(int.from_bytes(frame.data[:4], "big"), frame.data[4:10], frame.data[4:10]) if frame.data else None

    def usable(self, reply: Reply) -> bool:
        return any(reply.mac)


@dataclass
class Line:
    """A segment on which `wire` decides what comes back; it fails after so many frames."""

    wire: Wire
    fails_after: int | None = None
    interrupted_after: int | None = None
    asked: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    waiting: list[Frame] = field(default_factory=list)

    def send(self, frame: bytes) -> None:
        if len(self.asked) == self.fails_after:
            raise LinkFailed("Network is down")
        if len(self.asked) == self.interrupted_after:
            raise KeyboardInterrupt
        address = int.from_bytes(frame, "big")
        self.asked.append(address)
        self.times.append(time.monotonic())
        replies = self.wire(address, Counter(self.asked)[address])
        self.waiting += [Frame(one.address.to_bytes(4, "big") + one.mac) for one in replies]

    def received(self) -> Iterator[Frame]:
        while self.waiting:
            yield self.waiting.pop(0)

    def wait(self, seconds: float) -> None:
        if not self.waiting:
            time.sleep(seconds)


def swept(line: Line, size: int = 20, **manner: float) -> tuple[Swept, list[Answer]]:
    told: list[Answer] = []
    asked = Ranges([(100, 99 + size)])
    how = Manner(rate=manner.get("rate", 0), attempts=int(manner.get("attempts", 2)), window=manner.get("window", 0.02))
    return sweep(line, Numbers(), Answers(asked, {}), how, told.extend), told


def test_each_address_is_asked_once_in_order_and_the_silent_ones_again() -> None:
    line = Line(lambda address, _: [Reply(address, MAC, MAC)] if address % 2 else [])
    result, told = swept(line, attempts=3)
    silent = [address for address in range(100, 120) if not address % 2]
    assert line.asked == [*range(100, 120), *silent, *silent]
    assert [one.address for one in told] == [address for address in range(100, 120) if address % 2]
    assert (result.sent, result.complete) == (40, True)


def test_an_answer_knows_after_which_attempt_it_came() -> None:
    line = Line(lambda address, times: [Reply(address, MAC, MAC)] if times == address % 3 + 1 else [])
    _, told = swept(line, attempts=3)
    assert {one.address: one.attempt for one in told} == {address: address % 3 + 1 for address in range(100, 120)}


def test_nobody_is_asked_again_before_the_window_is_over() -> None:
    line = Line(lambda *_: [])
    swept(line, size=5, window=0.05)
    first, second = line.times[:5], line.times[5:]
    assert all(again - before >= 0.05 for before, again in zip(first, second, strict=True))


def test_the_sweep_listens_until_the_last_window_is_over() -> None:
    late = Reply(119, MAC, MAC)
    line = Line(lambda *_: [])
    began = time.monotonic()

    def wait(seconds: float) -> None:
        time.sleep(seconds)
        if time.monotonic() - began > 0.05 and len(line.asked) == 20:
            line.waiting.append(Frame(late.address.to_bytes(4, "big") + late.mac))

    line.wait = wait  # type: ignore[method-assign] # a reply that takes its time
    _, told = swept(line, attempts=1, window=0.2)
    assert [one.address for one in told] == [119]


def test_an_interface_that_fails_costs_no_answer() -> None:
    line = Line(lambda address, _: [Reply(address, MAC, MAC)], fails_after=10)
    result, _ = swept(line)
    assert (result.problem, result.complete) == ("Network is down", False)
    assert len(result.answers) == len(line.asked)


def test_an_interruption_costs_no_answer() -> None:
    line = Line(lambda address, _: [Reply(address, MAC, MAC)], interrupted_after=10)
    result, _ = swept(line)
    assert (result.interrupted, result.complete, len(result.answers)) == (True, False, 10)


def test_replies_that_no_host_can_have_sent_are_counted() -> None:
    result, told = swept(Line(lambda address, _: [Reply(address, bytes(6), bytes(6))]), attempts=1)
    assert (result.answers.unusable, told) == (20, [])


def test_frames_that_are_no_reply_are_nothing() -> None:
    line = Line(lambda *_: [], waiting=[Frame(b"")])
    result, told = swept(line, attempts=1)
    assert (len(result.answers), told) == (0, [])


def test_a_pace_is_kept() -> None:
    line = Line(lambda address, _: [Reply(address, MAC, MAC)])
    swept(line, size=30, rate=300, attempts=1)
    assert line.times[-1] - line.times[0] >= 25 / 300
