"""The one runner for everything that asks the world: bounded threads, progress, failures as results.

A scanner hands out tasks and answers each with what it found and with further tasks. The runner
works on them with a bounded number of threads until none is left. A failure is a `Finding`: it
names the place, and the rest goes on.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from vhost.errors import VhostError

Task = TypeVar("Task")
Found = TypeVar("Found", covariant=True)  # noqa: PLC0105 - named for its readers, not for its variance


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that was not read, or not wholly: where, and what is wrong with it.

    `lost` is True where claims of an earlier scan may still hold below `where`, because
    it could not be looked at.
    """

    where: str
    problem: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Step(Generic[Task, Found]):
    """The answer to one task."""

    found: Sequence[Found] = ()
    tasks: Sequence[Task] = ()
    findings: Sequence[Finding] = ()


class Scanner(Protocol[Task, Found]):
    """One way to look at the world."""

    name: ClassVar[str]

    def begin(self) -> Iterable[Task]:
        """Return the first tasks."""

    def step(self, task: Task) -> Step[Task, Found]:
        """Do one task. Called from many threads at once; a user's problem is a finding, not an exception."""


@dataclass(slots=True)
class Outcome(Generic[Found]):
    """Everything that a run found, in no particular order, and what went wrong."""

    found: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tasks: int = 0


Progress = Callable[[int, int, int], None]
"""Told (tasks done, tasks waiting, things found), a few times a second, by the thread that called `run`."""

_SHOW_EVERY = 0.1  # seconds between two calls of a Progress
_LOOK_EVERY = 0.02  # seconds between two looks at whether more threads would help; the kernel's slices are 4 ms
_BUSY = 0.5  # the share of its time that a thread works from which on others would only be in its way
_NEAR = 64  # tasks for each of several threads that are as good as the newest
_STRIDE = 7919  # a prime, so that one turn after the other reaches every task
_LAST_WORDS = 0.5  # seconds that threads get to end in when a run is broken off


def run(scanner: Scanner[Task, Found], *, threads: int, progress: Progress | None = None) -> Outcome[Found]:
    """Return what the scanner found, after its last task.

    At most `threads` threads work, on the newest task first, which keeps the queue of a tree short.
    One begins, and the others come when it is seen to wait for answers rather than to compute:
    threads hide the latency of a network file system and are in each other's way on a local disk.
    A `VhostError` or `OSError` of a step is a `Finding`. Any other exception, Ctrl-C above all,
    stops the run at once and is raised here.
    """
    crew = _Crew(scanner, max(1, threads))
    try:
        crew.lead(progress)
    finally:
        crew.dismiss()
    if crew.failure is not None:
        raise crew.failure
    if progress is not None:
        progress(crew.outcome.tasks, 0, len(crew.outcome.found))
    return crew.outcome


