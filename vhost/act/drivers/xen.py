"""Xen by `xl`, or by `xm` where there is no `xl`. A domain is addressed by its number, which no other ever has.

    xl create /etc/xen/tst100.cfg   xl shutdown 3   xl destroy 3   xl pause 3   xl save 3 FILE   xl restore FILE

Source: xl(1), xm(1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scanners.live.marks import CONFIG_NODE
from vhost.act.drivers import guest_init
from vhost.act.drivers.states import (
    BOOT_LETTERS,
    GONE,
    HARD,
    PAUSE,
    PAUSED,
    REBOOT,
    RUNS,
    SAVE,
    SOFT,
    START,
    STARTED,
    started_in,
)
from vhost.act.plan import Command, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject

_NOTE = 'd=$("$1" domid "$2") && xenstore-write "/local/domain/$d/$3" "$4"'


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a request for a domain."""
    return _STEPS[request.verb](request, subject)


def _step(request: Request, subject: Subject, *words: str) -> Step:
    tool = subject.tool("xl") if "xl" in subject.tools or "xm" not in subject.tools else subject.tool("xm")
    return Step(host=subject.host, privilege=request.privilege, action=Command((tool, *words)))


def _domain(subject: Subject) -> str:
    """Return the number of the domain, its name where nobody asked the hypervisor."""
    return subject.guest.id if subject.guest and subject.guest.id else subject.name


def _create(request: Request, subject: Subject) -> list[Step]:
    boot = [f'boot="{BOOT_LETTERS[request.boot]}"'] if request.boot else []
    made = _step(request, subject, "create", subject.config, *boot, *request.words)
    made = replace(made, action=started_in(request.directory, made.action))
    noted = Command(("sh", "-c", _NOTE, "sh", subject.tool("xl"), subject.name, CONFIG_NODE, subject.config))
    return [
        replace(made, expects=STARTED, within=request.wait(START), fresh=True, reads=True),
        replace(made, action=noted, optional=True),
    ]


def _resume(request: Request, subject: Subject) -> list[Step]:
    if subject.state.alive:
        woken = _step(request, subject, "unpause", _domain(subject))
        return [replace(woken, expects=RUNS, within=request.wait(PAUSE))]
    file = subject.state_file(request.state_file)
    restored = replace(_step(request, subject, "restore", file), timeout=SAVE)
    used = replace(restored, action=Command(("mv", "-f", "--", file, f"{file}.resumed")), optional=True)
    return [replace(restored, expects=RUNS, within=request.wait(START), fresh=True), used]


def _poweroff(request: Request, subject: Subject) -> list[Step]:
    hard = replace(_step(request, subject, "destroy", _domain(subject)), expects=GONE, within=request.wait(HARD))
    if request.force or request.grace == 0:
        return [hard]
    grace = request.wait(SOFT) if request.grace is None else request.grace
    soft = replace(_step(request, subject, "shutdown", _domain(subject)), expects=GONE, within=grace, again=True)
    return [soft] if request.grace is None else [soft, replace(hard, rescue=True)]


def _reboot(request: Request, subject: Subject) -> list[Step]:
    if request.force:
        return _reset(request, subject)
    asked = _step(request, subject, "reboot", _domain(subject))
    return [replace(asked, expects=STARTED, within=request.wait(REBOOT), again=True, fresh=True)]


def _reset(request: Request, subject: Subject) -> list[Step]:
    gone = replace(_step(request, subject, "destroy", _domain(subject)), expects=GONE, within=request.wait(HARD))
    return [gone, *_create(request, subject)]


def _pause(request: Request, subject: Subject) -> list[Step]:
    held = _step(request, subject, "pause", _domain(subject))
    return [replace(held, expects=PAUSED, within=request.wait(PAUSE))]


def _suspend(request: Request, subject: Subject) -> list[Step]:
    saved = _step(request, subject, "save", _domain(subject), subject.state_file(request.state_file))
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
