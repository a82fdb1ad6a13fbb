"""libvirt by `virsh -c URI`. A domain is addressed by its UUID.

    virsh -c qemu:///system -q shutdown 6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2

Source: virsh(1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scanners.live import State
from scanners.live.marks import NAMESPACE
from scanners.live.virsh import command, leads_to, spelled
from vhost.act.drivers import guest_init
from vhost.act.drivers.states import GONE, HARD, PAUSE, PAUSED, REBOOT, RUNS, SAVE, SOFT, START, STARTED
from vhost.act.plan import Command, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject
from vhost.errors import UsageError
from vhost.transport import Host


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a request for a domain."""
    return _STEPS[request.verb](request, subject)


def _step(request: Request, subject: Subject, *words: str) -> Step:
    if leads_to(request.uri, subject.host):  # virsh then runs here, and its connection has the privilege
        return Step(host=Host("localhost"), action=Command(tuple(command("virsh", request.uri, *words))))
    argv = command(subject.tool("virsh"), request.uri, *words)
    return Step(host=subject.host, privilege=request.privilege, action=Command(tuple(argv)))


def _domain(subject: Subject) -> str:
    uuid = subject.guest.uuid if subject.guest else subject.recorded.uuid
    return spelled(uuid) if uuid else subject.name


def _create(request: Request, subject: Subject) -> list[Step]:
    started = _step(request, subject, "start", _domain(subject))
    started = replace(started, timeout=SAVE, expects=STARTED, within=request.wait(START), fresh=True)
    if subject.guest is not None:
        return [started]
    from xml.sax.saxutils import quoteattr  # noqa: PLC0415 - takes as long as all other modules of a plan

    noted = f"<config path={quoteattr(subject.config)}/>"
    words = ("metadata", _domain(subject), NAMESPACE, "--key", "vhost", "--set", noted, "--config")
    return [
        replace(_step(request, subject, "define", subject.config), reads=True),
        replace(_step(request, subject, *words), optional=True),
        started,
    ]


def _resume(request: Request, subject: Subject) -> list[Step]:
    if request.state_file:
        words: tuple[str, ...] = ("restore", subject.state_file(request.state_file))
    elif subject.state is State.PAUSED:
        resumed = _step(request, subject, "resume", _domain(subject))
        return [replace(resumed, timeout=SAVE, expects=RUNS, within=request.wait(START))]
    elif subject.guest and subject.state is State.OFF:
        raise UsageError(
            subject.recorded.label, "is shut off, and libvirt holds no state of it", "start it with CREATE"
        )
    else:  # libvirt itself holds the state of a managed save
        words = ("start", _domain(subject))
    return [replace(_step(request, subject, *words), timeout=SAVE, expects=STARTED, within=request.wait(START))]


def _poweroff(request: Request, subject: Subject) -> list[Step]:
    hard = replace(_step(request, subject, "destroy", _domain(subject)), expects=GONE, within=request.wait(HARD))
    if request.force or request.grace == 0:
        return [hard]
    grace = request.wait(SOFT) if request.grace is None else request.grace
    soft = replace(_step(request, subject, "shutdown", _domain(subject)), expects=GONE, within=grace, again=True)
    return [soft] if request.grace is None else [soft, replace(hard, rescue=True)]


def _reboot(request: Request, subject: Subject) -> list[Step]:
    """Ask for a reboot and wait for its event in the same connection: the domain keeps its number."""
    if request.force:
        return _reset(request, subject)
    limit, domain = request.wait(REBOOT), _domain(subject)
    half = max(1, round(limit / 2))
    asked = _step(request, subject, f"reboot {domain}; event {domain} --event reboot --timeout {half}")
    return [replace(asked, timeout=half + 10, expects=RUNS, within=PAUSE, again=True, decisive=True)]


def _reset(request: Request, subject: Subject) -> list[Step]:
    return [replace(_step(request, subject, "reset", _domain(subject)), expects=STARTED, within=request.wait(PAUSE))]


def _pause(request: Request, subject: Subject) -> list[Step]:
    held = _step(request, subject, "suspend", _domain(subject))
    return [replace(held, expects=PAUSED, within=request.wait(PAUSE))]


def _suspend(request: Request, subject: Subject) -> list[Step]:
    to_file = ("save", _domain(subject), subject.state_file(request.state_file))
    words = to_file if request.state_file else ("managedsave", _domain(subject))
    saved = _step(request, subject, *words)
    return [replace(saved, timeout=request.wait(SAVE), expects=GONE, within=request.wait(HARD))]


_STEPS: dict[Verb, Callable[[Request, Subject], list[Step]]] = {
    Verb.CREATE: _create,
    Verb.RESUME: _resume,
    Verb.POWEROFF: _poweroff,
    Verb.REBOOT: _reboot,
    Verb.RESET: _reset,
    Verb.PAUSE: _pause,
    Verb.SUSPEND: _suspend,
    Verb.INIT: guest_init.steps,
}
