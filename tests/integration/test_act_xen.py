"""The life of guests on a real Xen host (dom0 under QEMU/TCG), over ssh, through the installed command."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from tests.commands import complaint, run
from tests.lab.xen_host import XenHost, guest
from vhost.transport.connections import SSH_CONFIG

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("xen")]

UUID = "7153dbfa-2f4f-4435-8fe6-07c9c0a3d6d3"
SECONDS = 300.0
ON = ("--on", "xen1")


class Lab:
    """The host `xen1`, and a database that knows the configurations there by their paths."""

    def __init__(self, host: XenHost, directory: Path) -> None:
        self.host = host
        self.pool = directory / "pool"
        self.env = {
            "VHOST_DB": str(directory / "db"),
            "XDG_STATE_HOME": str(directory / "state"),
            SSH_CONFIG: str(host.config),
        }

    def put(self, name: str, text: str) -> Path:
        path = self.pool / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.host.put(str(path), text)
        self.host.run(f"touch -d @{int(path.stat().st_mtime)} {path}")
        return path

    def vhost(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Do a call, again where a program there crashed: those of this emulated dom0 do while a guest boots."""
        for _ in range(6):
            done = run("vhost", *words, env=self.env, timeout=SECONDS)
            if done.returncode == code or "Segmentation fault" not in done.stderr:
                break
            time.sleep(1)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def create(self, address: str, label: str) -> None:
        """Create a guest and wait until it has booted."""
        times = self.host.boots(label)
        self.vhost("create", address, *ON)
        self.host.until_booted(label, times + 1)

    def states(self) -> dict[str, str]:
        """Return the state letters of every guest by its name, as `xl` says."""
        rows = [line.split() for line in self.host.run("xl list").splitlines()[2:]]
        return {row[0]: row[4] for row in rows}


@pytest.fixture(scope="module")
def lab(xen1: XenHost, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    made = Lab(xen1, tmp_path_factory.mktemp("xen"))
    text = guest("tst200", uuid=UUID, mac="00:16:3e:00:02:01")
    made.put("tst200/tst200.cfg", text)
    made.put("tst200/tst200.cfg.bak", text)
    made.put("clone/clone.cfg", guest("clone", uuid=UUID, mac="00:16:3e:00:02:02", deaf=True))
    assert run("vhost", "scan", "tree", "--as-host", "xen1", made.pool, env=made.env).returncode == 0
    return made


def test_guests_on_xen_are_proved_and_told_and_a_deaf_one_is_destroyed_after_its_grace(lab: Lab) -> None:
    config, clone = lab.pool / "tst200/tst200.cfg", lab.pool / "clone/clone.cfg"

    lab.create(f"p:{config}", "tst200")
    assert str(config) in lab.host.run("xenstore-ls -f /local/domain | grep vhost-config")
    assert "has its UUID" in complaint(lab.vhost("create", "l:clone", *ON, code=17))
    lab.host.run(f"xl create {clone}")  # Xen itself does not mind
    lab.host.until_booted("clone")
    listed = lab.vhost("list", "xen1", "-T", "XEN").stdout
    assert [listed.count(name) for name in (UUID.replace("-", ""), "tst200 ", "clone ")] == [2, 1, 1]

    ambiguous = lab.vhost("cancel", f"u:{UUID}", "--mode", "poweroff:0", *ON, code=11)
    assert "3 machines on xen1 fit it" in complaint(ambiguous)
    assert set(lab.states()) == {"tst200", "clone"}

    lab.vhost("pause", f"p:{config}", *ON)
    assert "p" in lab.states()["tst200"]
    lab.vhost("resume", f"p:{config}", *ON)
    assert "p" not in lab.states()["tst200"]

    deaf = lab.vhost("shutdown", "l:clone", *ON, "--timeout", "3", code=15)
    assert "3 s after it was told" in complaint(deaf)
    assert set(lab.states()) == {"tst200", "clone"}

    (proposed,) = [line.strip() for line in ambiguous.stdout.splitlines() if line.strip() == "l:clone"]
    lab.vhost("cancel", proposed, "--mode", "poweroff:1", *ON)
    assert set(lab.states()) == {"tst200"}
    differs = lab.vhost("cancel", proposed, "--mode", "poweroff:0", *ON, code=12)
    assert "its name is 'tst200'" in complaint(differs)
    assert set(lab.states()) == {"tst200"}


def test_a_guest_on_xen_is_saved_restored_rebooted_shut_down_and_reset(lab: Lab) -> None:
    address = f"p:{lab.pool}/tst200/tst200.cfg"
    if "tst200" not in lab.states():
        lab.create(address, "tst200")

    lab.vhost("save", address, *ON)
    assert lab.states() == {}
    lab.vhost("resume", address, *ON)
    assert set(lab.states()) == {"tst200"}
    booted = lab.host.boots("tst200")
    lab.vhost("cancel", address, "--mode", "reboot", *ON)
    lab.host.until_booted("tst200", booted + 1)
    lab.vhost("cancel", address, "--mode", "poweroff:60", *ON)
    assert lab.states() == {}
    lab.vhost("create", address, *ON)
    lab.vhost("cancel", address, "--mode", "reset", *ON)
    assert set(lab.states()) == {"tst200"}
    lab.vhost("destroy", address, *ON)
    assert "is not running" in lab.vhost("shutdown", address, *ON).stdout
    assert lab.states() == {}
