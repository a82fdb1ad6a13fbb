"""`ctys` against a real Xen host (dom0 under QEMU/TCG) that has a shell and busybox, and no Python."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.commands import BIN, run
from tests.lab.xen_host import XenHost, guest

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("xen")]

_CRASHED = "Segmentation fault"
UUID, MAC = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2", "00:16:3e:00:00:40"


class Lab:
    """The host `xen1` with one guest that is configured there, and a database that knows it."""

    def __init__(self, host: XenHost, directory: Path) -> None:
        self.host = host
        self.conf = directory / "pool/tst100/tst100.cfg"
        self.env = {
            "VHOST_DB": str(directory / "db"),
            "XDG_STATE_HOME": str(directory / "state"),
            "VHOST_SSH_CONFIG": str(host.config),
        }
        text = guest("tst100", uuid=UUID, mac=MAC)
        self.conf.parent.mkdir(parents=True)
        self.conf.write_text(text)
        host.put(str(self.conf), text)
        host.run(f"touch -d @{int(self.conf.stat().st_mtime)} {self.conf}")
        done = run("vhost", "scan", "tree", "--as-host", "xen1", directory / "pool", env=self.env)
        assert done.returncode == 0, done.stderr

    def ctys(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Do a call, again where a program there crashed: those of this emulated dom0 do while a guest boots."""
        for _ in range(6):
            done = run("ctys", *words, env=self.env, timeout=300)
            if done.returncode == code or _CRASHED not in done.stderr:
                break
            time.sleep(1)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def until_done(self, *words: str) -> None:
        """Do a call until it goes well, whatever a crash there made of it."""
        for _ in range(8):
            done = run("ctys", *words, env=self.env, timeout=300)
            if done.returncode == 0:
                return
            time.sleep(2)
        pytest.fail(done.stderr)


@pytest.fixture(scope="module")
def lab(xen1: XenHost, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(xen1, tmp_path_factory.mktemp("ctys"))


def test_a_guest_is_created_listed_connected_to_and_cancelled(lab: Lab) -> None:
    lab.ctys("-t", "xen", "-a", "create=l:tst100,CONSOLE:none", "xen1")
    lab.host.until_booted("tst100")

    listed = lab.ctys("-t", "xen", "-a", "list", "xen1").stdout.splitlines()
    assert listed[0].startswith("TCP-container    |TCP-guest        |label ")
    assert any("|00:16:3e:00:00:40|tst100              |XEN     |S|-         |-" in line for line in listed)
    assert any("|Domain-0            |XEN     |S|" in line for line in listed)

    for _ in range(4):
        said = _console(lab)
        if _CRASHED.encode() not in said:
            break
    assert b"DOMU-READY" in said or b"/ #" in said, said

    lab.until_done("-t", "xen", "-a", "cancel=l:tst100,POWEROFF:0", "-C", "off", "xen1")
    assert "tst100" not in lab.host.run("xl list")


def _console(lab: Lab) -> bytes:
    """Return what a console in a terminal shows after a key was struck, and leave it by its escape."""
    pid, terminal = pty.fork()
    if pid == 0:
        words = ["ctys", "-t", "xen", "-a", f"create=p:{lab.conf},CONNECT,CONSOLE:cli", "xen1"]
        os.execve(BIN / "ctys", words, {**os.environ, **lab.env})  # noqa: S606 - the words are the test's own
    said, deadline, ended = b"", time.monotonic() + 120, 0
    try:
        while time.monotonic() < deadline and not ended:
            os.write(terminal, b"\x1d" if b"/ #" in said else b"\r")  # leave it once it spoke
            if select.select([terminal], [], [], 1.0)[0]:
                with suppress(OSError):
                    said += os.read(terminal, 4096)
            ended = os.waitpid(pid, os.WNOHANG)[0]
        assert ended == pid, said
    finally:
        os.close(terminal)
    return said


def test_enumerate_reads_the_configurations_there(lab: Lab) -> None:
    found = lab.ctys("-a", f"enumerate=label,mac,pm,b:{lab.conf.parents[1]}", "xen1").stdout.splitlines()

    assert found == [f"xen1;tst100;{MAC}"]


def test_info_and_show_tell_of_xen(lab: Lab) -> None:
    info = json.loads(lab.ctys("-t", "xen", "-a", "info", "--format", "json", "xen1").stdout)["xen1"]
    shown = lab.ctys("-a", "show", "xen1").stdout

    xen = next(one for one in info["types"] if one["name"] == "XEN")
    assert (xen["state"], xen["why"]) == ("ENABLED", "dom0")
    assert xen["versions"]["xen"].startswith("4.17")
    assert "XEN" in shown
    assert "Domain-0" in shown
