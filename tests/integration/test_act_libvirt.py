"""The life of a domain of a real libvirt (`qemu:///system`, TCG), over ssh and by `qemu+ssh://` into a namespace."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import complaint, run
from tests.lab.libvirt_host import LibvirtHost, libvirt_host
from tests.lab.namespaces import segment
from tests.lab.qemu_guests import Guests
from vhost.transport.connections import SSH_CONFIG

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("libvirt")]

SHARER = "3f39dd83-1429-4e88-a6f1-1681f8e6179e"
UUID, OTHER = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2", "2e28cc72-0318-4b77-95e4-0570f7d5068d"
SYSTEM = ("-c", "qemu:///system")


class Lab:
    """The host `lab00`, and a database that knows what it sees."""

    def __init__(self, host: LibvirtHost, directory: Path) -> None:
        self.host = host
        self.env = {
            "VHOST_DB": str(directory / "db"),
            "XDG_STATE_HOME": str(directory / "state"),
            SSH_CONFIG: str(host.server.config),
        }

    def scan(self) -> None:
        assert run("vhost", "scan", "tree", "--as-host", "lab00", *self.files(), env=self.env).returncode == 0

    def files(self) -> list[Path]:
        return sorted(self.host.directory.glob("*.xml"))

    def vhost(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = run("vhost", *words, env=self.env)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with libvirt_host() as host:
        host.server.host("lab00")
        made = Lab(host, tmp_path_factory.mktemp("lab"))
        host.domain("web02", UUID, "52:54:00:00:00:02")
        host.domain("db01", OTHER, "52:54:00:00:00:03", deaf=True)
        made.scan()
        yield made


def test_a_domain_goes_through_its_whole_life(lab: Lab) -> None:
    def is_now(expected: str, *words: str) -> None:
        done = lab.vhost(*words, "--on", "lab00", *SYSTEM)
        assert lab.host.state("web02") == expected, done.stdout

    is_now("running", "create", "web02")
    assert "urn:vhost-toolkit" in lab.host.run("virsh -c qemu:///system dumpxml web02")
    is_now("paused", "cancel", f"u:{UUID}", "--mode", "pause")
    is_now("running", "resume", "web02")
    is_now("running", "cancel", "web02", "--mode", "reboot", "--timeout", "40")
    is_now("running", "cancel", "web02", "--mode", "reset")
    is_now("shut off", "cancel", "web02", "--mode", "suspend")
    is_now("running", "resume", "web02")
    is_now("paused", "pause", "web02")
    is_now("shut off", "save", "web02")
    is_now("paused", "resume", "web02")
    is_now("running", "resume", "web02")
    is_now("shut off", "cancel", "m:52:54:00:00:00:02", "--mode", "poweroff:30")
    is_now("running", "start", "web02")
    is_now("shut off", "destroy", "web02")


def test_a_domain_that_ignores_its_button_runs_on_unless_force_is_used(lab: Lab) -> None:
    lab.vhost("create", "db01", "--on", "lab00", *SYSTEM)
    done = lab.vhost("shutdown", "db01", "--on", "lab00", *SYSTEM, "--timeout", "2", code=15)
    assert "is running 2 s after it was told" in complaint(done)
    assert lab.host.state("db01") == "running"
    lab.vhost("cancel", "db01", "--on", "lab00", *SYSTEM, "--force")
    assert lab.host.state("db01") == "shut off"


def test_a_domain_that_was_renamed_is_not_touched(lab: Lab) -> None:
    lab.vhost("create", "db01", "--on", "lab00", *SYSTEM)
    lab.host.run("virsh -c qemu:///system destroy db01; virsh -c qemu:///system domrename db01 other")
    lab.host.run("virsh -c qemu:///system start other")
    try:
        done = lab.vhost("destroy", "db01", "--on", "lab00", *SYSTEM, code=12)
        assert "its name is 'other'" in complaint(done)
        assert lab.host.state("other") == "running"
    finally:
        lab.host.run("virsh -c qemu:///system destroy other; virsh -c qemu:///system undefine other")


def test_a_hypervisor_that_cannot_be_asked_is_no_host_where_nothing_runs(lab: Lab) -> None:
    done = lab.vhost("shutdown", "web02", "--on", "lab00", "-c", "qemu:///nosuch", code=1)
    assert "virsh" in complaint(done)


def test_what_runs_on_another_host_is_not_created_here(lab: Lab, tmp_path: Path) -> None:
    disk = str(lab.host.directory / "shared.img")
    Path(disk).write_bytes(b"\0" * 1_048_576)
    domain = lab.host.domain("sql01", SHARER, "52:54:00:00:00:04", disk=disk)
    guests = Guests(tmp_path / "pool")
    same = guests.script(f"same{SHARER[:8]}", uuid=SHARER)
    sharing = guests.script(f"sharing{SHARER[:8]}", disk=disk)
    lab.scan()
    assert run("vhost", "scan", "tree", guests.directory, env=lab.env).returncode == 0
    lab.vhost("create", f"p:{domain}", "--on", "lab00", *SYSTEM)
    lab.vhost("scan", "live", "lab00", "-T", "LIBVIRT", *SYSTEM)
    try:
        assert "runs there and has its UUID" in complaint(lab.vhost("create", f"p:{same}", code=17))
        assert f"runs there and has its disk {disk}" in complaint(lab.vhost("create", f"p:{sharing}", code=17))
        gone = {SSH_CONFIG: str(unreachable(tmp_path))}
        silent = run("vhost", "create", f"p:{same}", env=lab.env | gone)
        assert (silent.returncode, "was seen running there" in complaint(silent)) == (13, True)
        lab.vhost("destroy", f"p:{domain}", "--on", "lab00", *SYSTEM)
        lab.vhost("create", f"p:{same}")  # what was stored is old: the host itself was asked
        assert guests.status(same) == "running"
    finally:
        guests.end()


def unreachable(directory: Path) -> Path:
    """Return a configuration of ssh in which nothing listens where lab00 is."""
    path = directory / "ssh_config"
    path.write_text("Host lab00\n  HostName 127.0.0.1\n  Port 1\n")
    return path


def test_a_daemon_that_is_gone_while_its_guests_run_is_no_host_without_guests(lab: Lab) -> None:
    lab.vhost("create", "db01", "--on", "lab00", *SYSTEM)
    lab.vhost("scan", "live", "lab00", *SYSTEM)
    lab.host.run("kill $(cat /run/libvirt/libvirtd.pid); while [ -e /run/libvirt/libvirtd.pid ]; do sleep 0.1; done")
    try:
        assert "Failed to connect socket" in complaint(lab.vhost("list", "lab00", code=3))
        scanned = lab.vhost("scan", "live", "lab00", "-T", "LIBVIRT", code=3).stderr
        assert scanned.startswith("vhost: 1 hosts: 0 guests, 0 new, 0 gone\n")
    finally:
        lab.host.run("/usr/sbin/libvirtd -d -p /run/libvirt/libvirtd.pid")
        lab.vhost("destroy", "db01", "--on", "lab00", *SYSTEM)
    lab.host.run("kill $(cat /run/libvirt/libvirtd.pid); while [ -e /run/libvirt/libvirtd.pid ]; do sleep 0.1; done")
    try:
        assert "nothing of it runs there" in complaint(lab.vhost("list", "lab00"))
    finally:
        lab.host.run("/usr/sbin/libvirtd -d -p /run/libvirt/libvirtd.pid")


def test_a_connection_that_names_the_host_itself_works_from_here(tmp_path: Path) -> None:
    with segment() as net:
        here, there = net.host("10.77.0.1/24"), net.host("10.77.0.2/24")
        with libvirt_host(within=("ip", "netns", "exec", there.name), address="10.77.0.2") as host:
            host.server.host("lab00")
            lab = Lab(host, tmp_path)
            host.domain("web02", UUID, "52:54:00:00:00:02")
            lab.scan()
            ssh = tmp_path / "ssh"
            ssh.write_text(f'#!/bin/sh\nexec ssh -F {host.server.config} "$@"\n')
            ssh.chmod(0o755)
            uri = f"qemu+ssh://root@lab00:{host.server.port}/system?command={ssh}"
            inside = ("ip", "netns", "exec", here.name, "env", *(f"{name}={value}" for name, value in lab.env.items()))
            vhost = run.__globals__["BIN"] / "vhost"
            for verb, state in (("create", "running"), ("pause", "paused"), ("destroy", "shut off")):
                words = [*inside, vhost, verb, "web02", "--on", "lab00", "-c", uri]
                done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
                assert done.returncode == 0, done.stderr
                asked = here.run("ssh", "-F", host.server.config, "lab00", "virsh -c qemu:///system domstate web02")
                assert asked.stdout.strip() == state