class _Crew(Generic[Task, Found]):
    """The threads of one run, and what they share. Everything below the lock changes under it only."""

    def __init__(self, scanner: Scanner[Task, Found], threads: int) -> None:
        self.scanner = scanner
        self.most = threads
        self.hands: list[threading.Thread] = []
        self.failure: BaseException | None = None
        self.finished = threading.Event()
        self.news = threading.Condition(threading.Lock())
        self.tasks: list[Task] = list(scanner.begin())
        self.outcome: Outcome[Found] = Outcome()
        self.working = 0
        self.turn = 0
        self.stopped = not self.tasks

    def lead(self, progress: Progress | None) -> None:
        """Wait until all is done; meanwhile add threads if they would help, and tell `progress`."""
        if self.stopped:
            return
        self._hire(1)
        watch = _Watch(self.hands[0])
        shown = time.monotonic()
        while not self.finished.wait(_LOOK_EVERY if len(self.hands) < self.most else _SHOW_EVERY):
            if len(self.hands) < self.most and watch.waited() and len(self.tasks) > 1:
                self._hire(self.most)
            if progress is not None and time.monotonic() - shown >= _SHOW_EVERY:
                progress(self.outcome.tasks, len(self.tasks), len(self.outcome.found))
                shown = time.monotonic()

    def dismiss(self) -> None:
        """Let no thread begin another task, and give each a moment to end the one that it does."""
        with self.news:
            self.stopped = True
            self.tasks.clear()
            self.news.notify_all()
        until = time.monotonic() + _LAST_WORDS
        for hand in self.hands:
            hand.join(max(0.0, until - time.monotonic()))

    def _hire(self, count: int) -> None:
        for _ in range(min(count, self.most - len(self.hands))):
            hand = threading.Thread(target=self._work, name=self.scanner.name, daemon=True)
            try:
                hand.start()
            except RuntimeError:  # the system allows no more threads: those that run do the work
                if not self.hands:
                    raise
                self.most = len(self.hands)
                return
            self.hands.append(hand)

    def _work(self) -> None:
        try:
            task = self._next(None)
            while task is not None:
                task = self._next(self._answer(task[0]))
        except BaseException as failure:  # noqa: BLE001 - `run` raises it, in the thread that called
            self.failure = failure
            self.finished.set()

    def _answer(self, task: Task) -> Step[Task, Found]:
        try:
            return self.scanner.step(task)
        except (VhostError, OSError) as problem:
            return Step(findings=[_finding(problem)])

    def _next(self, answer: Step[Task, Found] | None) -> tuple[Task] | None:
        """Keep the answer to a thread's last task and return its next one; None is the end."""
        with self.news:
            if answer is not None:
                self._keep(answer)
                self.working -= 1
            while not self.tasks and self.working and not self.stopped:
                self.news.wait()  # somebody works who may bring more
            if self.stopped or not self.tasks:
                self.news.notify_all()
                self.finished.set()
                return None
            self.working += 1
            return (self._one_of_the_newest(),)

    def _one_of_the_newest(self) -> Task:
        """Take a task: the newest for one thread, else any of the newest, lest many threads be in one place.

        Where tasks are directories, the newest are mostly siblings, and some file systems answer
        only one question at a time about the names in one directory.
        """
        tasks, self.turn = self.tasks, self.turn + _STRIDE
        near = _NEAR * len(self.hands) if len(self.hands) > 1 else 1
        at = len(tasks) - 1 - self.turn % min(len(tasks), near)
        task, tasks[at] = tasks[at], tasks[-1]
        tasks.pop()
        return task

    def _keep(self, answer: Step[Task, Found]) -> None:
        self.outcome.tasks += 1
        self.outcome.found.extend(answer.found)
        self.outcome.findings.extend(answer.findings)
        self.tasks.extend(answer.tasks)
        if len(answer.tasks) > 1:  # one is for the thread that brings them
            self.news.notify(len(answer.tasks) - 1)


class _Watch:
    """Sees whether a thread waits for answers or computes; on a busy machine both get little CPU time.

    Source: /proc/PID/task/TID/schedstat and stat, in proc(5) and the kernel's sched-stats: how long
    a thread has run, and how long it has stood in line for a CPU (counted when its turn has come).
    """

    def __init__(self, thread: threading.Thread) -> None:
        self._place = Path(f"/proc/self/task/{thread.native_id}")
        self._since = time.monotonic()
        self._worked = 0.0

    def waited(self) -> bool:
        """Tell whether the thread has mostly waited since the last time that this was known."""
        now = time.monotonic()
        try:
            if self._place.joinpath("stat").read_bytes().rpartition(b")")[2].split()[0] == b"R":
                return False  # it may stand in line, and nobody knows for how long
            ran, stood, _ = self._place.joinpath("schedstat").read_bytes().split()
            worked = (int(ran) + int(stood)) / 1e9
        except (OSError, ValueError):  # a kernel without these figures
            worked = time.process_time()
        waited = worked - self._worked < _BUSY * (now - self._since)
        self._since, self._worked = now, worked
        return waited


def _finding(problem: VhostError | OSError) -> Finding:
    """Return the failure of a step as a finding; what an `OSError` hides may still be there."""
    if isinstance(problem, VhostError):
        text = f"{problem.problem}; {problem.advice}" if problem.advice else problem.problem
        return Finding(problem.where, text)
    where = problem.filename if problem.filename is not None else ""
    name = os.fsdecode(where) if isinstance(where, str | bytes) else str(where)
    return Finding(name, problem.strerror or str(problem), lost=True)
