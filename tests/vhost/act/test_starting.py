from __future__ import annotations

from dataclasses import replace

import pytest

from scanners.live import Look, Running, State
from vhost.act.admission import Admission
from vhost.act.job import Job
from vhost.act.request import Request, Verb
from vhost.act.starting import free
from vhost.act.subject import Recorded
from vhost.errors import InUse, NotPermitted, Unreachable, VhostError
from vhost.guests import Seen
from vhost.host import own_name
from vhost.transport import NONE, Host, Transport

RECORDED = Recorded(type="XEN", label="tst100", exclusive=frozenset({"/pool/tst100.img"}))
GUEST = Running(
    host="lab01", type="QEMU", label="copy", disks=("/pool/tst100.img",), state=State.RUNNING, word="running"
)
QUIET = Seen(Host("lab00"), Look("lab00", answered=["XEN"]))
FAILED = Seen(Host("lab01"), Look("lab01", failures={"QEMU": NotPermitted("lab01", "may not be asked")}))
LOST = Seen(Host("lab01"), failure=Unreachable("lab01", "no answer"))


@pytest.mark.parametrize(
    ("seen", "kind", "said"),
    [
        (FAILED, NotPermitted, "lab01: may not be asked; tst100 may be running there"),
        (LOST, Unreachable, "lab01: no answer; tst100 was seen running there"),
    ],
)
def test_who_does_not_say_what_runs_keeps_a_machine_from_being_started_without_force(
    seen: Seen, kind: type[VhostError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        free(RECORDED, [QUIET, seen], force=False)
    free(RECORDED, [QUIET, seen], force=True)


def test_force_does_not_share_a_disk() -> None:
    assert FAILED.look is not None
    seen = replace(FAILED, look=replace(FAILED.look, guests=[GUEST]))
    with pytest.raises(InUse, match="has its disk"):
        free(RECORDED, [seen], force=True)


def test_a_saved_machine_whose_disk_is_in_use_is_not_resumed() -> None:
    here, there = Host("localhost"), Host("lab01")
    job = Job("tst100", Request(verb=Verb.RESUME), hosts=[here], recorded=RECORDED, elsewhere=["lab01"])
    with Transport() as transport:
        admission = Admission(transport)
        admission.seen[(NONE, None), here] = QUIET
        admission.seen[(NONE, None), there] = replace(FAILED, look=Look("lab01", guests=[GUEST], answered=["QEMU"]))
        admission.admit(job)
    assert isinstance(job.failure, InUse), job.failure


def inside(job: Job) -> Job:
    """Return the job after a guest of its name was seen to run here."""
    guest = Running(host="lab00", type="XEN", label=job.label, id="3", state=State.RUNNING, word="-b----")
    with Transport() as transport:
        admission = Admission(transport)
        admission.seen[(NONE, None), Host("localhost")] = Seen(Host("localhost"), Look("lab00", [guest], ["XEN"]))
        admission.admit(job)
    return job


def told_to_init(recorded: Recorded, *, whole: bool = False) -> Job:
    request = Request(verb=Verb.INIT, level="0", whole=whole)
    return inside(Job(recorded.label, request, hosts=[Host("localhost")], recorded=recorded))


def test_another_machine_at_the_address_of_a_guest_is_told_no_run_level() -> None:
    recorded = replace(RECORDED, uuid=None, label="tst100", addresses=("127.0.0.1",))
    assert "another machine answers: its name is" in str(told_to_init(recorded).failure)


def test_our_own_machine_at_the_address_of_a_guest_is_told_no_run_level_unless_that_is_allowed() -> None:
    recorded = replace(RECORDED, label=own_name(), addresses=("localhost",))
    assert "is the machine that this runs on" in str(told_to_init(recorded).failure)
    assert told_to_init(recorded, whole=True).failure is None
