"""What SHOW makes of the answer of a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vhost.survey.answers import XEN_SHOW, answer, stat
from vhost.errors import VhostError
from vhost.survey.sections import sections
from vhost.survey.show import BUSIEST, Situation, situation
from vhost.survey.text import as_json, shown

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def seen(**parts: str) -> Situation:
    return situation(sections(answer(XEN_SHOW, **parts), "lab00"))


def test_a_dom0_in_trouble_looks_like_this() -> None:
    qemu = b"qemu-system-x86_64\0-name\0guest=tst200,debug-threads=on\0".hex()
    found = seen(
        processes1="\n".join([stat(1, "init", 10), stat(40, "qemu-system-x86", 100), stat(41, "old) S 1 (x", 5)]),
        processes2="\n".join(
            [stat(1, "init", 30), stat(40, "qemu-system-x86", 250, pages=65536), stat(41, "old) S 1 (x", 5)]
        ),
        owners="dr-xr-xr-x 9 0 0 0 Jan  1 00:00 /proc/1\ndr-xr-xr-x 9 1001 100 0 Jan  1 00:00 /proc/40",
        guests=f"40 {qemu}",
    )

    assert "\n".join(shown(found)) + "\n" == (GOLDEN / "show.txt").read_text()


def test_the_same_in_json_has_numbers_and_null() -> None:
    found = json.loads(json.dumps(as_json(seen(load="", os=""))))

    assert found["memory"] == {"total": 2000, "free": 100, "available": 50, "swap_total": 1000, "swap_free": 500}
    assert found["host"]["os"] == "Linux"
    assert found["load"] == []
    assert found["guests"][0] == {
        "pid": 3,
        "user": None,
        "cpu": 75.0,
        "memory": 512,
        "command": "domain",
        "guest": "tst100",
        "type": "XEN",
    }


def test_a_pid_that_began_anew_has_no_past() -> None:
    found = seen(processes1=stat(9, "cron", 100, began=1), processes2=stat(9, "bash", 300, began=2))

    assert [(one.command, one.cpu) for one in found.busiest] == [("bash", 0.0)]


def test_only_the_busiest_are_shown_and_every_guest() -> None:
    many = range(1, 100)
    found = seen(
        processes1="\n".join(stat(n, "p", 0) for n in many), processes2="\n".join(stat(n, "p", n) for n in many)
    )

    assert [one.pid for one in found.busiest] == list(range(99, 99 - BUSIEST, -1))
    assert found.processes == 99


def test_the_label_of_a_guest_cannot_steer_the_terminal() -> None:
    command = b"qemu-system-x86_64\0-name\0\x1b[2J\0".hex()
    found = seen(processes2=stat(40, "qemu-system-x86", 0), guests=f"40 {command}")

    assert any("\\x1b[2J" in line for line in shown(found))
    assert not any("\x1b" in line for line in shown(found))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"load": "1 1 1 1/1 1"}, "load"),
        ({"memory": "MemTotal: 100 kB\nMemAvailable: 90 kB"}, "memory: "),
        ({"disks": ""}, "disk: / is 97"),
        ({"raid": "md0 : active raid1 sda1[0] sdb1[1]\n 1000 blocks [2/2] [UU]"}, "raid"),
        ({"units": ""}, "unit"),
        ({"temperatures": ""}, "temperature"),
        ({"sensors": ""}, "sensor"),
        ({"kernel": "oom_kill 0"}, "lack"),
    ],
)
def test_an_alarm_ends_with_its_cause(parts: dict[str, str], expected: str) -> None:
    before, after = seen().alarms, seen(**parts).alarms

    assert [alarm for alarm in before if expected in alarm]
    assert not [alarm for alarm in after if expected in alarm and "killed" not in alarm]


def test_a_root_that_became_read_only_is_an_alarm() -> None:
    assert "disk: / is read-only" in seen(mounts="/dev/sda1 / ext4 ro,relatime 0 0").alarms


def test_zombies_are_an_alarm_when_they_are_many() -> None:
    assert (
        "processes: 21 zombies" in seen(processes2="\n".join(stat(n, "z", 0, state="Z") for n in range(1, 22))).alarms
    )


def test_an_answer_that_is_cut_off_is_none() -> None:
    with pytest.raises(VhostError, match="lab00: its answer is cut off"):
        sections(answer(XEN_SHOW).removesuffix("= end\n"), "lab00")


def test_content_cannot_forge_a_part() -> None:
    parts = sections(answer(XEN_SHOW, os="PRETTY_NAME=x\n= node\n evil"), "lab00")

    assert parts["node"] == "lab00.soho\n"


@given(st.dictionaries(st.sampled_from(sorted(XEN_SHOW)), st.text(max_size=60) | st.integers().map(str), max_size=8))
def test_whatever_a_host_answers_is_shown_somehow(parts: dict[str, str]) -> None:
    found = situation(sections(answer(XEN_SHOW, **{name: text for name, text in parts.items() if name != "end"}), "h"))

    assert all("\n" not in line for line in shown(found))
    json.dumps(as_json(found))
