"""The plans of all drivers, as the lines that a dry run shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanners.live import Running, State
from vhost.act.drivers import DRIVERS
from vhost.act.plan import Plan
from vhost.act.planning import planned
from vhost.act.request import Request, Verb
from vhost.act.subject import Recorded, Subject
from vhost.errors import UsageError
from vhost.transport import Host, Privilege

UUID = "6842caf91e3e43249ed596b8b9f2c5c2"
DASHED = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
REBOOT = f"reboot {DASHED}; event {DASHED} --event reboot --timeout 10"
RECORDED = Recorded(
    type="XEN",
    label="tst100",
    uuid=UUID,
    macs=frozenset({"00:50:56:13:11:40"}),
    paths=("/pool/my vm's/tst100.cfg",),
    addresses=("192.168.1.220",),
)
GUEST = Running(
    host="lab00", type="XEN", label="tst100", id="3", uuid=UUID, state=State.RUNNING, word="r", control="/run/t.qmp"
)


def lines(kind: str, verb: Verb, state: State = State.RUNNING, host: str = "localhost", **asked: Any) -> list[str]:
    guest = None if state is State.OFF else replace(GUEST, type=kind, state=state)
    subject = Subject(recorded=replace(RECORDED, type=kind), host=Host(host), guest=guest)
    steps = DRIVERS[kind](Request(verb=verb, **asked), subject)
    plan = Plan(label="tst100", type=kind, host=subject.host, steps=tuple(steps))
    return [line.partition("  #")[0] for line in list(plan.lines())[1:]]


CFG = "'/pool/my vm'\"'\"'s/tst100.cfg'"


@pytest.mark.parametrize(
    ("kind", "verb", "asked", "expected"),
    [
        ("XEN", Verb.POWEROFF, {}, ["xl shutdown 3"]),
        ("XEN", Verb.POWEROFF, {"grace": 30}, ["xl shutdown 3", "xl destroy 3"]),
        ("XEN", Verb.POWEROFF, {"grace": 0}, ["xl destroy 3"]),
        ("XEN", Verb.POWEROFF, {"force": True}, ["xl destroy 3"]),
        ("XEN", Verb.REBOOT, {}, ["xl reboot 3"]),
        ("XEN", Verb.PAUSE, {}, ["xl pause 3"]),
        ("XEN", Verb.SUSPEND, {"state_file": "/s"}, ["xl save 3 /s"]),
        ("XEN", Verb.SUSPEND, {}, ["xl save 3 " + CFG.replace(".cfg", ".cfg.state")]),
        ("LIBVIRT", Verb.POWEROFF, {"grace": 5}, [f"virsh -q shutdown {DASHED}", f"virsh -q destroy {DASHED}"]),
        ("LIBVIRT", Verb.POWEROFF, {"force": True, "uri": "x:///y"}, [f"virsh -c x:///y -q destroy {DASHED}"]),
        ("LIBVIRT", Verb.REBOOT, {"timeout": 20}, [f"virsh -q '{REBOOT}'"]),
        ("LIBVIRT", Verb.RESET, {}, [f"virsh -q reset {DASHED}"]),
        ("LIBVIRT", Verb.CREATE, {"force": True}, [f"virsh -q start {DASHED}"]),
        ("LIBVIRT", Verb.PAUSE, {}, [f"virsh -q suspend {DASHED}"]),
        ("LIBVIRT", Verb.SUSPEND, {}, [f"virsh -q managedsave {DASHED}"]),
        ("LIBVIRT", Verb.SUSPEND, {"state_file": "/s"}, [f"virsh -q save {DASHED} /s"]),
        ("QEMU", Verb.POWEROFF, {}, ["vhost qmp /run/t.qmp system_powerdown"]),
        ("QEMU", Verb.POWEROFF, {"grace": 9}, ["vhost qmp /run/t.qmp system_powerdown", "vhost qmp /run/t.qmp quit"]),
        ("QEMU", Verb.RESET, {}, ["vhost qmp /run/t.qmp system_reset"]),
        ("QEMU", Verb.PAUSE, {}, ["vhost qmp /run/t.qmp stop"]),
        ("VBOX", Verb.POWEROFF, {}, [f"VBoxManage controlvm {DASHED} acpipowerbutton"]),
        ("VBOX", Verb.POWEROFF, {"force": True}, [f"VBoxManage controlvm {DASHED} poweroff"]),
        ("VBOX", Verb.RESET, {}, [f"VBoxManage controlvm {DASHED} reset"]),
        ("VBOX", Verb.PAUSE, {}, [f"VBoxManage controlvm {DASHED} pause"]),
        ("VBOX", Verb.SUSPEND, {}, [f"VBoxManage controlvm {DASHED} savestate"]),
        ("VMW", Verb.POWEROFF, {"grace": 9}, [f"vmrun stop {CFG} soft", f"vmrun stop {CFG} hard"]),
        ("VMW", Verb.REBOOT, {}, [f"vmrun reset {CFG} soft"]),
        ("VMW", Verb.RESET, {}, [f"vmrun reset {CFG} hard"]),
        ("VMW", Verb.PAUSE, {}, [f"vmrun pause {CFG}"]),
        ("VMW", Verb.SUSPEND, {}, [f"vmrun suspend {CFG}"]),
        ("PM", Verb.POWEROFF, {"whole": True}, ["shutdown -h now"]),
        ("PM", Verb.REBOOT, {"whole": True}, ["shutdown -r now"]),
        ("PM", Verb.INIT, {"whole": True, "level": "6"}, ["init 6"]),
        ("XEN", Verb.INIT, {"level": "6"}, ["ssh -- 192.168.1.220 'init 6'"]),
    ],
)  # fmt: skip
def test_a_guest_that_runs_is_told(kind: str, verb: Verb, asked: dict[str, Any], expected: list[str]) -> None:
    assert lines(kind, verb, **asked) == expected


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("XEN", State.PAUSED, ["xl unpause 3"]),
        ("XEN", State.OFF, ["xl restore /s", "mv -f -- /s /s.resumed"]),
        ("LIBVIRT", State.PAUSED, ["virsh -q restore /s"]),
        ("QEMU", State.PAUSED, ["vhost qmp /run/t.qmp cont"]),
        ("VBOX", State.PAUSED, [f"VBoxManage controlvm {DASHED} resume"]),
        ("VBOX", State.SAVED, [f"VBoxManage startvm {DASHED} --type headless"]),
        ("VMW", State.PAUSED, [f"vmrun unpause {CFG}"]),
        ("VMW", State.OFF, [f"vmrun start {CFG} nogui"]),
    ],
)
def test_a_guest_that_is_held_runs_on(kind: str, state: State, expected: list[str]) -> None:
    assert lines(kind, Verb.RESUME, state, state_file="/s") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("XEN", f"xl create {CFG}"),
        ("LIBVIRT", f"virsh -q define {CFG}"),
        ("VBOX", f"VBoxManage startvm {DASHED} --type headless"),
        ("VMW", f"vmrun start {CFG} nogui"),
        ("PM", "vhost wake 00:50:56:13:11:40"),
    ],
)
def test_a_machine_is_started(kind: str, expected: str) -> None:
    assert lines(kind, Verb.CREATE, State.OFF)[0] == expected


def test_commands_for_other_hosts_are_quoted_twice_and_raised_there() -> None:
    (line,) = lines("XEN", Verb.PAUSE, host="lab00", privilege=Privilege(sudo=True))
    assert line == "ssh -- lab00 'sudo -n -- xl pause 3'"


def test_a_privilege_for_a_monitor_is_part_of_the_line() -> None:
    (line,) = lines("QEMU", Verb.PAUSE, host="lab00", privilege=Privilege(ksu=True))
    assert line == "vhost qmp --on lab00 -Z KSU /run/t.qmp stop"


def test_the_own_machine_is_told_only_if_that_is_allowed() -> None:
    with pytest.raises(UsageError, match="machine that this runs on"):
        lines("PM", Verb.POWEROFF)


@pytest.mark.parametrize("label", ["-rf", "a\nb", "a/b", "", "\x1b[2J"])
def test_a_label_that_could_be_more_than_a_name_is_never_handed_over(label: str) -> None:
    subject = Subject(recorded=replace(RECORDED, label=label, uuid=None), host=Host("localhost"))
    for kind, verb in (("XEN", Verb.POWEROFF), ("LIBVIRT", Verb.POWEROFF), ("XEN", Verb.CREATE)):
        with pytest.raises(UsageError, match="cannot be handed"):
            DRIVERS[kind](Request(verb=verb), subject)


def test_a_qemu_guest_without_a_monitor_can_only_be_ended_by_its_process() -> None:
    guest = replace(GUEST, type="QEMU", id="12.3456", control=None)
    subject = Subject(recorded=replace(RECORDED, type="QEMU"), host=Host("localhost"), guest=guest)
    with pytest.raises(UsageError, match="has no monitor"):
        DRIVERS["QEMU"](Request(verb=Verb.PAUSE), subject)
    (step,) = DRIVERS["QEMU"](Request(verb=Verb.POWEROFF, force=True), subject)
    assert step.line.endswith("sh 12 3456")


@pytest.mark.parametrize(
    ("kind", "verb", "asked", "reads"),
    [
        ("XEN", Verb.RESET, {}, True),
        ("XEN", Verb.REBOOT, {"force": True}, True),
        ("XEN", Verb.REBOOT, {}, False),
        ("XEN", Verb.POWEROFF, {"grace": 0}, False),
        ("QEMU", Verb.REBOOT, {}, True),
        ("QEMU", Verb.RESET, {}, False),
        ("LIBVIRT", Verb.RESET, {}, False),
    ],
)
def test_a_plan_that_starts_a_machine_again_reads_its_configuration(
    kind: str, verb: Verb, asked: dict[str, Any], *, reads: bool
) -> None:
    subject = Subject(recorded=replace(RECORDED, type=kind), host=Host("localhost"), guest=replace(GUEST, type=kind))
    steps = DRIVERS[kind](Request(verb=verb, **asked), subject)
    assert Plan(label="tst100", type=kind, host=subject.host, steps=tuple(steps)).reads is reads


def test_a_domain_that_is_off_and_was_not_saved_is_not_resumed() -> None:
    guest = replace(GUEST, type="LIBVIRT", state=State.OFF)
    subject = Subject(recorded=replace(RECORDED, type="LIBVIRT"), host=Host("localhost"), guest=guest)
    with pytest.raises(UsageError, match="holds no state of it"):
        DRIVERS["LIBVIRT"](Request(verb=Verb.RESUME), subject)


def test_a_vmware_guest_that_may_be_paused_is_told_to_go_on_and_nobody_waits_for_what_is_not_told() -> None:
    recorded, guest = replace(RECORDED, type="VMW"), replace(GUEST, type="VMW")
    subject = Subject(recorded=recorded, host=Host("localhost"), guest=guest)
    for verb, call in ((Verb.RESUME, "unpause"), (Verb.PAUSE, "pause")):
        (step,) = planned(Request(verb=verb), subject).steps
        assert (step.line, step.expects) == (f"vmrun {call} {CFG}", frozenset())
