"""A physical machine: a computer under QEMU/TCG on a segment of namespaces, which its frame switches on.

    with segment() as lab, physical_machine(lab, tmp_path) as machine:
        machine.on()

Its Linux has Debian's own init, `shutdown` and ssh server. What is not real: the power supply. A thread here listens on
the segment for the frame (wake-on-LAN), which no card of QEMU understands, and starts the emulator.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.namespaces import Segment
from tests.lab.small_linux import built, cache

UUID = "9c3572d8-d8a3-4341-989c-32bf71c61316"
MAC = "52:54:00:79:00:02"
ADDRESS = "10.79.0.2"
_WIDTH = 24
_ETH_P_ALL = 3
_INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmpfs /run
mkdir -p /dev/pts; mount -t devpts devpts /dev/pts
for module in /m/*.ko; do insmod $module || echo "insmod $module failed"; done
hostname pm1; ip link set lo up; ip link set eth0 up; ip addr add {ADDRESS}/{_WIDTH} dev eth0
exec /sbin/init
"""
_INITTAB = """id:2:initdefault:
l0:0:wait:/bin/busybox poweroff -f
l6:6:wait:/bin/busybox reboot -f
ssh:2:respawn:/usr/sbin/dropbear -F -R -E -p 22
"""
_MODULES = ("virtio_pci", "virtio_net", "af_packet")
_PACKAGES = ("sysvinit-core", "dropbear-bin", "libtomcrypt1", "libtommath1")
_PROGRAMS = ("sbin/init", "sbin/shutdown", "usr/sbin/dropbear")


@dataclass(slots=True)
class PhysicalMachine:
    """The machine; `config` is a configuration of ssh that knows it as `pm1`, `starts` is how often it was woken."""

    segment: Segment
    directory: Path
    config: Path
    starts: int = 0
    _running: subprocess.Popen[bytes] | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_on(self) -> bool:
        """Tell whether it has power."""
        return self._running is not None and self._running.poll() is None

    def wait_off(self, seconds: float = 60) -> None:
        """Wait until it has switched itself off."""
        assert self._running is not None
        self._running.wait(seconds)

    def watch(self, listener: socket.socket) -> None:
        """Start the machine for each frame that has its MAC, until the end."""
        frame = b"\xff" * 6 + bytes.fromhex(MAC.replace(":", "")) * 16
        listener.settimeout(0.2)
        while not self._ended.is_set():
            try:
                heard = listener.recv(65_536)
            except TimeoutError:
                continue
            if frame in heard and not self.is_on:
                self.starts += 1
                self._start()

    def end(self) -> None:
        """Take the power away."""
        self._ended.set()
        if self._running is not None:
            self._running.kill()
            self._running.wait(20)

    def _start(self) -> None:
        kernel, initrd = _linux()
        command = [
            "ip", "netns", "exec", self.segment.switch.name,
            "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "192", "-nodefaults",
            "-uuid", UUID, "-display", "none", "-serial", f"file:{self.directory}/serial.{self.starts}.log",
            "-kernel", str(kernel),
            "-initrd", str(initrd), "-append", "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on",
            "-netdev", "tap,id=n,ifname=tap0,script=no,downscript=no", "-device", f"virtio-net-pci,netdev=n,mac={MAC}",
        ]  # fmt: skip
        with (self.directory / "qemu.log").open("ab") as log:
            self._running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _linux() -> tuple[Path, Path]:
    key = cache() / "pm-id"
    if not key.exists():
        made = cache() / f"pm-id.{os.getpid()}"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made], check=True)
        made.with_suffix(made.suffix + ".pub").replace(key.with_suffix(".pub"))
        made.replace(key)

    def more(root: Path) -> None:
        home = root / "root/.ssh"
        home.mkdir(parents=True)
        (home / "authorized_keys").write_bytes(key.with_suffix(".pub").read_bytes())
        for path in (root / "root", home):
            path.chmod(0o700)
        (root / "etc/dropbear").mkdir()
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\n")
        (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
        (root / "etc/shells").write_text("/bin/sh\n")
        (root / "etc/inittab").write_text(_INITTAB)

    return built("pm", init=_INIT, modules=_MODULES, packages=_PACKAGES, programs=_PROGRAMS, more=more)


@contextmanager
def physical_machine(segment: Segment, directory: Path) -> Iterator[PhysicalMachine]:
    """Give a machine that is off, on the segment."""
    _linux()
    directory.mkdir(parents=True, exist_ok=True)
    key = directory / "id"
    key.write_bytes((cache() / "pm-id").read_bytes())
    key.chmod(0o600)
    config = directory / "ssh_config"
    config.write_text(
        f"Host pm1 pm1.soho\n  HostName {ADDRESS}\n  User root\n  IdentityFile {key}\n  IdentitiesOnly yes\n"
        "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  GlobalKnownHostsFile /dev/null\n"
        "  LogLevel ERROR\n"
    )
    segment.switch.ip("tuntap", "add", "tap0", "mode", "tap")
    segment.switch.ip("link", "set", "tap0", "master", "br0", "up")
    machine = PhysicalMachine(segment, directory, config)
    with segment.switch.inside():
        listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        listener.bind(("br0", 0))
    watcher = threading.Thread(target=machine.watch, args=(listener,), daemon=True)
    watcher.start()
    try:
        yield machine
    finally:
        machine.end()
        watcher.join(5)
        listener.close()
