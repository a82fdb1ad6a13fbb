"""The life of a physical machine on a segment of its own: woken, rebooted, shut down, and told another run level."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import BIN, complaint
from tests.lab.namespaces import Namespace, segment
from tests.lab.physical_machine import ADDRESS, MAC, PhysicalMachine, physical_machine
from vhost.transport.connections import SSH_CONFIG

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("pm")]

PM = f"""\
#@#MAGICID-PM
#@#LABEL="pm1"
#@#SESSIONTYPE="PM"
#@#CATEGORY="PM"
#@#UUID="9c3572d8d8a34341989c32bf71c61316"
#@#MAC0="{MAC}"
#@#IP0="{ADDRESS}%255.255.255.0%%eth0%22"
"""
OTHER = """\
#@#MAGICID-PM
#@#LABEL="pm2"
#@#SESSIONTYPE="PM"
#@#CATEGORY="PM"
#@#MAC0="52:54:00:79:00:03"
"""
ON = ("--on", "pm1")


class Lab:
    """A machine, and an administrator's host on the same segment whose database knows it."""

    def __init__(self, machine: PhysicalMachine, host: Namespace, directory: Path) -> None:
        self.machine = machine
        self._host = host
        self._env = {
            "VHOST_DB": str(directory / "db"),
            "XDG_STATE_HOME": str(directory / "state"),
            SSH_CONFIG: str(machine.config),
        }

    def vhost(self, *words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        settings = [f"{name}={value}" for name, value in self._env.items()]
        done = self._host.run("env", *settings, BIN / "vhost", *words, check=False, timeout=200)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def boot(self) -> str:
        """Return what names this boot of the machine."""
        return self._host.run("ssh", "-F", self.machine.config, "pm1", "cat /proc/sys/kernel/random/boot_id").stdout


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with segment(ipv6=False) as wire, physical_machine(wire, tmp_path / "pm1") as machine:
        host = wire.host("10.79.0.1/24")
        made = Lab(machine, host, tmp_path)
        (tmp_path / "pm").mkdir()
        for name, text in {"pm1": PM, "pm2": OTHER}.items():
            (tmp_path / "pm" / name).mkdir()
            (tmp_path / "pm" / name / "pm.conf").write_text(text)
        made.vhost("scan", "tree", "--as-host", "pm1", tmp_path / "pm")
        yield made


def test_a_physical_machine_is_woken_rebooted_and_shut_down(lab: Lab) -> None:
    lab.vhost("create", "l:pm1", *ON)
    assert (lab.machine.is_on, lab.machine.starts) == (True, 1)
    assert "runs already" in complaint(lab.vhost("create", "l:pm1", *ON, code=17))

    differs = complaint(lab.vhost("cancel", "l:pm2", *ON, "--mode", "poweroff:0", code=12))
    assert f"another machine answers: its MAC is '{MAC}'" in differs

    first = lab.boot()
    lab.vhost("cancel", "l:pm1", *ON, "--mode", "reboot")
    assert lab.boot() != first

    lab.vhost("cancel", "l:pm1", *ON, "--mode", "poweroff:60")
    lab.machine.wait_off()
    assert "Connection timed out" in complaint(lab.vhost("shutdown", "l:pm1", *ON, code=13))

    lab.vhost("create", "l:pm1", *ON)
    assert lab.machine.starts == 2
    lab.vhost("cancel", "l:pm1", *ON, "--mode", "init:0")
    lab.machine.wait_off()
