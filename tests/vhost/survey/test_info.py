"""What INFO makes of the answer of a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vhost.survey.answers import XEN_INFO, answer
from vhost.survey.info import Facts, facts
from vhost.survey.sections import sections
from vhost.survey.text import as_json, told

QEMU = "qemu-system-arm\t/usr/bin/qemu-system-arm"
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def seen(only: set[str] | None = None, /, **parts: str) -> Facts:
    return facts(sections(answer(XEN_INFO, **parts), "lab00"), only)


def state(found: Facts, name: str) -> tuple[str, str]:
    return next((one.state, one.why) for one in found.types if one.name == name)


def test_a_dom0_looks_like_this() -> None:
    assert "\n".join(told(seen())) + "\n" == (GOLDEN / "info.txt").read_text()


def test_one_type_is_told_with_what_its_consoles_need() -> None:
    assert [one.name for one in seen({"XEN"}).types] == ["XEN", "VNC", "CLI", "X11"]


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("XEN", {"programs": ""}, ("DISABLED", "neither xl nor xm is installed")),
        ("XEN", {"dom0": ""}, ("IDLE", "this kernel is no dom0: Xen does not run")),
        ("XEN", {"xen": "no hypercall interface"}, ("IDLE", "xl does not work: no hypercall interface")),
        ("QEMU", {"programs": QEMU}, ("ENABLED", "by emulation: /dev/kvm may not be opened by this user")),
        ("QEMU", {"programs": QEMU, "places": "/dev/kvm\trw"}, ("ENABLED", "with KVM")),
        ("QEMU", {"programs": QEMU, "places": ""}, ("ENABLED", "by emulation: there is no /dev/kvm")),
        ("LIBVIRT", {"libvirt": "library: libvirt 9.0.0\nvhost: answered"}, ("ENABLED", "libvirt answers")),
        ("VBOX", {"programs": "VBoxManage\t/x"}, ("IDLE", "there is no /dev/vboxdrv")),
        ("VMW", {"programs": "vmrun\t/x", "places": "/dev/vmmon\t"}, ("ENABLED", "its module is loaded")),
        ("PVE", {"programs": "qm\t/x"}, ("IDLE", "/etc/pve is not mounted, or not readable")),
        ("PM", {"programs": ""}, ("IDLE", "there is no shutdown program")),
        ("VNC", {"programs": "Xvnc\t/x"}, ("IDLE", "there is no viewer: only -L CF shows a console of this host")),
        ("X11", {"programs": "xterm\t/x"}, ("IDLE", "xauth is not installed, so ssh cannot forward a display")),
        ("X11", {"programs": "xterm\t/x\nxauth\t/y"}, ("ENABLED", "display forwarding")),
    ],
)  # fmt: skip
def test_a_type_says_why_it_can_be_used_or_not(name: str, parts: dict[str, str], expected: tuple[str, str]) -> None:
    assert state(seen(None, **parts), name) == expected


def test_a_flag_counts_where_every_processor_has_it() -> None:
    found = seen(cpus="processor : 0\nflags : vmx pae\n\nprocessor : 1\nflags : pae")

    assert (found.flags["vmx"], found.flags["pae"], found.smp) == (False, True, True)


def test_processors_of_other_architectures_are_told_as_far_as_they_go() -> None:
    found = seen(
        cpus="processor : 0\nFeatures : fp asimd\nCPU implementer : 0x41\nCPU part : 0xd08", version="#1 PREEMPT"
    )

    [one] = found.processors
    assert (one.vendor, one.model, one.mhz, found.smp) == ("0x41", "0xd08", None, False)


@given(st.dictionaries(st.sampled_from(sorted(XEN_INFO)), st.text(max_size=60), max_size=8))
def test_whatever_a_host_answers_is_told_somehow(parts: dict[str, str]) -> None:
    found = seen(None, **{name: text for name, text in parts.items() if name != "end"})

    assert all("\n" not in line for line in told(found))
    json.dumps(as_json(found))
