from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import machines, tags
from scanners.config import Broken, Config
from scanners.pm import Pm

PM = """\
#@#-----------------------------------------------------------
#@#Created by      = genmconf

#@#MAGICID-Linux
#@#HOST            = "lab00.soho"
#@#LABEL           = "lab00"
#@#UUID            = "11111111222233334444555566667700"
#@#VNCPORT         =
#@#CATEGORY        = "PM"
#@#MAC0            = "00:1D:60:A5:89:06"
#@#IP0             = "192.168.1.71%255.255.255.0%%eth0%22%192.168.1.1"
"""


@pytest.mark.parametrize(
    "text",
    [
        PM,
        PM.replace("MAGICID-Linux", "MAGICID-PM"),
        PM.replace("MAGICID-Linux", "MAGICID-OpenBSD"),
        '#@#SESSIONTYPE="PM"\n#@#LABEL="lab00"\n',
        "\ufeff" + PM,
    ],
)
def test_a_file_of_tags_of_a_pm_is_recognised(text: str) -> None:
    assert Pm.recognises(text, "any name")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#@#MAGICID-Linux\n",
        '#@#LABEL="lab00"\n',
        '#@#MAGICID-QEMU\n#@#LABEL="tst200"\n',
        '#@#MAGICID-XEN\n#@#LABEL="tst100"\nname = "tst100"\n',
        PM + "LABEL=lab00\n",
        "#!/bin/sh\n" + PM + "exit 0\n",
        "<!-- " + PM + " -->",
        "The tags of a PM:\n" + PM,
        "# comment\n",
    ],
)
def test_anything_else_is_no_pm(text: str) -> None:
    assert not Pm.recognises(text, "pm.conf")


def test_its_facts_come_from_the_tags() -> None:
    (config,) = Pm.parse(PM)
    (machine,), _ = machines.records(config, tags.read(PM), path="/etc/pm.conf", pm="lab00", uid="root", gid="root")
    assert (machine.type, machine.category, machine.label, machine.mac, machine.tcp, machine.ifname) == (
        "PM",
        "PM",
        "lab00",
        "00:1D:60:A5:89:06",
        "192.168.1.71",
        "eth0",
    )


def test_a_guest_that_describes_itself_is_a_pm_of_category_vm() -> None:
    text = PM.replace('= "PM"', '= "VM"')
    (machine,), _ = machines.records(Pm.parse(text)[0], tags.read(text), path="/x", pm=None, uid=None, gid=None)
    assert (machine.type, machine.category) == ("PM", "VM")


def test_nothing_is_said_of_it_without_tags() -> None:
    assert Pm.parse(PM) == [Config(type="PM")]


def test_a_text_that_names_no_machine_is_broken() -> None:
    with pytest.raises(Broken):
        Pm.parse("# nothing\n")


@settings(deadline=None)
@given(st.lists(st.sampled_from(PM.splitlines(keepends=True)) | st.text(max_size=5), max_size=12).map("".join))
def test_what_is_recognised_is_parsed(text: str) -> None:
    assert not Pm.recognises(text, "pm.conf") or Pm.parse(text) == [Config(type="PM")]
