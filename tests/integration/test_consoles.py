"""Consoles through `ctys`, for real: sshd, QEMU guests with VNC and a serial line, and an X server."""

from __future__ import annotations

import os
import pty
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.commands import BIN, complaint, run
from tests.lab.display import Display, display
from tests.lab.qemu_guests import Guests, eventually
from tests.lab.ssh_server import server

pytestmark = pytest.mark.integration

SOME = uuid4().hex[:8]
LABEL = f"tst{SOME}"


class Lab:
    """A host `lab00` with one guest, and a database that knows it."""

    def __init__(self, directory: Path, ssh_config: Path) -> None:
        self.guests = Guests(directory / "pool")
        self.serial = directory / "serial"
        self.port = _free_port()
        self.script = self.guests.script(
            LABEL,
            uuid=f"{SOME}-1e3e-4324-9ed5-96b8b9f2c5c2",
            more=f"-vga std -vnc 127.0.0.1:{self.port - 5900} -serial unix:{self.serial},server=on,wait=off",
        )
        self.env = {
            "VHOST_DB": str(directory / "db"),
            "XDG_STATE_HOME": str(directory / "state"),
            "VHOST_SSH_CONFIG": str(ssh_config),
            "DISPLAY": "",
        }
        done = run("vhost", "scan", "tree", "--as-host", "lab00", self.guests.directory, env=self.env)
        assert done.returncode == 0, done.stderr

    def ctys(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return run("ctys", "-t", "qemu", *words, env={**self.env, **env}, timeout=120)

    def viewers(self) -> int:
        return len(self.guests.qmp(self.script, "query-vnc")["clients"]) if self.guests.pids() else 0

    def processes(self, *words: str) -> list[int]:
        """Return the processes whose command lines hold these words."""
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                command = place.read_bytes().decode(errors="replace").replace("\0", " ")
                found += [int(place.parent.name)] if all(word in command for word in words) else []
        return found

    def end(self) -> None:
        for word in (f"localhost::{self.port}", f":localhost:{self.port}", f"UNIX-CONNECT:{self.serial}"):
            for pid in self.processes(word):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        self.guests.end()


def _free_port() -> int:
    """Return a free port above the displays that others may have, another one in every process of a test run."""
    first = 6_100 + os.getpid() % 700
    for port in range(first, first + 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    pytest.fail("no free port")


@pytest.fixture(scope="module")
def ssh_config() -> Iterator[Path]:
    with server(options=["X11Forwarding yes", "X11UseLocalhost yes", "XAuthLocation /usr/bin/xauth"]) as made:
        made.host("lab00")
        yield made.config


@pytest.fixture
def lab(tmp_path: Path, ssh_config: Path) -> Iterator[Lab]:
    made = Lab(tmp_path, ssh_config)
    yield made
    made.end()


@pytest.fixture
def screen() -> Iterator[Display]:
    with display() as made:
        yield made


def test_vnc_with_connection_forwarding_is_listed_and_ends_with_its_viewer(lab: Lab, screen: Display) -> None:
    done = lab.ctys("-a", f"create=l:{LABEL},CONSOLE:vnc", "-L", "CF", "lab00", DISPLAY=screen.name)

    assert done.returncode == 0, done.stderr
    eventually(lambda: lab.viewers() == 1)
    listed = run("vhost", "sessions", "-o", "label,type,cstype", "localhost", env=lab.env).stdout.splitlines()
    assert f"SSH(QEMU);{LABEL};T" in listed
    assert f"VNC;{LABEL};C" in listed

    [tunnel] = lab.processes("ssh", f":localhost:{lab.port}")
    local = Path(f"/proc/{tunnel}/cmdline").read_text().split("127.0.0.1:")[1].split(":")[0]
    for viewer in lab.processes("viewer", f"localhost::{local}"):
        os.kill(viewer, signal.SIGTERM)
    eventually(lambda: not lab.processes("ssh", f":localhost:{lab.port}"), seconds=40)
    assert lab.guests.status(lab.script) == "running"


def test_vnc_with_display_forwarding_runs_its_viewer_there(lab: Lab, screen: Display) -> None:
    done = lab.ctys("-a", f"create=l:{LABEL},CONSOLE:vnc", "lab00", DISPLAY=screen.name)

    assert done.returncode == 0, done.stderr
    eventually(lambda: lab.viewers() == 1)
    assert lab.processes("ssh", "-X", "lab00", f"localhost::{lab.port}")


def test_clients_are_cancelled_without_the_guest(lab: Lab, screen: Display) -> None:
    lab.ctys("-a", f"create=l:{LABEL},CONSOLE:vnc", "-L", "CF", "lab00", DISPLAY=screen.name)
    eventually(lambda: lab.viewers() == 1)

    done = lab.ctys("-a", f"cancel=l:{LABEL},CLIENT", "lab00")

    assert done.returncode == 0, done.stderr
    assert f"{LABEL}: 2 clients on localhost ended" in done.stdout
    eventually(lambda: lab.viewers() == 0)
    assert lab.guests.status(lab.script) == "running"


def test_reconnect_drops_the_clients_before_it_connects(lab: Lab, screen: Display) -> None:
    lab.ctys("-a", f"create=l:{LABEL},CONSOLE:vnc", "-L", "CF", "lab00", DISPLAY=screen.name)
    eventually(lambda: lab.viewers() == 1)
    before = lab.processes("ssh", f":localhost:{lab.port}")

    done = lab.ctys("-a", f"create=l:{LABEL},RECONNECT,CONSOLE:vnc", "-L", "CF", "lab00", DISPLAY=screen.name)

    assert done.returncode == 0, done.stderr
    eventually(lambda: lab.viewers() == 1)
    assert lab.processes("ssh", f":localhost:{lab.port}") != before


@pytest.mark.parametrize("kind", ["XTERM", "GTERM", "EMACS", "EMACSM", "EMACSA", "EMACSAM"])
def test_a_window_is_connected_with_the_serial_line(lab: Lab, screen: Display, kind: str) -> None:
    bus = ["dbus-run-session", "--"] if kind == "GTERM" else []
    command = [
        *bus,
        str(BIN / "ctys"),
        "-t",
        "qemu",
        "-a",
        f"create=l:{LABEL},REUSE,CONSOLE:{kind}",
        "-b",
        "0",
        "lab00",
    ]
    env = {**os.environ, **lab.env, "DISPLAY": screen.name}
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, start_new_session=True) as child:
        try:
            eventually(lambda: bool(lab.processes("socat", f"UNIX-CONNECT:{lab.serial}")), seconds=60)
            eventually(lambda: LABEL in screen.titles() or kind.startswith("EMACS"), seconds=30)
        finally:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait(20)


def test_a_console_in_this_terminal_talks_to_the_guest(lab: Lab) -> None:
    lab.guests.start(lab.script)
    env = {**os.environ, **lab.env}
    pid, terminal = pty.fork()
    if pid == 0:
        words = ["ctys", "-t", "qemu", "-a", f"create=l:{LABEL},CONNECT,CONSOLE:cli", "lab00"]
        os.execve(BIN / "ctys", words, env)  # noqa: S606 - the words are the test's own
    try:
        eventually(lambda: bool(lab.processes("socat", f"UNIX-CONNECT:{lab.serial}")), seconds=60)
        time_limit = time.monotonic() + 20
        os.write(terminal, b"\x1d")  # the escape of socat ends the conversation
        while time.monotonic() < time_limit and select.select([terminal], [], [], 0.2)[0]:
            with suppress(OSError):
                if not os.read(terminal, 4096):
                    break
        eventually(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, seconds=20)
    finally:
        os.close(terminal)
    assert lab.guests.status(lab.script) == "running"


def test_emacs_takes_the_terminal_where_there_is_no_display(lab: Lab, tmp_path: Path) -> None:
    lab.guests.start(lab.script)
    socket_path = tmp_path / "tmux"
    settings = " ".join(f"{name}={value}" for name, value in lab.env.items())
    call = f"env {settings} {BIN}/ctys -t qemu -a create=l:{LABEL},CONNECT,CONSOLE:emacsa lab00"
    tmux = ["tmux", "-S", str(socket_path)]
    subprocess.run([*tmux, "new-session", "-d", "-x", "120", "-y", "40", call], check=True, timeout=20)
    try:
        eventually(lambda: LABEL in _screen(socket_path), seconds=60)
        eventually(lambda: bool(lab.processes("socat", f"UNIX-CONNECT:{lab.serial}")), seconds=60)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, timeout=20)


