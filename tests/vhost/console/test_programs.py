"""The programs of consoles, as values."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.console.elisp import string
from vhost.console.programs import opening
from vhost.console.waiting import Tries, Waits, waited
from vhost.console.wanted import Guest, Kind, Wanted
from vhost.errors import TimedOut, UsageError
from vhost.transport import Host, Privilege

SUDO = Privilege(sudo=True)
GUEST = Guest(host=Host("lab00", "acue"), type="XEN", label="tst100", id="3", privilege=SUDO, vnc_port=5901)
HERE = replace(GUEST, host=Host("localhost"))
THERE = ["-o", "ControlMaster=no", "-o", "ControlPath=none"]


def argv(kind: Kind, guest: Guest = GUEST, **more: object) -> list[str]:
    return list(opening(Wanted(kind=kind, **more), guest).argv)  # type: ignore[arg-type]  # the test spells fields


def test_a_console_in_this_terminal_has_a_terminal_there() -> None:
    made = opening(Wanted(kind="CLI", agent=True), GUEST)

    assert made.attached
    assert made.argv == ("ssh", *THERE, "-t", "-t", "-A", "--", "acue@lab00", "sudo -n -- xl console 3")


def test_on_this_host_no_ssh_is_needed() -> None:
    assert argv("CLI", HERE) == ["sudo", "-n", "--", "xl", "console", "3"]
    assert argv("VNC", HERE)[-1] == "localhost::5901"


def test_a_window_has_its_title_size_and_display() -> None:
    found = argv("XTERM", HERE, geometry="80x24+1+2:screen", display=":7", words=("-fg", "red"))

    assert found[:8] == ["xterm", "-display", ":7", "-T", "tst100", "-geometry", "80x24+1+2", "-fg"]
    assert found[-6:] == ["sudo", "-n", "--", "xl", "console", "3"]


def test_with_display_forwarding_the_program_runs_there() -> None:
    found = argv("XTERM", location="DF")

    assert found[-4:-1] == ["-X", "--", "acue@lab00"]
    assert shlex.split(found[-1])[:4] == ["xterm", "-T", "tst100", "-e"]


def test_a_tunnel_says_what_it_is_for_and_ends_by_itself() -> None:
    made = opening(Wanted(kind="VNC", location="CF"), replace(GUEST, label="a b;c"), port=5960)

    assert "SetEnv=VHOST_SESSION=XEN:a?b?c" in made.tunnel
    assert "127.0.0.1:5960:localhost:5901" in made.tunnel
    assert made.tunnel[-1] == "sleep 20"
    assert made.argv[-1] == "localhost::5960"


def test_libvirt_is_asked_by_uuid_and_qemu_by_its_serial_line() -> None:
    libvirt = replace(HERE, type="LIBVIRT", id="6842caf9", uri="qemu:///system", privilege=Privilege())
    qemu = replace(HERE, type="QEMU", serial="/run/tst.serial", privilege=Privilege())

    assert argv("CLI", libvirt) == ["virsh", "-c", "qemu:///system", "console", "6842caf9"]
    assert argv("CLI", qemu)[-1] == "UNIX-CONNECT:/run/tst.serial"


@pytest.mark.parametrize(
    ("kind", "problem"), [("QEMU", "has no serial line"), ("VBOX", "has no console in a terminal")]
)
def test_a_guest_without_a_console_says_so(kind: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        opening(Wanted(kind="CLI"), replace(GUEST, type=kind))


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["EMACS", "EMACSM", "EMACSA", "EMACSAM"])
def test_what_emacs_is_told_can_be_read(kind: Kind) -> None:
    hostile = replace(GUEST, label='a"b\\c (shell-command "touch pwned")')
    text = argv(kind, hostile)[-1]

    check = f"(let ((form (car (read-from-string {string(text)})))) (princ (car form)))"
    done = subprocess.run(
        ["emacs", "-Q", "--batch", "--eval", check], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "progn"
    assert ("split-window-below" in text) == kind.endswith("M")
    assert ("make-term" in text) == (kind in {"EMACSA", "EMACSAM"})


@given(st.text(max_size=30))
def test_no_text_ends_a_string_of_lisp(text: str) -> None:
    inner = string(text)[1:-1].replace("\\\\", "").replace('\\"', "")

    assert '"' not in inner
    assert "\n" not in inner


def test_a_plan_says_how_long_is_really_waited() -> None:
    waits = Waits(server=999_999, ping=Tries(2, 1))

    assert list(waits.told("")) == ["3600 s after the start", "until it answers an echo, 2 tries of 1 s"]


def test_a_guest_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "up").write_text("192.0.2.1\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))

    waited(Waits(ping=Tries(1, 0)), "up", ["192.0.2.1"])
    with pytest.raises(TimedOut, match="does not answer ssh after 2 tries"):
        waited(Waits(ssh=Tries(2, 0)), "down", ["192.0.2.2"])
    with pytest.raises(UsageError, match="no address is known"):
        waited(Waits(ping=Tries(1, 0)), "nameless", [])
