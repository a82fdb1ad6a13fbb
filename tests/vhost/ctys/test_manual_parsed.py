"""Every call of the use-case manual is understood as the manual means it."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from tests.vhost.ctys.manual_calls import CALLS
from vhost.ctys.call import call
from vhost.ctys.requests import (
    Address,
    Background,
    Cancel,
    Create,
    Enumerate,
    Info,
    List,
    Options,
    Part,
    Show,
    Target,
)
from vhost.groups import Groups
from vhost.query.macros import Macros

TABLE = "tab_gen:3_Label_10%%2_stype_8%%9_cport_5%%1_PM_15%%6_MAC_18%%7_TCP_15"
DETACHED = Background(waits=False, parallel=False)
ALONE = Background(waits=True, parallel=False)
TOGETHER = Background(waits=True, parallel=True)
ACT = Options(type="XEN", background=ALONE)
ASYNC = replace(ACT, background=DETACHED)
KSU = replace(ACT, privilege="KSU")
WINDOW = replace(KSU, background=DETACHED)
CLI = replace(KSU, terminal=2)
LOOK = Options(background=TOGETHER)
XEN = replace(LOOK, type="XEN")
OFF = replace(ACT, cache="off", names_cache="off")


def at(kind: str, value: str) -> Address:
    return (Part(kind, value),)  # type: ignore[arg-type]  # the test spells kinds that exist


CONF = at("file", "xen/tst-ctys/tst100/tst100.conf")
NEXT = at("file", "xen/tst-ctys/tst101/tst101.conf")
TST100 = at("label", "tst100")
HOME = "~/xen/tst-ctys/tst100/tst100.conf"


def to(host: str, request: object, options: Options) -> Target:
    return Target(host=host, request=request, options=options)  # type: ignore[arg-type]  # as above


def connect(address: Address) -> list[Target]:
    return [to("lab00", Create(address=address, begin="CONNECT", console="CLI"), CLI)]


def console(name: str, options: Options = WINDOW) -> list[Target]:
    return [to("lab00", Create(address=CONF, console=name), options)]  # type: ignore[arg-type]  # as above


def cancel(host: str, options: Options, address: Address = TST100, **more: object) -> list[Target]:
    return [to(host, Cancel(address=address, **more), options)]  # type: ignore[arg-type]  # as above


def two(first: str, second: str, host: str = "lab00") -> list[Target]:
    return [
        to("lab00", Create(address=CONF, console="NONE"), replace(ACT, privilege=first)),
        to(host, Create(address=NEXT, console="NONE"), replace(ACT, privilege=second)),
    ]


def on(hosts: str, request: object, options: Options) -> list[Target]:
    return [to(host, request, options) for host in hosts.split()]


EXPECTED: dict[int, list[Target]] = {
    1: console("CLI", CLI),
    2: console("CLI", CLI),
    3: [to("lab00", Create(address=TST100, console="NONE"), KSU)],
    4: connect(at("id", HOME)),
    5: connect(CONF),
    6: connect(at("file", "tst-ctys/tst100/tst100.conf")),
    7: connect(at("file", "tst100/tst100.conf")),
    8: connect(at("id", HOME)),
    9: connect(TST100),
    10: connect(at("uuid", "6842caf91e3e43249ed596b8b9f2c5c2")),
    11: connect(at("mac", "00:50:56:13:11:40")),
    12: connect(at("tcp", "192.168.1.220")),
    13: console("XTERM"),
    14: console("GTERM"),
    15: console("EMACS"),
    16: console("VNC", replace(WINDOW, location="DF")),
    17: console("VNC", replace(WINDOW, location="CF")),
    18: console("NONE", KSU),
    19: on("localhost", List(), LOOK),
    20: on("localhost lab00", List(), LOOK),
    21: [to("lab01", Create(address=TST100, begin="RESUME", state_file="mystate.stat"), ACT)],
    22: [to("lab01", Create(address=TST100, begin="RESUME", console="VNC"), replace(ASYNC, location="DF"))],
    23: [to("lab01", Create(address=TST100, begin="RESUME", console="EMACS"), ASYNC)],
    24: two("KSU", "KSU"),
    25: two("KSU", "SUDO"),
    26: two("KSU", "SUDO"),
    27: two("KSU", "SUDO", "lab01"),
    28: cancel("lab00", KSU, at("id", "/homen/acue/xen/tst-ctys/tst100/tst100.conf"), end="POWEROFF", seconds=0),
    29: cancel("lab01", ACT, end="POWEROFF", seconds=0),
    30: cancel("lab01", replace(ACT, cache="off"), end="POWEROFF", seconds=0),
    31: cancel("lab01", OFF, end="POWEROFF", seconds=0),
    33: cancel("lab01", OFF, end="RESET"),
    34: cancel("lab01", OFF, end="RESET", force=True),
    35: cancel("lab01", OFF, end="REBOOT"),
    36: cancel("lab01", OFF, end="REBOOT", force=True),
    37: cancel("lab01", OFF, at("id", "/homen/chkusr/xen/tst-ctys/tst100/tst100.conf"), end="REBOOT", force=True),
    38: cancel("lab01", ACT, end="PAUSE"),
    39: cancel("lab01", ACT, end="PAUSE", force=True),
    40: cancel("lab01", ACT, end="SUSPEND"),
    41: cancel("lab01", ACT, end="SUSPEND", force=True),
    42: cancel("lab00", ACT, end="INIT", level=6, force=True),
    43: on("lab00", List(output="machine,titleidx"), LOOK),
    44: on("lab00", List(), LOOK),
    45: on("lab00", List(), XEN),
    46: on("localhost lab01", List(), XEN),
    47: on("localhost lab00", List(output=TABLE), LOOK),
    48: on("localhost lab00", Enumerate(output="machine,title", bases=("xen",)), XEN),
    49: on("localhost lab00", Enumerate(output=TABLE, bases=("xen", "/etc/ctys.d")), LOOK),
    51: on("lab00", Show(), XEN),
    52: on("lab00", Show(), LOOK),
    53: on("lab01", Info(), XEN),
    54: on("lab01", Info(), LOOK),
}


@pytest.mark.parametrize("number", EXPECTED)
def test_a_call_of_the_manual_means_what_the_manual_says(number: int) -> None:
    program, *arguments = shlex.split(CALLS[number])

    parsed = call(Macros([]).expand_all(arguments), Groups([]))

    assert program == "ctys"
    assert list(parsed.targets) == EXPECTED[number]
    assert parsed.notes == ()


def test_only_the_two_queries_are_answered_by_another_command() -> None:
    others = sorted(set(CALLS) - set(EXPECTED))

    assert [(number, CALLS[number].split()[0]) for number in others] == [(32, "ctys-vhost"), (50, "ctys-vhost")]
    assert sorted(CALLS) == list(range(1, 55))
