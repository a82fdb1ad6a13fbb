"""What may be started: nothing alive has its names or disks, and its configuration is the one that was recorded."""

from __future__ import annotations

from collections.abc import Iterable

from vhost.act import gate
from vhost.act.subject import Recorded, Subject
from vhost.errors import Mismatch, Unreachable, VhostError
from vhost.guests import Seen
from vhost.transport import Site


def free(recorded: Recorded, seen: Iterable[Seen], *, force: bool) -> None:
    """Check that no guest on these hosts is the machine or has its disk, whatever runs it.

    Raises `InUse`, or what kept a host or one of its hypervisors from telling; with `force` silence is let pass.
    """
    for one in seen:
        gate.free(recorded, one.look.guests if one.look else ())
        if not force and (problem := _silence(recorded, one)):
            raise problem


def _silence(recorded: Recorded, seen: Seen) -> VhostError | None:
    """Return what a host does not tell, None if it tells all."""
    advice = "look again later, or use --force"
    if failure := seen.failure:
        return Unreachable(failure.where, f"{failure.problem}; {recorded.label} was seen running there", advice)
    for failure in seen.look.failures.values() if seen.look else ():
        return type(failure)(failure.where, f"{failure.problem}; {recorded.label} may be running there", advice)
    return None


def unchanged(site: Site, subject: Subject) -> None:
    """Check that the configuration is still what was scanned. Raises `Mismatch`."""
    answer = site.run(["stat", "-L", "-c", "%s %Y", subject.config], timeout=20)
    if answer.status:
        raise Mismatch(subject.config, f"is not there on {subject.host.account} any more", "scan again")
    size, _, mtime = answer.text.strip().partition(" ")
    recorded = subject.recorded
    if recorded.size is not None and (size, mtime) != (str(recorded.size), str(recorded.mtime)):
        raise Mismatch(subject.config, "has changed since it was scanned", "scan again")
