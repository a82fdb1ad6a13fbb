"""VirtualBox by `VBoxManage`. Not run against the real program.

    VBoxManage startvm 56a2... --type headless   VBoxManage controlvm 56a2... acpipowerbutton

Source: VBoxManage(1).
"""

from __future__ import annotations

from dataclasses import replace

from scanners.live import State
from scanners.live.virsh import spelled
from vhost.act.drivers import guest_init
from vhost.act.drivers.states import GONE, HARD, PAUSE, PAUSED, RUNS, SAVE, SOFT, START, STARTED, impossible
from vhost.act.plan import Command, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject

_CONTROL = {
    Verb.RESET: ("reset", STARTED, PAUSE),
    Verb.PAUSE: ("pause", PAUSED, PAUSE),
    Verb.SUSPEND: ("savestate", GONE, SAVE),
}


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a request for a machine. Raises `UsageError` for a soft reboot, which there is none of."""
    verb = Verb.RESET if request.verb is Verb.REBOOT and request.force else request.verb
    if verb is Verb.INIT:
        return guest_init.steps(request, subject)
    if verb is Verb.POWEROFF:
        return _poweroff(request, subject)
    if verb is Verb.RESUME and subject.state is State.PAUSED:
        return [_step(request, subject, "controlvm", "resume", expects=RUNS, usual=PAUSE)]
    if verb in {Verb.CREATE, Verb.RESUME}:
        return [_step(request, subject, "startvm", "--type", "headless", expects=STARTED, usual=START)]
    if verb in _CONTROL:
        word, expects, usual = _CONTROL[verb]
        return [_step(request, subject, "controlvm", word, expects=expects, usual=usual)]
    raise impossible("VBOX", f"{verb.value} without FORCE")


def _poweroff(request: Request, subject: Subject) -> list[Step]:
    hard = _step(request, subject, "controlvm", "poweroff", expects=GONE, usual=HARD)
    if request.force or request.grace == 0:
        return [hard]
    grace = request.wait(SOFT) if request.grace is None else request.grace
    soft = _step(request, subject, "controlvm", "acpipowerbutton", expects=GONE, usual=grace)
    soft = replace(soft, within=grace, again=True)
    return [soft] if request.grace is None else [soft, replace(hard, rescue=True)]


def _step(request: Request, subject: Subject, call: str, *words: str, expects: frozenset[State], usual: float) -> Step:
    uuid = subject.guest.uuid if subject.guest else subject.recorded.uuid
    argv = (subject.tool("VBoxManage"), call, spelled(uuid) if uuid else subject.name, *words)
    return Step(
        host=subject.host,
        privilege=request.privilege,
        action=Command(argv),
        timeout=max(usual, START),
        expects=expects,
        within=request.wait(usual),
    )
