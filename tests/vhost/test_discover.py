"""The runner: order, threads, failures, progress, and what Ctrl-C does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

import pytest

from vhost.discover import Finding, Step, run
from vhost.errors import UsageError


@dataclass
class Numbers:
    """Every number below `count`: a task n hands out its children in a tree of that many branches."""

    name: ClassVar[str] = "numbers"
    count: int
    branches: int = 2
    act: Callable[[int], None] = lambda _: None
    order: list[int] = field(default_factory=list)

    def begin(self) -> Iterable[int]:
        return [0] if self.count else []

    def step(self, task: int) -> Step[int, int]:
        self.order.append(task)
        self.act(task)
        children = range(task * self.branches + 1, task * self.branches + self.branches + 1)
        return Step(found=[task], tasks=[child for child in children if child < self.count])


class Watch:
    """How many threads are in a step at once, at most."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.now = 0
        self.most = 0
        self.lock = threading.Lock()

    def __call__(self, _: int) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.work()
        with self.lock:
            self.now -= 1


@pytest.mark.parametrize("threads", [1, 2, 16])
def test_every_task_is_done_once(threads: int) -> None:
    outcome = run(Numbers(1000), threads=threads)

    assert sorted(outcome.found) == list(range(1000))
    assert outcome.tasks == 1000


def test_a_run_without_tasks_finds_nothing() -> None:
    outcome = run(Numbers(0), threads=4)

    assert (outcome.found, outcome.findings, outcome.tasks) == ([], [], 0)


def test_the_newest_task_comes_first_so_that_a_wide_tree_needs_a_short_queue() -> None:
    scanner = Numbers(31, branches=2)

    run(scanner, threads=1)

    assert scanner.order[:5] == [0, 2, 6, 14, 30]


def test_an_error_of_a_step_is_a_finding_and_the_others_are_done() -> None:
    def act(task: int) -> None:
        if task == 7:
            raise UsageError("here", "is wrong", "repair it")

    outcome = run(Numbers(50, branches=50, act=act), threads=4)

    assert outcome.findings == [Finding("here", "is wrong; repair it")]
    assert sorted(outcome.found) == [number for number in range(50) if number != 7]


@pytest.mark.parametrize(
    ("error", "finding"),
    [
        (PermissionError(13, "Permission denied", "/vmpool"), Finding("/vmpool", "Permission denied", lost=True)),
        (OSError(5, "Input/output error", b"/vm\xffpool"), Finding("/vm\udcffpool", "Input/output error", lost=True)),
        (OSError(5, "Input/output error", 3), Finding("3", "Input/output error", lost=True)),
        (OSError("odd"), Finding("", "odd", lost=True)),
    ],
)
def test_what_the_system_refuses_is_a_finding_that_may_hide_something(error: OSError, finding: Finding) -> None:
    def act(task: int) -> None:
        if task == 1:
            raise error

    assert run(Numbers(3, act=act), threads=2).findings == [finding]


def test_any_other_exception_of_a_step_ends_the_run() -> None:
    def act(task: int) -> None:
        if task == 100:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(Numbers(100_000, act=act), threads=4)


def test_no_more_threads_work_than_allowed() -> None:
    watch = Watch(lambda: time.sleep(0.005))

    run(Numbers(100, branches=100, act=watch), threads=3)

    assert watch.most == 3


def test_tasks_that_wait_get_many_threads() -> None:
    watch = Watch(lambda: time.sleep(0.02))

    run(Numbers(400, branches=400, act=watch), threads=32)

    assert watch.most >= 16


def test_tasks_that_compute_get_few_threads() -> None:
    def compute() -> None:
        sum(range(20_000))

    watch = Watch(compute)

    run(Numbers(1000, branches=1000, act=watch), threads=64)

    assert watch.most <= 16


def test_no_thread_outlives_its_run() -> None:
    before = threading.active_count()

    run(Numbers(200, act=lambda _: time.sleep(0.001)), threads=16)

    assert threading.active_count() == before


def test_a_run_goes_on_with_the_threads_that_it_got(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def limited(thread: threading.Thread) -> None:
        if len(started) == 2:
            message = "can't start new thread"
            raise RuntimeError(message)
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)

    outcome = run(Numbers(100, branches=100, act=lambda _: time.sleep(0.005)), threads=16)

    assert len(outcome.found) == 100
    assert len(started) == 2


def test_without_figures_of_the_kernel_waiting_tasks_still_get_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: object) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr("vhost.discover.Path.read_bytes", unreadable)
    watch = Watch(lambda: time.sleep(0.02))

    run(Numbers(400, branches=400, act=watch), threads=32)

    assert watch.most >= 16


def test_progress_is_told_by_the_caller_and_at_last_that_all_is_done() -> None:
    told: list[tuple[int, int, int]] = []
    tellers = set()

    def progress(done: int, queued: int, found: int) -> None:
        told.append((done, queued, found))
        tellers.add(threading.current_thread())

    run(Numbers(60, act=lambda _: time.sleep(0.01)), threads=2, progress=progress)

    assert told[-1] == (60, 0, 60)
    assert tellers == {threading.current_thread()}


def test_progress_is_told_at_most_ten_times_a_second() -> None:
    times: list[float] = []

    run(Numbers(3000, act=lambda _: time.sleep(0.0005)), threads=2, progress=lambda *_: times.append(time.monotonic()))

    steps = [later - earlier for earlier, later in pairwise(times[:-1])]
    assert len(times) > 2
    assert min(steps) > 0.09


_ENDLESS = """
import sys, time
from vhost.discover import Step, run
class Endless:
    name = "endless"
    def begin(self): return range(100)
    def step(self, task):
        print("at work", flush=True)
        time.sleep(60)
        return Step()
try:
    run(Endless(), threads=8)
except KeyboardInterrupt:
    sys.exit(42)
"""


def test_ctrl_c_ends_a_run_although_its_threads_hang() -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()

        assert process.wait(timeout=30) == 42
        assert time.monotonic() - begin < 5
