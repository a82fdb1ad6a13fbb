from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from scanners.live import Running, State
from vhost.act.gate import answering, compare, free, running
from vhost.act.subject import Recorded
from vhost.errors import InUse, Mismatch

UUID, OTHER = "6842caf91e3e43249ed596b8b9f2c5c2", "2e28cc7203184b7795e40570f7d5068d"
RECORDED = Recorded(
    type="XEN",
    label="tst100",
    uuid=UUID,
    macs=frozenset({"00:50:56:13:11:40"}),
    paths=("/etc/xen/tst100.cfg",),
    disks=frozenset({"/pool/tst100.img"}),
    exclusive=frozenset({"/pool/tst100.img"}),
)
GUEST = Running(
    host="lab00",
    type="XEN",
    label="tst100",
    id="3",
    uuid=UUID,
    macs=("00:50:56:13:11:40",),
    disks=("/pool/tst100.img",),
    state=State.RUNNING,
    word="-b----",
)


def test_a_guest_that_agrees_in_everything_is_the_machine() -> None:
    assert running(RECORDED, [GUEST]) is GUEST


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"label": "renamed"}, "name"),
        ({"uuid": OTHER}, "UUID"),
        ({"macs": ("00:50:56:13:11:41",)}, "MAC"),
        ({"disks": ("/pool/other.img",)}, "disk"),
        ({"config_path": "/etc/xen/copy.cfg"}, "configuration"),
    ],
)
def test_one_difference_is_enough_to_refuse(change: dict[str, Any], what: str) -> None:
    with pytest.raises(Mismatch, match=f"its {what} is"):
        running(RECORDED, [replace(GUEST, **change)])


@pytest.mark.parametrize(
    "change",
    [
        {"macs": ("00:50:56:13:11:40", "00:50:56:13:11:41")},
        {"disks": ()},
        {"uuid": None},
        {"disks": ("/pool/tst100.img", "/pool/hotplugged.img")},
        {"config_path": "/etc/xen/tst100.cfg"},
    ],
)
def test_what_one_side_does_not_say_or_has_in_addition_is_no_difference(change: dict[str, Any]) -> None:
    guest = replace(GUEST, **change)
    assert running(RECORDED, [guest]) is guest


def test_a_stranger_is_not_the_machine_and_no_mismatch() -> None:
    stranger = replace(GUEST, label="web", uuid=OTHER, macs=(), disks=())
    assert running(RECORDED, [stranger]) is None


def test_a_name_alone_proves_nothing_of_a_machine_that_has_more() -> None:
    with pytest.raises(Mismatch, match="shows neither UUID"):
        running(RECORDED, [replace(GUEST, uuid=None, macs=(), disks=())])


IMAGE = frozenset({"/iso/rescue.iso"})
READER = replace(RECORDED, disks=IMAGE, exclusive=frozenset())


def test_an_image_that_others_read_as_well_proves_nothing() -> None:
    with pytest.raises(Mismatch):
        running(READER, [replace(GUEST, uuid=None, macs=(), disks=tuple(IMAGE))])


def test_who_reads_the_same_image_is_a_stranger() -> None:
    assert running(READER, [replace(GUEST, label="web", uuid=OTHER, macs=(), disks=tuple(IMAGE))]) is None


def test_of_several_guests_that_are_not_the_machine_that_of_its_name_is_told() -> None:
    other = replace(GUEST, label="web", uuid=OTHER, macs=(), id="4")
    with pytest.raises(Mismatch, match="same name runs, but its UUID is"):
        running(RECORDED, [other, replace(GUEST, uuid=OTHER, disks=())])


def test_a_name_alone_is_enough_for_a_machine_that_has_nothing_else() -> None:
    nameless = Recorded(type="XEN", label="tst100", paths=("/etc/xen/tst100.cfg",))
    assert running(nameless, [GUEST]) is GUEST


def test_two_guests_that_fit_are_refused() -> None:
    with pytest.raises(Mismatch, match="several running guests fit"):
        running(RECORDED, [GUEST, replace(GUEST, id="4")])


