"""The tree that the old tool once enumerated: its records against ours, field by field."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from scanners import machines, tags
from scanners.formats import FORMATS
from vhost import record
from vhost.record import COLUMNS, Machine

ROOT = Path(__file__).parents[2]
LAB = Path(os.environ.get("VHOST_ORACLE", ROOT.parent / "shared" / "oracle")) / "lab"


class Difference(NamedTuple):
    label: str
    column: str
    old: str
    new: str
    reason: str


RUNNING = "the old tool asked the hypervisor that ran on its host; a scan of files does not know it"
DNS = "the old tool asked the name service during the enumeration; a scan of files does not"
GUESSED = "the old tool printed its defaults and overlooked the tag"
VIFS = "the old tool printed one record without a MAC for a guest with two interfaces; each one is a record"
DETECTED = "the old tool looked at the machine that it ran on; the file does not say it"

DIFFERENCES = (
    Difference("tst100", "netname", "tst100.soho.", "", DNS),
    Difference("tst100", "hyperrelrun", "xen-3.1.2-164.el5", "", RUNNING),
    Difference("tst100", "userstring", "string", "test user string", "the old tool kept the last word of a text only"),
    Difference("tst101", "hyperrelrun", "xen-3.1.2-164.el5", "", RUNNING),
    Difference(
        "tst101", "accelerator", "", "PARA", "a domain without a builder is paravirtual; the old tool needed a tag"
    ),
    Difference("tst101", "mac", "", "00:50:56:13:11:41", VIFS),
    Difference("tst101", "relay", "", "xenbr0", VIFS),
    Difference("tst003", "netname", "tst003.soho.", "", DNS),
    Difference("tst003", "arch", "", "i686", "guestOS says it; the old tool needed a tag"),
    Difference("tst003", "contextstring", "VERSION:", "", "the old tool printed the head of an empty list"),
    Difference("tst200", "netname", "tst200.soho.", "", DNS),
    Difference("tst200", "vram", "128", "1024", GUESSED),
    Difference("tst200", "vcpu", "1", "2", GUESSED),
    Difference("tst200", "accelerator", "", "KVM", "the old tool asked the program, which could not tell, not the tag"),
    Difference("tst200", "exepath", "", "/bin/true", "the old tool printed only a program that answered like QEMU"),
    Difference("LAB00", "netname", "lab00.soho.", "", DNS),
    Difference("LAB00", "accelerator", "PAE", "", DETECTED),
    Difference("LAB00", "vcpu", "1", "", DETECTED),
)
"""Every field in which a record differs, what the two say, and the reason."""

SECOND_INTERFACE = {"mac": "00:50:56:13:11:51", "relay": "xenbr1"}
"""What our second record of tst101 says otherwise than the first one."""


def scanned(*, hidden: bool = False) -> list[Machine]:
    """Return the records of all files of the tree, as the user root would have made them."""
    found: list[Machine] = []
    for path in sorted((LAB / "vmtree").rglob("*")):
        text = path.read_text() if path.is_file() else ""
        known = next((each for each in FORMATS if each.recognises(text, path.name)), None)
        said = tags.read(text)
        for config in known.parse(text) if known and said.hidden is hidden else ():
            place = "$PWD/" + str(path.relative_to(LAB))
            found.extend(machines.records(config, said, path=place, pm="vm", uid="root", gid="root")[0])
    return found


OLD = {
    machine.label or "": machine
    for line in (LAB / "vmtree.machine").read_text().splitlines()
    for machine in [record.parse(line)]
}
NEW = scanned()
FIRST = {machine.label or "": machine for machine in reversed(NEW)}


def test_the_same_machines_are_found() -> None:
    assert FIRST.keys() == OLD.keys()


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("label", OLD)
def test_a_field_is_the_same_but_for_a_known_reason(label: str, column: str) -> None:
    stated = [getattr(machine[label], column) or "" for machine in (OLD, FIRST)]
    known = [each for each in DIFFERENCES if (each.label, each.column) == (label, column)]
    assert [(each.old, each.new) for each in known] == ([] if stated[0] == stated[1] else [tuple(stated)])


def test_only_the_guest_with_two_interfaces_has_a_second_record() -> None:
    first, second = (machine for machine in NEW if machine.label == "tst101")
    differing = {
        column: getattr(second, column) for column in COLUMNS if getattr(first, column) != getattr(second, column)
    }
    assert (len(NEW), differing) == (len(OLD) + 1, SECOND_INTERFACE)


def test_the_machine_that_asks_to_be_left_out_is_there_on_demand() -> None:
    assert [(machine.label, machine.vmstate) for machine in scanned(hidden=True)] == [("tst110", "IGNORE")]


@pytest.mark.parametrize(
    ("session_type", "expected"),
    [("XEN", ("VNC", "GTERM")), ("QEMU", ("VNC", "VNC")), ("VBOX", ("VNC", "RDP")), ("PM", ("VNC", "VNC"))],
)
def test_default_consoles_are_those_of_the_old_records(session_type: str, expected: tuple[str, str]) -> None:
    lines = map(record.parse, (LAB / "enum.fdb").read_text().splitlines())
    old = {(machine.defhosts, machine.defconsole) for machine in lines if machine.type == session_type}
    assert (old, machines._DEFAULTS[session_type]) == ({expected}, expected)
