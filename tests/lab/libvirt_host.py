"""A host with libvirt of the tests' own: `qemu:///system` with guests under TCG, reached by ssh.

    with libvirt_host() as lab:
        lab.server.host("lab00")
        lab.run("virsh list --all")

libvirtd, its files below /etc, /run and /var, and all its processes live in namespaces that end with it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.qemu_guests import boot_sector
from tests.lab.ssh_server import Server, server

_OWN = ("/etc/libvirt", "/run/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt")
_QEMU_CONF = r"""cat >/etc/libvirt/qemu.conf <<END
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
remote_display_port_min = {port}
remote_display_port_max = {last}
END"""
"""The ports of displays are the lab's own: those of several labs side by side would be the same otherwise."""

_PORTS = 50
_ANSWERS = (
    "i=0; while ! virsh -c qemu:///system version >/dev/null 2>&1; do "
    "i=$((i+1)); [ $i -lt 100 ] || { cat /var/log/libvirt/daemon.log; exit 1; }; sleep 0.1; done"
)


def _services() -> tuple[str, ...]:
    first = 20_000 + os.getpid() % 240 * _PORTS  # below those that the kernel gives away
    return (
        *(f"mkdir -p {path}; mount -t tmpfs tmpfs {path}" for path in _OWN),
        "mount -t tmpfs tmpfs /run/lock 2>/dev/null || true",
        _QEMU_CONF.format(port=first, last=first + _PORTS - 1),
        "printf 'auth_unix_rw = \"none\"\\n' >/etc/libvirt/libvirtd.conf",
        "/usr/sbin/virtlogd -p /run/libvirt/virtlogd.pid >/dev/null 2>&1 &",
        "/usr/sbin/libvirtd -p /run/libvirt/libvirtd.pid >/var/log/libvirt/daemon.log 2>&1 &",
        _ANSWERS,
    )


@dataclass(frozen=True, slots=True)
class LibvirtHost:
    """A running host, its ssh server, and a directory that it shares with us."""

    server: Server

    @property
    def directory(self) -> Path:
        """Return the directory."""
        return self.server.directory

    def run(self, *command: str) -> str:
        """Return what a command there says, by an ssh of its own."""
        line = ["ssh", "-F", str(self.server.config), "lab-itself", *command]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def state(self, label: str) -> str:
        """Return the word of `virsh domstate`."""
        return self.run(f"virsh -c qemu:///system domstate {label}").strip()

    def domain(self, label: str, uuid: str, mac: str, *, deaf: bool = False, disk: str = "") -> Path:
        """Return the file of a domain, not yet defined; a deaf one ignores its power button."""
        image = self.directory / ("deaf.img" if deaf else "obeys.img")
        image.write_bytes(boot_sector(deaf=deaf))
        path = self.directory / f"{label}.xml"
        more = _DISK.format(disk=disk) if disk else ""
        path.write_text(_XML.format(label=label, uuid=uuid, mac=mac, image=image, more=more))
        return path


_DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/><source file='{disk}'/><target dev='hda' bus='ide'/>
    </disk>
"""
_XML = """<domain type='qemu'>
  <name>{label}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='fd'/></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='floppy'>
      <driver name='qemu' type='raw'/><source file='{image}'/><target dev='fda'/><readonly/>
    </disk>
{more}    <interface type='ethernet'><mac address='{mac}'/><model type='e1000'/></interface>
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
    <memballoon model='none'/>
  </devices>
</domain>
"""


@contextmanager
def libvirt_host(
    *, within: Sequence[str] = (), address: str = "127.0.0.1", services: Sequence[str] = ()
) -> Iterator[LibvirtHost]:
    """Give a running host and end it afterwards."""
    with server(within=within, address=address, services=(*_services(), *services)) as made:
        made.host("lab-itself")
        yield LibvirtHost(made)