def test_a_guest_that_fits_another_recorded_machine_as_well_is_refused() -> None:
    rival = replace(RECORDED, paths=("/etc/xen/copy.cfg",))
    with pytest.raises(Mismatch, match=r"could as well be /etc/xen/copy\.cfg"):
        running(RECORDED, [GUEST], [rival])


def test_a_guest_that_carries_its_configuration_fits_one_only() -> None:
    rival = replace(RECORDED, paths=("/etc/xen/copy.cfg",))
    guest = replace(GUEST, config_path="/etc/xen/tst100.cfg")
    assert running(RECORDED, [guest], [rival]) is guest


def test_a_clone_beside_the_machine_does_not_hide_it() -> None:
    clone = replace(GUEST, id="4", label="clone", macs=("00:50:56:13:11:99",))
    assert running(RECORDED, [clone, GUEST]) is GUEST


def test_other_hypervisors_guests_are_never_the_machine() -> None:
    assert not compare(RECORDED, replace(GUEST, type="LIBVIRT")).related


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, "UUID"),
        ({"uuid": OTHER}, "MAC"),
        ({"uuid": OTHER, "macs": ()}, "disk /pool/tst100.img"),
        ({"uuid": OTHER, "macs": (), "disks": (), "label": "tst100"}, "name"),
        ({"type": "LIBVIRT", "uuid": OTHER, "macs": (), "label": "x"}, "disk"),
        ({"state": State.PAUSED}, "UUID"),
    ],
)
def test_whatever_is_shared_with_something_alive_forbids_a_start(change: dict[str, Any], what: str) -> None:
    with pytest.raises(InUse, match=what):
        free(RECORDED, [replace(GUEST, **change)])


@pytest.mark.parametrize("state", [State.OFF, State.SAVED])
def test_a_guest_that_is_off_forbids_nothing(state: State) -> None:
    free(RECORDED, [replace(GUEST, state=state)])


PM = Recorded(type="PM", label="lab00", uuid=UUID, macs=frozenset({"00:1e:67:0a:10:00", "00:1e:67:0a:10:01"}))
FOUND = Running(
    host="lab00",
    type="PM",
    label="lab00.soho",
    uuid=UUID,
    macs=("00:1e:67:0a:10:00", "fe:54:00:00:00:01"),
    state=State.RUNNING,
    word="running",
)
NAMED = Recorded(type="PM", label="Lab00.other")


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        (PM, FOUND),
        (PM, replace(FOUND, uuid=None)),
        (PM, replace(FOUND, macs=())),
        (PM, replace(FOUND, label="renamed")),
        (NAMED, FOUND),
    ],
)
def test_a_physical_machine_is_known_by_its_number_or_a_card_and_by_its_name_only_without_them(
    recorded: Recorded, found: Running
) -> None:
    assert answering(recorded, found) is found


@pytest.mark.parametrize(
    ("recorded", "change", "said"),
    [
        (PM, {"uuid": OTHER}, f"another machine answers: its UUID is '{OTHER}', recorded is '{UUID}'"),
        (PM, {"macs": ("fe:54:00:00:00:01",)}, "another machine answers: its MAC is 'fe:54:00:00:00:01'"),
        (PM, {"uuid": None, "macs": ()}, "shows neither UUID nor MAC"),
        (NAMED, {"label": "lab01"}, "another machine answers: its name is 'lab01'"),
    ],
)
def test_another_machine_at_the_name_of_a_host_is_refused(
    recorded: Recorded, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(Mismatch, match=re.escape(said)):
        answering(recorded, replace(FOUND, **change))


def test_a_machine_that_two_records_fit_is_refused() -> None:
    rival = replace(PM, label="copy", paths=("/etc/ctys.d/copy/pm.conf",))
    with pytest.raises(Mismatch, match=re.escape("could as well be /etc/ctys.d/copy/pm.conf")):
        answering(PM, FOUND, [rival])


def test_of_hundreds_of_cards_only_some_are_shown() -> None:
    cards = tuple(f"fe:54:00:00:00:{number:02x}" for number in range(200))
    with pytest.raises(Mismatch, match=r"fe:54:00:00:00:03 \.\.\.'"):
        answering(PM, replace(FOUND, uuid=None, macs=cards))
