"""From a request and its subject to a plan: what is to be done, or why nothing is."""

from __future__ import annotations

from dataclasses import replace

from scanners.live import State
from vhost.act.drivers import DRIVERS
from vhost.act.job import Job
from vhost.act.plan import Plan, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Recorded, Subject
from vhost.errors import InUse, UsageError, VhostError
from vhost.transport import Host

_CHANGED = frozenset({"XEN", "QEMU"})
"""Session types whose start can be changed by the call."""

_SILENT = frozenset({"VMW"})
"""Session types whose hypervisor does not tell a paused guest from one that runs."""

_ALREADY: dict[Verb, tuple[frozenset[State], str]] = {
    Verb.POWEROFF: (frozenset({State.OFF, State.SAVED}), "is not running"),
    Verb.REBOOT: (frozenset({State.OFF, State.SAVED}), "is not running"),
    Verb.RESET: (frozenset({State.OFF, State.SAVED}), "is not running"),
    Verb.INIT: (frozenset({State.OFF, State.SAVED}), "is not running"),
    Verb.SUSPEND: (frozenset({State.OFF, State.SAVED}), "is not running"),
    Verb.PAUSE: (frozenset({State.PAUSED}), "is paused already"),
    Verb.RESUME: (frozenset({State.RUNNING}), "runs already"),
}


def planned(request: Request, subject: Subject) -> Plan:
    """Return the plan; without steps and with the reason where nothing is to be done. Raises `VhostError`."""
    recorded = subject.recorded
    done = already(request, subject)
    steps = () if done else tuple(driven(request, subject))
    return Plan(label=recorded.label, type=recorded.type, host=subject.host, steps=steps, done=done)


def driven(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a driver; to reuse a machine that does not run is to create it."""
    request = replace(request, verb=Verb.CREATE) if request.verb is Verb.REUSE else request
    if request.changes_start and (subject.recorded.type not in _CHANGED or request.verb is not Verb.CREATE):
        kind = f"a {subject.recorded.type} guest" if request.verb is Verb.CREATE else request.verb.value.upper()
        raise UsageError(
            subject.recorded.label, f"CALLOPTS, BOOTMODE and CHDIR cannot be had with {kind}", "leave them out"
        )
    return [] if request.verb is Verb.CONNECT else DRIVERS[subject.recorded.type](request, subject)


def already(request: Request, subject: Subject) -> str:
    """Return why nothing is to be done, "" where something is. Raises `InUse` or `UsageError` for what cannot be."""
    states, sentence = _ALREADY.get(request.verb, (frozenset(), ""))
    told = request.verb is not Verb.RESUME or subject.recorded.type not in _SILENT
    if subject.state in states and told:
        return sentence
    if request.verb is Verb.PAUSE and not subject.state.alive:
        raise UsageError(subject.recorded.label, f"is {subject.state.value} and cannot be paused")
    if request.verb in {Verb.CONNECT, Verb.REUSE} and subject.state.alive:
        return f"is {subject.state.value}"
    if request.verb is Verb.CONNECT:
        raise UsageError(subject.recorded.label, "does not run", "start it with CREATE or REUSE")
    if request.verb is Verb.CREATE and subject.state.alive:
        raise InUse(subject.recorded.label, f"runs already on {subject.host.account}")
    return ""


def offline(job: Job) -> None:
    """Fill in the plan of a job without asking anybody, as if its guest was in the state that the verb is for."""
    if job.failure or job.recorded is None:
        return
    try:
        if job.recorded.type not in DRIVERS:
            raise no_driver(job.recorded)
        subject = Subject(recorded=job.recorded, host=job.hosts[0] if job.hosts else Host("localhost"))
        steps = driven(job.request, subject)
        job.plan = Plan(label=job.label, type=job.recorded.type, host=subject.host, steps=tuple(steps))
    except VhostError as error:
        job.failure = error


def no_driver(recorded: Recorded) -> UsageError:
    """Return the error for a machine of a type that nothing is known of."""
    return UsageError(recorded.label, f"nothing is known of how to act on a {recorded.type or 'nameless'} guest")
