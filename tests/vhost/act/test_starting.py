from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanners.live import Look, Running, State
from vhost.act.admission import Admission
from vhost.act.job import Job
from vhost.act.plan import Command, Plan, Step
from vhost.act.request import Request, Verb
from vhost.act.starting import apart, free
from vhost.act.subject import Recorded, Subject
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


BASE = Recorded(type="XEN", label="one", uuid="1" * 32, disks=frozenset({"/a", "/iso"}), exclusive=frozenset({"/a"}))


def to_start(recorded: Recorded, host: str = "lab00", state: State = State.OFF) -> Job:
    """Return a job whose plan starts a machine; a paused one it lets go on."""
    guest = None if state is State.OFF else replace(GUEST, state=state)
    subject = Subject(recorded=recorded, host=Host(host), guest=guest)
    job = Job(recorded.label, Request(verb=Verb.RESUME), recorded=recorded, subject=subject)
    step = Step(host=subject.host, action=Command(("true",)))
    job.plan = Plan(label=recorded.label, type="XEN", host=subject.host, steps=(step,))
    return job


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"uuid": "1" * 32}, f"shares its UUID {'1' * 32} with one on lab00"),
        ({"disks": frozenset({"/a"})}, "shares its disk /a with one on lab00"),
        ({"exclusive": frozenset({"/iso"}), "disks": frozenset({"/iso"})}, "shares its disk /iso with one on lab00"),
        ({"disks": frozenset({"/iso"})}, None),
    ],
)
def test_two_machines_that_share_what_only_one_may_have_are_not_started_together(
    other: dict[str, Any], said: str | None
) -> None:
    jobs = [to_start(BASE), to_start(Recorded(type="QEMU", label="two", **other), "lab01")]
    apart(jobs)
    assert jobs[0].failure is None
    assert (jobs[1].failure and jobs[1].failure.problem) == said


def test_the_same_name_is_one_on_one_host_only_and_who_runs_already_is_none_that_starts() -> None:
    plain = Recorded(type="XEN", label="one")
    jobs = [to_start(plain), to_start(plain, "lab01"), to_start(plain), to_start(plain, state=State.PAUSED)]
    apart(jobs)
    assert [type(job.failure) for job in jobs] == [type(None), type(None), InUse, type(None)]
