"""QEMU: the start script of a guest, and its monitor (QMP).

    vhost qmp /run/tst200.qmp system_powerdown

A guest without a monitor can only be started, or with FORCE ended by its process. Source: qemu(1), qemu-qmp-ref(7).
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable
from dataclasses import replace

from scanners.live.guest import State
from scanners.live.marks import ENVIRONMENT
from vhost.act.drivers import guest_init
from vhost.act.drivers.states import BOOT_LETTERS, GONE, HARD, PAUSE, PAUSED, RUNS, SAVE, SOFT, START, STARTED
from vhost.act.plan import Command, MonitorCall, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject
from vhost.errors import UsageError

_START = f"""
cd "$0" || exit 1
log=$(mktemp) || exit 1
export {ENVIRONMENT}="$1"
[ -x "$1" ] || set -- sh "$@"
nohup "$@" >"$log" 2>&1 </dev/null &
i=0
while kill -0 $! 2>/dev/null && [ $i -lt 20 ]; do sleep 0.1; i=$((i+1)); done
kill -0 $! 2>/dev/null && exit 0
wait $!; s=$?; tail -n 5 "$log" >&2; rm -f "$log"; exit $s
"""
"""Starts a script that may stay in the foreground; one that fails at once says why."""

_SAVED = 'test -s "$1" || { echo "$1 holds no saved state" >&2; exit 1; }'

_END = 'read -r s </proc/$1/stat && s=${s##*) } && set -- "$1" "$2" $s && [ "${22}" = "$2" ] && kill "$1"'
"""Ends the process of an id if it still began at the same time."""


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a request for a guest."""
    return _STEPS[request.verb](request, subject)


def _monitor(request: Request, subject: Subject, call: str, **more: object) -> Step:
    place = subject.guest.control if subject.guest else None
    if place is None:
        raise UsageError(
            subject.recorded.label,
            "has no monitor to be asked through (-qmp)" if subject.guest else "nobody has asked for its monitor",
            "give its start script -qmp unix:FILE,server,nowait" if subject.guest else "",
        )
    arguments = {key.replace("_", "-"): value for key, value in more.items()}
    uuid, name = (subject.guest.uuid, subject.guest.label) if subject.guest else (None, None)
    action = MonitorCall(place, call, arguments, uuid=uuid, name=name)
    return Step(host=subject.host, privilege=request.privilege, action=action)


def _started(request: Request, subject: Subject, *words: str) -> Step:
    config = subject.config
    if config.endswith((".cfg", ".conf")):
        program = subject.recorded.program or f"qemu-system-{subject.recorded.arch or 'x86_64'}"
        argv = (
            *_there(request),
            "env",
            f"{ENVIRONMENT}={config}",
            program,
            "-readconfig",
            config,
            *words,
            "-daemonize",
        )
    else:
        argv = ("sh", "-c", _START, request.directory or posixpath.dirname(config), config, *words)
    step = Step(host=subject.host, privilege=request.privilege, action=Command(argv))
    return replace(step, expects=STARTED, within=request.wait(START), fresh=True, reads=True)


def _there(request: Request) -> tuple[str, ...]:
    return ("env", "-C", request.directory) if request.directory else ()


def _create(request: Request, subject: Subject) -> list[Step]:
    boot = ["-boot", BOOT_LETTERS[request.boot]] if request.boot else []
    made = _started(request, subject, *boot, *request.words)
    return [made]


def _resume(request: Request, subject: Subject) -> list[Step]:
    if subject.state.alive:
        return [replace(_monitor(request, subject, "cont"), expects=RUNS, within=request.wait(PAUSE))]
    file = subject.state_file(request.state_file)
    restored = _started(request, subject, "-incoming", f"exec:cat {shlex.quote(file)}")
    used = replace(restored, action=Command(("mv", "-f", "--", file, f"{file}.resumed")), expects=frozenset())
    checked = replace(used, action=Command(("sh", "-c", _SAVED, "sh", file)))
    return [checked, restored, replace(used, optional=True, fresh=False)]


def _ended(request: Request, subject: Subject) -> Step:
    """Return the end of the guest at once: by its monitor if that answered, else by its process."""
    if subject.guest and subject.guest.id and (subject.guest.control is None or subject.state is State.UNKNOWN):
        pid, _, began = subject.guest.id.partition(".")
        action = Command(("sh", "-c", _END, "sh", pid, began))
        step = Step(host=subject.host, privilege=request.privilege, action=action)
    else:
        step = _monitor(request, subject, "quit")
    return replace(step, expects=GONE, within=request.wait(HARD))


def _poweroff(request: Request, subject: Subject) -> list[Step]:
    hard = _ended(request, subject)
    if request.force or request.grace == 0:
        return [hard]
    soft = _asked_to_shut_down(request, subject)
    return [soft] if request.grace is None else [soft, replace(hard, rescue=True)]


def _asked_to_shut_down(request: Request, subject: Subject) -> Step:
    grace = request.wait(SOFT) if request.grace is None else request.grace
    return replace(_monitor(request, subject, "system_powerdown"), expects=GONE, within=grace, again=True)


def _reboot(request: Request, subject: Subject) -> list[Step]:
    """Shut the guest down and start it again: its monitor knows no softer way."""
    if request.force:
        return _reset(request, subject)
    return [_asked_to_shut_down(request, subject), _started(request, subject)]


def _reset(request: Request, subject: Subject) -> list[Step]:
    step = _monitor(request, subject, "system_reset")
    assert isinstance(step.action, MonitorCall)  # noqa: S101 - for mypy
    return [
        replace(
            step, action=replace(step.action, event="RESET"), expects=STARTED, within=request.wait(PAUSE), decisive=True
        )
    ]


def _pause(request: Request, subject: Subject) -> list[Step]:
    return [replace(_monitor(request, subject, "stop"), expects=PAUSED, within=request.wait(PAUSE))]


def _suspend(request: Request, subject: Subject) -> list[Step]:
    """Write the guest's state into a file, and end it only when that is complete."""
    file = shlex.quote(subject.state_file(request.state_file))
    saved = _monitor(request, subject, "migrate", uri=f"exec:cat > {file}.part && mv -f {file}.part {file}")
    assert isinstance(saved.action, MonitorCall)  # noqa: S101 - for mypy
    limit = request.wait(SAVE)
    saved = replace(saved, action=replace(saved.action, until_saved=True), timeout=limit)
    return [saved, replace(_monitor(request, subject, "quit"), expects=GONE, within=request.wait(HARD))]


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
