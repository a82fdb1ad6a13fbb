"""VMware Workstation and Player by `vmrun`. Not run against the real program.

    vmrun start /pool/vmware/tst003/tst003.vmx nogui   vmrun stop /pool/vmware/tst003/tst003.vmx soft

`vmrun list` does not tell a paused guest from one that runs: of pause and unpause only their success is known.

Source: vmrun's own help and VMware's "Using vmrun to Control Virtual Machines".
"""

from __future__ import annotations

from dataclasses import replace

from scanners.live import State
from vhost.act.drivers import guest_init
from vhost.act.drivers.states import GONE, HARD, PAUSE, REBOOT, RUNS, SAVE, SOFT, START, STARTED
from vhost.act.plan import Command, Step
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject

_CALLS: dict[Verb, tuple[tuple[str, ...], frozenset[State], float]] = {
    Verb.CREATE: (("start", "", "nogui"), STARTED, START),
    Verb.RESET: (("reset", "", "hard"), STARTED, PAUSE),
    Verb.PAUSE: (("pause", ""), frozenset(), PAUSE),
    Verb.SUSPEND: (("suspend", ""), GONE, SAVE),
}


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the steps of a request for a machine, which is addressed by the path of its configuration."""
    if request.verb is Verb.INIT:
        return guest_init.steps(request, subject)
    if request.verb is Verb.POWEROFF:
        return _poweroff(request, subject)
    if request.verb is Verb.REBOOT:
        kind = "hard" if request.force else "soft"
        return [_step(request, subject, ("reset", "", kind), STARTED, REBOOT)]
    if request.verb is Verb.RESUME:
        if subject.state.alive:
            return [_step(request, subject, ("unpause", ""), frozenset(), PAUSE)]
        return [_step(request, subject, ("start", "", "nogui"), RUNS, START)]
    return [_step(request, subject, *_CALLS[request.verb])]


def _poweroff(request: Request, subject: Subject) -> list[Step]:
    hard = _step(request, subject, ("stop", "", "hard"), GONE, HARD)
    if request.force or request.grace == 0:
        return [hard]
    grace = request.wait(SOFT) if request.grace is None else request.grace
    soft = replace(_step(request, subject, ("stop", "", "soft"), GONE, grace), within=grace)
    return [soft] if request.grace is None else [soft, replace(hard, rescue=True)]


def _step(request: Request, subject: Subject, call: tuple[str, ...], expects: frozenset[State], usual: float) -> Step:
    argv = (subject.tool("vmrun"), *(word or subject.config for word in call))
    return Step(
        host=subject.host,
        privilege=request.privilege,
        action=Command(argv),
        timeout=max(usual, START),
        expects=expects,
        within=request.wait(usual),
    )
