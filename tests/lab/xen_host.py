"""A Xen host under QEMU/TCG: a real hypervisor, a dom0 with `xl`, and root's ssh on a port of loopback.

    with xen_host(tmp_path) as lab:
        lab.put("/guest/tst100.cfg", lab.guest("tst100", mac="00:16:3e:00:00:01"))

It is built from Debian's packages once and kept in `$VHOST_LAB_CACHE`, else in `~/.cache/vhost-toolkit-lab`;
see xen/build.sh. Guests are paravirtual, need 96 MiB and boot in a few seconds.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

BUILD = Path(__file__).parent / "xen" / "build.sh"
_SECONDS = 180.0
_XEN = (
    "com1=115200,8n1 console=com1 dom0_mem=1024M,max:1024M loglvl=warning guest_loglvl=warning"
    " spec-ctrl=no xpti=no watchdog=0 noreboot=1"
)


@dataclass(frozen=True, slots=True)
class XenHost:
    """A running host; `config` is a configuration of ssh that knows it by the names `xen1` and `xen1.soho`."""

    directory: Path
    port: int
    config: Path
    pid: int

    def run(self, command: str, *, stdin: str = "", check: bool = True, seconds: float = 120) -> str:
        """Return what a shell there says, by an ssh of its own."""
        done = subprocess.run(
            ["ssh", "-F", self.config, "xen1", command],
            input=stdin, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout

    def put(self, path: str, text: str) -> None:
        """Write a file there."""
        self.run(f"mkdir -p $(dirname {path}) && cat >{path}", stdin=text)

    def boots(self, label: str) -> int:
        """Return how often a guest of that name got as far as its shell since this host started."""
        for _ in range(5):
            with suppress(subprocess.TimeoutExpired):  # while a guest boots, programs here crash or hang now and then
                said = self.run(f"grep -sc DOMU-READY {_console(label)}; echo end", check=False, seconds=20).split()
                if said and said[-1] == "end":
                    return int(said[0]) if said[0].isdecimal() else 0
        raise AssertionError(f"nobody can say whether {label} has booted")

    def until_booted(self, label: str, times: int = 1) -> None:
        """Wait until a guest of that name has booted so many times: before that, it hears no shutdown."""
        deadline = time.monotonic() + _SECONDS
        while self.boots(label) < times:
            assert time.monotonic() < deadline, f"{label} does not boot"
            time.sleep(0.5)


def _console(label: str) -> str:
    return f"/var/log/xen/console/guest-{label}.log"


def guest(label: str, *, uuid: str = "", mac: str = "", deaf: bool = False, more: str = "") -> str:
    """Return a configuration; a deaf guest ignores shutdown and reboot."""
    lines = [
        f'name = "{label}"',
        'type = "pv"',
        'kernel = "/guest/vmlinux"',
        'ramdisk = "/guest/initrd.gz"',
        f'extra = "console=hvc0 quiet{" deaf" if deaf else ""}"',
        "memory = 96",
        "vcpus = 1",
        'on_crash = "destroy"',
        *([f'uuid = "{uuid}"'] if uuid else []),
        *([f"vif = ['mac={mac},bridge=xenbr0']"] if mac else []),
        more,
    ]
    return "\n".join(lines) + "\n"


def _built() -> Path:
    """Return the directory of the built host, which is built anew where its script has changed."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    cache = Path(os.environ.get("VHOST_LAB_CACHE") or home / ".cache" / "vhost-toolkit-lab")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = cache / "xen" / "build.sh"
        if not stamp.exists() or stamp.read_bytes() != BUILD.read_bytes():
            done = subprocess.run(
                ["bash", BUILD, cache / "xen", cache / "debs"],
                capture_output=True, text=True, timeout=600, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            stamp.write_bytes(BUILD.read_bytes())
    return cache / "xen"


@contextmanager
def xen_host(directory: Path) -> Iterator[XenHost]:
    """Give a running host and end it afterwards."""
    built = _built()
    directory.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command = [
        "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,-smap,-rdtscp", "-m", "2048", "-nodefaults",
        "-display", "none", "-no-reboot", "-serial", f"file:{directory}/serial.log", "-kernel", str(built / "xen"),
        "-append", _XEN,
        "-initrd", f"{built}/vmlinux console=hvc0 quiet mitigations=off hn=xen1,{built}/dom0.cpio",
        "-netdev", f"user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22", "-device", "e1000,netdev=n0",
    ]  # fmt: skip
    key = directory / "id"
    key.write_bytes((built / "id").read_bytes())
    key.chmod(0o600)
    config = _config(directory, port)
    with (directory / "qemu.log").open("wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    made = XenHost(directory, port, config, child.pid)
    try:
        _wait(made, child)
        yield made
    finally:
        child.kill()
        child.wait(20)


def _config(directory: Path, port: int) -> Path:
    path = directory / "ssh_config"
    path.write_text(
        f"Host xen1 xen1.soho\n  HostName 127.0.0.1\n  Port {port}\n  User root\n  IdentityFile {directory}/id\n"
        "  IdentitiesOnly yes\n  StrictHostKeyChecking accept-new\n  HostKeyAlias xen1\n"
        f"  UserKnownHostsFile {directory}/known_hosts\n  GlobalKnownHostsFile /dev/null\n  LogLevel ERROR\n"
    )
    return path


def _wait(made: XenHost, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        probe = ["ssh", "-F", str(made.config), "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", "xen1", "xl list"]
        if subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode == 0:
            return
        time.sleep(0.3)
    raise AssertionError((made.directory / "serial.log").read_text(errors="replace")[-2000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
