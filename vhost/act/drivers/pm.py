"""Physical machines: the frame that wakes them up, and `shutdown` or `init` over ssh.

    vhost wake 00:0e:0c:35:f8:48   ssh -- root@lab00 'shutdown -h now'

Source: shutdown(8), init(8).
"""

from __future__ import annotations

from vhost.act.drivers.states import GONE, REBOOT, SOFT, STARTED, impossible
from vhost.act.plan import Command, Step, Wake
from vhost.act.request import Request, Verb
from vhost.act.subject import Subject
from vhost.errors import UsageError
from vhost.transport import Host


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the one step. Raises `UsageError` for a verb that no machine knows, or for our own machine."""
    if request.verb is Verb.CREATE:
        return [_woken(request, subject)]
    if subject.host.local and not request.whole:
        raise UsageError(subject.recorded.label, "is the machine that this runs on", "allow that with --self")
    if request.verb is Verb.POWEROFF:
        return [_told(request, subject, ("shutdown", "-h", "now"), GONE, SOFT)]
    if request.verb is Verb.REBOOT:
        return [_told(request, subject, ("shutdown", "-r", "now"), STARTED, REBOOT)]
    if request.verb is Verb.INIT:
        return [_told(request, subject, ("init", str(request.level)), frozenset(), 0)]
    raise impossible("PM", request.verb.value)


def _woken(request: Request, subject: Subject) -> Step:
    if not subject.recorded.macs:
        raise UsageError(subject.recorded.label, "has no known MAC to be woken by", "add it to its pm.conf")
    mac = min(subject.recorded.macs)
    return Step(host=Host("localhost"), action=Wake(mac), expects=STARTED, within=request.wait(5 * REBOOT), again=True)


def _told(request: Request, subject: Subject, argv: tuple[str, ...], expects: frozenset, usual: float) -> Step:  # type: ignore[type-arg]
    return Step(
        host=subject.host,
        privilege=request.privilege,
        action=Command(argv),
        expects=expects,
        within=request.wait(usual) if expects else 0,
        fresh=request.verb is Verb.REBOOT,
    )
