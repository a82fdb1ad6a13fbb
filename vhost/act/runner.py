"""The one runner: does the steps of a plan and looks whether each brought about what it should."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from scanners.live import State
from vhost import normal
from vhost.act import wake
from vhost.act.plan import Command, MonitorCall, Plan, Step
from vhost.act.watch import Watch
from vhost.errors import Mismatch, NotPermitted, TimedOut, Unreachable, VhostError
from vhost.qmp import Monitor
from vhost.transport import Site, Transport

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_LOST_AFTER = 10.0
"""After how many seconds, or half of its time, an action that brought about nothing is taken for lost."""
_LOOKS_LOST = 3
"""How often in a row the hypervisor may fail to say what a guest does before that is an error."""


@dataclass(slots=True)
class Progress:
    """How far a plan got: the lines that were done or are under way, for the log and for who breaks it off."""

    plan: Plan
    done: list[str] = field(default_factory=list)
    under_way: list[str] = field(default_factory=list)
    state: State | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Runner:
    """Does plans. `stop` ends every wait, as Ctrl-C does."""

    transport: Transport
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, plan: Plan, watch: Watch, progress: Progress) -> None:
        """Do a plan. Raises the `VhostError` that ended it."""
        began = monotonic()
        missed: VhostError | None = None
        try:
            for step in plan.steps:
                if step.rescue and missed is None:
                    continue
                if missed is not None and (not step.rescue or isinstance(missed, Mismatch)):
                    break
                self._not_stopped(plan)
                missed = self._done(step, watch, progress)
            if missed is not None:
                raise missed
        finally:
            progress.seconds = monotonic() - began

    def _not_stopped(self, plan: Plan) -> None:
        """Raise `VhostError` if the plan was broken off: a wait that was cut short is no reason to go on."""
        if self.stop.is_set():
            raise VhostError(f"{plan.label} on {plan.host.account}", "was broken off")

    def _done(self, step: Step, watch: Watch, progress: Progress) -> VhostError | None:
        """Return what kept a step from what it expects, None if it got there."""
        problem = self._tried(step, progress)
        if step.decisive and step.again and problem is not None and not self.stop.is_set():
            problem = self._tried(step, progress)
        if step.optional or (step.decisive and problem is not None):
            return None if step.optional else problem
        if not step.expects or isinstance(problem, NotPermitted | Unreachable | Mismatch):
            return problem
        return self._reached(step, watch, progress, problem)

    def _reached(self, step: Step, watch: Watch, progress: Progress, problem: VhostError | None) -> VhostError | None:
        """Wait for what a step expects; where its action failed, one look must show that it holds all the same."""
        began, pause, again = monotonic(), _FIRST_PAUSE, step.again
        look = _patient(watch.another if step.fresh else partial(watch.state, step.expects))
        while not self.stop.is_set():
            progress.state = look()
            if progress.state in step.expects:
                return None
            waited = monotonic() - began
            if problem is not None and again and not isinstance(problem, TimedOut):
                again = False
                self.stop.wait(min(_LONGEST_PAUSE, step.within / 2))
                problem = None if self.stop.is_set() else self._tried(step, progress)
                continue
            if problem is not None or waited >= step.within:
                break
            if again and waited >= min(step.within / 2, _LOST_AFTER):
                again = False
                self._tried(step, progress)
            self.stop.wait(min(pause, max(0.0, step.within - waited)))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return problem or _late(step, progress)

    def _tried(self, step: Step, progress: Progress) -> VhostError | None:
        progress.under_way.append(step.line)
        try:
            self._act(step, f"{progress.plan.label} on {step.host.account}")
        except VhostError as error:
            return error
        else:
            progress.done.append(step.line)
            return None
        finally:
            progress.under_way.clear()

    def _act(self, step: Step, where: str) -> None:
        site = Site(self.transport, step.host, step.privilege)
        if isinstance(step.action, Command):
            answer = site.run(step.action.argv, timeout=step.timeout)
            if answer.status:
                program = step.action.argv[0].rpartition("/")[2]
                said = answer.complaint or f"exit {answer.status}"
                raise VhostError(where, said if program == "sh" else f"{program}: {said}")
        elif isinstance(step.action, MonitorCall):
            with site.monitor(step.action.place) as monitor:
                self._call(monitor, step.action, step)
        else:
            wake.send(step.action.mac)

    def _call(self, monitor: Monitor, call: MonitorCall, step: Step) -> None:
        """Do a monitor's command, after the guest has said that it is the one that was looked at."""
        _be_the_one(monitor, call)
        monitor.execute(call.command, call.arguments)
        if call.event and monitor.wait({call.event}, step.within) is None:
            raise TimedOut(call.place, f"no {call.event} within {step.within:g} s after {call.command}")
        if call.until_saved:
            self._saved(monitor, call, monotonic() + step.timeout)

    def _saved(self, monitor: Monitor, call: MonitorCall, deadline: float) -> None:
        """Wait until a guest's state is written. Raises `VhostError` if that fails; the guest then runs on."""
        while True:
            said = monitor.execute("query-migrate")
            if not isinstance(said, dict):
                raise VhostError(call.place, "the guest's monitor was lost while its state was saved")
            status = said.get("status")
            if status == "completed":
                return
            if status in {"failed", "cancelled"}:
                raise VhostError(call.place, f"its state could not be saved: {said.get('error-desc', status)}")
            if self.stop.is_set() or monotonic() > deadline:
                monitor.execute("migrate_cancel")
                raise TimedOut(call.place, "its state was not saved in time; the guest runs on")
            self.stop.wait(_FIRST_PAUSE)


def _be_the_one(monitor: Monitor, call: MonitorCall) -> None:
    """Check that the guest that answers is the one that was looked at. Raises `Mismatch`, `VhostError` for silence."""
    if call.uuid:
        told = _told(monitor.execute("query-uuid"), "UUID")
        if not told:
            raise VhostError(call.place, "the guest's monitor does not say whose it is")
        if normal.uuid(told) != call.uuid:
            raise Mismatch(call.place, f"another guest answers there: {told}")
    name = _told(monitor.execute("query-name"), "name")
    if call.name and name and name != call.name:
        raise Mismatch(call.place, f"another guest answers there: {name!r}")


def _told(said: object, key: str) -> str:
    return str(said.get(key) or "") if isinstance(said, dict) else ""


def _patient(look: Callable[[], State]) -> Callable[[], State]:
    """Return a look that is unknown where the hypervisor stumbles, and an error only where it does so repeatedly."""
    failures = 0

    def looked() -> State:
        nonlocal failures
        try:
            state = look()
        except (Unreachable, NotPermitted):
            raise
        except VhostError:
            failures += 1
            if failures >= _LOOKS_LOST:
                raise
            return State.UNKNOWN
        failures = 0
        return state

    return looked


def _late(step: Step, progress: Progress) -> TimedOut:
    where = f"{progress.plan.label} on {progress.plan.host.account}"
    wanted = " or ".join(sorted(state.value for state in step.expects))
    state = progress.state.value if progress.state else "unknown"
    return TimedOut(
        where,
        f"is {state} {step.within:g} s after it was told, not {wanted}",
        "wait longer with --timeout, or use --force",
    )