def _screen(socket_path: Path) -> str:
    command = ["tmux", "-S", str(socket_path), "capture-pane", "-p"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    return done.stdout


def test_a_display_that_does_not_exist_is_one_line_and_nothing_is_started(lab: Lab) -> None:
    done = lab.ctys("-a", f"create=l:{LABEL},CONSOLE:vnc", "lab00", DISPLAY=":4711")

    assert done.returncode == 1
    assert complaint(done).startswith("vhost: ctys: argument 4, column 30: display :4711 does not exist")
    assert lab.guests.status(lab.script) == "off"


def test_connect_does_not_start_what_does_not_run(lab: Lab) -> None:
    done = lab.ctys("-a", f"create=l:{LABEL},CONNECT,CONSOLE:none", "lab00")

    assert (done.returncode, complaint(done)) == (1, f"vhost: {LABEL}: does not run; start it with CREATE or REUSE")


def test_reuse_starts_it_once(lab: Lab) -> None:
    first = lab.ctys("-a", f"create=l:{LABEL},REUSE,CONSOLE:none", "lab00")
    pids = lab.guests.pids()
    second = lab.ctys("-a", f"create=l:{LABEL},REUSE,CONSOLE:none", "lab00")

    assert (first.returncode, second.returncode) == (0, 0), (first.stderr, second.stderr)
    assert lab.guests.pids() == pids


def test_stack_shuts_a_nested_guest_down_first_and_force_leaves_it_alone(lab: Lab, ssh_config: Path) -> None:
    inner = lab.guests.script(f"{LABEL}i", uuid=f"{SOME}-0318-4b77-95e4-0570f7d5068d", name="inner/inner.sh")
    run("vhost", "scan", "tree", "--as-host", LABEL, inner, env=lab.env)
    run("vhost", "scan", "tree", "--as-host", "lab00", lab.script, env=lab.env)
    known = ssh_config.read_text()
    ssh_config.write_text(known.replace("Host lab00\n", f"Host lab00 {LABEL}\n"))
    try:
        for script in (inner, lab.script):
            lab.guests.start(script)
        forced = lab.ctys("-a", f"cancel=p:{lab.script},FORCE,POWEROFF", "lab00")
        after_force = lab.guests.status(inner), lab.guests.status(lab.script)
        lab.guests.start(lab.script)
        stacked = lab.ctys("-a", f"cancel=p:{lab.script},STACK,POWEROFF:20", "lab00")
    finally:
        ssh_config.write_text(known)

    assert (forced.returncode, after_force) == (0, ("running", "off")), forced.stderr
    assert stacked.returncode == 0, stacked.stderr
    assert (lab.guests.status(inner), lab.guests.status(lab.script)) == ("off", "off")
    assert [line.split()[0] for line in stacked.stdout.splitlines()] == [f"{LABEL}i", LABEL]


def test_resume_from_a_state_file_with_a_console(lab: Lab, screen: Display) -> None:
    lab.guests.start(lab.script)
    saved = lab.ctys("-a", f"cancel=l:{LABEL},SUSPEND", "lab00")
    assert (saved.returncode, lab.guests.status(lab.script)) == (0, "off"), saved.stderr

    done = lab.ctys("-a", f"create=l:{LABEL},RESUME,CONSOLE:vnc", "-L", "CF", "lab00", DISPLAY=screen.name)

    assert done.returncode == 0, done.stderr
    assert lab.guests.status(lab.script) == "running"
    eventually(lambda: lab.viewers() == 1)


def test_two_hosts_in_one_call(lab: Lab, ssh_config: Path) -> None:
    other = lab.guests.script(f"{LABEL}o", uuid=f"{SOME}-0318-4b77-95e4-0570f7d5068d", name="other/other.sh")
    run("vhost", "scan", "tree", "--as-host", "lab01", other, env=lab.env)
    run("vhost", "scan", "tree", "--as-host", "lab00", lab.script, env=lab.env)
    known = ssh_config.read_text()
    ssh_config.write_text(known.replace("Host lab00\n", "Host lab00 lab01\n"))
    try:
        targets = [f"lab0{n}(-a create=p:{script},CONSOLE:none)" for n, script in ((0, lab.script), (1, other))]
        done = lab.ctys("--", *targets)
    finally:
        ssh_config.write_text(known)

    assert done.returncode == 0, done.stderr
    assert (lab.guests.status(lab.script), lab.guests.status(other)) == ("running", "running")


@pytest.mark.parametrize("kind", "lufpimt")
def test_a_guest_is_connected_to_by_every_part_of_its_address(lab: Lab, kind: str) -> None:
    uuid, mac, address = f"{SOME}-1e3e-4324-9ed5-96b8b9f2c5c2", "52:54:00:0a:0b:0c", "192.0.2.17"
    script = lab.guests.script(LABEL, uuid=uuid, mac=mac)
    script.write_text(script.read_text() + f'#@#IP0="{address}%255.255.255.0%br0%eth0"\n')
    run("vhost", "scan", "tree", "--as-host", "lab00", lab.guests.directory, env=lab.env)
    lab.guests.start(script)
    values = {"l": LABEL, "u": uuid, "m": mac, "t": address, "f": f"pool/{LABEL}.sh", "p": script, "i": script}

    done = lab.ctys("-a", f"create={kind}:{values[kind]},CONNECT,CONSOLE:none", "lab00")

    assert done.returncode == 0, done.stderr
    assert f"{LABEL} on lab00: is running" in done.stdout


def test_a_target_that_asks_for_a_password_is_one_line_with_its_place(lab: Lab, ssh_config: Path) -> None:
    known = ssh_config.read_text()
    identity = next(line for line in known.splitlines() if "IdentityFile" in line)
    ssh_config.write_text(known.replace(identity, "  IdentityFile /dev/null"))
    try:
        done = lab.ctys("-a", f"create=l:{LABEL},CONSOLE:none", "lab00")
    finally:
        ssh_config.write_text(known)

    assert done.returncode == 1
    assert complaint(done).startswith("vhost: ctys: argument 5, column 1: lab00: it does not let us in: ")
    assert lab.guests.status(lab.script) == "off"


def test_a_guest_without_vnc_is_not_waited_for_for_ever(lab: Lab, screen: Display) -> None:
    plain = lab.guests.script(f"{LABEL}p", uuid=f"{SOME}-0318-4b77-95e4-0570f7d5068d")
    run("vhost", "scan", "tree", "--as-host", "lab00", lab.guests.directory, env=lab.env)
    lab.guests.start(plain)

    done = lab.ctys("-a", f"create=l:{LABEL}p,CONNECT,CONSOLE:vnc", "lab00", DISPLAY=screen.name, VHOST_VNC_SECONDS="1")

    assert done.returncode == 15
    assert "it has no VNC port after 1 s" in done.stderr
