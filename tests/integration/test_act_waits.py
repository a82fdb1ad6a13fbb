"""Waiting for QEMU guests: shutdowns that are lost, Ctrl-C, monitors that only the configuration names."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from uuid import uuid4

import pytest

from tests.commands import BIN, complaint, run
from tests.lab.qemu_guests import QEMU, eventually
from tests.lab.qemu_lab import Lab
from vhost.host import own_name

pytestmark = pytest.mark.integration

SOME = uuid4().hex[:8]
UUID = f"{SOME}-2e3e-4324-9ed5-96b8b9f2c5c2"
DEAF = f"deaf{SOME}"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    made.guests.end()


def logged(lab: Lab) -> dict[str, object]:
    """Return the newest entry of the log."""
    entry = json.loads(lab.vhost("log", "--json", "--lines", "1").stdout)
    assert isinstance(entry, dict)
    return entry


def test_a_lost_shutdown_is_sent_once_more_and_then_force_decides(lab: Lab) -> None:
    script = lab.guests.script(DEAF, uuid=UUID, deaf=True)
    lab.scan()
    lab.guests.start(script)
    asked = f"vhost qmp {lab.guests.socket(script)} system_powerdown"

    done = lab.vhost("shutdown", DEAF, "--timeout", "1", code=15)

    assert "is running 1 s after it was told" in complaint(done)
    assert (logged(lab)["done"], lab.guests.status(script)) == ([asked, asked], "running")
    lab.vhost("cancel", DEAF, "--mode", "poweroff:1")
    assert logged(lab)["done"] == [asked, asked, asked.replace("system_powerdown", "quit")]
    assert lab.guests.status(script) == "off"


class Onlooker:
    """A second conversation with the monitor of a guest."""

    def __init__(self, place: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(place))
        self._said = self._socket.makefile()
        self.say("qmp_capabilities")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._said.close()
        self._socket.close()

    def say(self, command: str) -> None:
        self._socket.sendall(json.dumps({"execute": command}).encode() + b"\n")

    def until(self, word: str, command: str = "") -> None:
        """Read until a line holds the word, asking again after every answer."""
        for line in self._said:
            if f'"{word}"' in line:
                return
            if command and "return" in line:
                self.say(command)
        raise AssertionError(f"{word} was never said")


def interrupted(lab: Lab, onlooker: Onlooker, word: str, asked: str, *words: str) -> tuple[int, str, str]:
    """Return how a call ended that got Ctrl-C as soon as the guest said a word."""
    command = ["env", "--default-signal=INT", str(BIN / "vhost"), *words]
    with subprocess.Popen(
        command, env={**os.environ, **lab.env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        onlooker.until(word, asked)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture
def watched(lab: Lab) -> tuple[Path, Path]:
    """Return the script of a deaf guest that runs, and a second monitor of it."""
    events = lab.guests.directory / "events"
    script = lab.guests.script(DEAF, uuid=UUID, deaf=True, more=f"-qmp unix:{events},server,nowait")
    lab.scan()
    lab.guests.start(script)
    return script, events


def test_ctrl_c_ends_the_wait_says_what_was_done_and_destroys_nothing(lab: Lab, watched: tuple[Path, Path]) -> None:
    script, events = watched
    with Onlooker(events) as onlooker:
        code, out, err = interrupted(lab, onlooker, "POWERDOWN", "", "cancel", DEAF, "--mode", "poweroff:60")

    assert (code, out) == (130, "")
    told, *_, ended = err.splitlines()
    assert told.startswith(f"vhost: {DEAF} on {own_name()}: "), err
    assert f"vhost qmp {lab.guests.socket(script)} system_powerdown"[:90] in told
    assert ended.startswith("vhost: interrupted")
    assert lab.guests.status(script) == "running"
    assert (logged(lab)["says"], logged(lab)["exit"]) == ("interrupted", 130)


def test_another_ctrl_c_leaves_a_command_that_is_under_way_to_itself(tmp_path: Path) -> None:
    xl = tmp_path / "bin/xl"
    xl.parent.mkdir()
    xl.write_text(_XL)
    xl.chmod(0o755)
    (tmp_path / "tst100.cfg").write_text(f'name = "tst100"\nuuid = "{UUID}"\nmemory = 512\n')
    env = {
        **os.environ, "VHOST_DB": str(tmp_path / "db"), "XDG_STATE_HOME": str(tmp_path / "state"),
        "PATH": f"{xl.parent}:{os.environ['PATH']}", "UUID": UUID,
    }  # fmt: skip
    assert run("vhost", "scan", "tree", tmp_path / "tst100.cfg", env=env).returncode == 0
    command = ["env", "--default-signal=INT", str(BIN / "vhost"), "save", "tst100"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        eventually((xl.parent / "pid").exists)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        _, more = process.communicate(timeout=20)
    os.kill(int((xl.parent / "pid").read_text()), signal.SIGKILL)
    assert (process.returncode, more) == (130, "")
    begun = (f"vhost: tst100 on {own_name()}: under way", "vhost: what is under way", "vhost: interrupted")
    assert [line.startswith(words) for line, words in zip(said, begun, strict=True)] == [True] * 3, said


_XL = """#!/bin/sh
case "$*" in
list) echo 'tst100 7 512 1 -b---- 1.0';;
"list -l") echo '[{"domid": 7, "config": {"c_info": {"name": "tst100", "uuid": "'$UUID'"}}}]';;
*) echo $$ >"${0%/*}/pid.tmp"; mv "${0%/*}/pid.tmp" "${0%/*}/pid"; exec sleep 60;;
esac
"""


def test_ctrl_c_before_a_state_is_saved_leaves_the_guest_running(lab: Lab, watched: tuple[Path, Path]) -> None:
    script, events = watched
    unread = Path(f"{script}.state.part")
    os.mkfifo(unread)  # nobody reads it, so that the state is never complete
    try:
        with Onlooker(events) as onlooker:
            code, _, err = interrupted(lab, onlooker, "active", "query-migrate", "save", DEAF)
        assert (code, lab.guests.status(script)) == (130, "running"), err
    finally:
        os.close(os.open(unread, os.O_RDONLY | os.O_NONBLOCK))  # lets the writer end


def test_the_monitor_of_a_guest_is_found_in_its_readconfig_file(lab: Lab) -> None:
    lab.guests.script("unused")  # makes the boot sector
    config = lab.guests.directory / f"ini{SOME}.cfg"
    monitor = config.with_suffix(".qmp")
    config.write_text(
        f'[name]\n  guest = "ini{SOME}"\n[machine]\n  type = "pc"\n  accel = "tcg"\n[memory]\n  size = "4"\n'
        f'[chardev "c0"]\n  backend = "socket"\n  path = "{monitor}"\n  server = "on"\n  wait = "off"\n'
        '[mon "m0"]\n  chardev = "c0"\n  mode = "control"\n'
    )
    lab.scan()
    subprocess.run(
        [QEMU, "-readconfig", config, "-nodefaults", "-display", "none", "-S", "-daemonize"],
        env={**os.environ, "VHOST_GUEST_CONFIG": str(config)}, check=True, timeout=60, capture_output=True,
    )  # fmt: skip

    lab.vhost("resume", f"ini{SOME}")
    assert lab.guests.status(config) == "running"
    lab.vhost("pause", f"p:{config}")
    assert lab.guests.status(config) == "paused"
    lab.vhost("destroy", f"l:ini{SOME}")
    assert lab.guests.status(config) == "off"


@pytest.mark.parametrize("label", ["$(reboot)", "a;b|c&d", "x' y\"z"])
def test_a_label_that_a_shell_would_obey_is_only_a_name(lab: Lab, label: str) -> None:
    script = lab.guests.script("placeholder", uuid=UUID, name="odd.sh")
    quoted = label.replace("'", "'\\''")
    script.write_text(script.read_text().replace("-name placeholder", f"-name '{quoted}'"))
    lab.scan()
    lab.vhost("create", f"p:{script}")
    assert lab.guests.qmp(script, "query-name")["name"] == label
    lab.vhost("destroy", f"u:{UUID}")
    assert lab.guests.status(script) == "off"


def test_a_monitor_that_another_guest_took_over_is_not_used(lab: Lab) -> None:
    names = f"one{SOME}", f"two{SOME}"
    one, two = (
        lab.guests.script(name, mac=f"52:54:{SOME[:2]}:{SOME[2:4]}:00:0{at}", name=f"same.{at}")
        for at, name in enumerate(names)
    )
    assert lab.guests.socket(one) == lab.guests.socket(two)
    lab.scan()
    for script in (one, two):
        lab.guests.start(script, "-S")
    done = lab.vhost("shutdown", names[0], code=1)
    assert "has no monitor to be asked through" in complaint(done)

    lab.vhost("destroy", names[0])
    (left,) = lab.guests.pids()
    assert names[1].encode() in Path(f"/proc/{left}/cmdline").read_bytes()
    assert not lab.guests.socket(two).exists(), "the first one took it along"
    lab.vhost("destroy", names[1])
    assert not lab.guests.pids()
