"""A guest under QEMU/TCG that mounts by NFS with the kernel's own client and runs Python there.

    run_python(tmp_path, code, port)

The guest sees the file system of this host read-only (9p), so it runs the same Python and the same toolkit; `/mnt` is
its own, `/mnt/job` is a directory of the test, and the host's loopback answers at 10.0.2.2.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.conftest import ROOT
from tests.lab.small_linux import built

_SECONDS = 240.0
SERVER = "10.0.2.2"
"""The address at which the guest reaches the loopback of this host."""

_MODULES = ("virtio_pci", "virtio_net", "9pnet_virtio", "9p", "nfsv4", "af_packet")
_INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in /m/*.ko; do insmod $module || echo "insmod $module failed"; done
ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 root /host
mount -t tmpfs tmpfs /host/mnt; mount -t proc proc /host/proc; mount --bind /dev /host/dev
mkdir /host/mnt/job; mount -t 9p -o trans=virtio,version=9p2000.L job /host/mnt/job
mount --bind /host/mnt/job/hosts /host/etc/hosts
chroot /host /bin/sh /mnt/job/run.sh
poweroff -f
"""


def run_python(directory: Path, code: str) -> str:
    """Return what Python code said that ran in a guest; `directory` is its /mnt/job. Fails if the code failed."""
    kernel, initrd = built("nfs", init=_INIT, modules=_MODULES)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "code.py").write_text(code)
    (directory / "hosts").write_text(f"127.0.0.1 localhost\n{SERVER} nas nas.soho\n")
    paths = f"{ROOT}:{sysconfig.get_path('purelib')}"
    (directory / "run.sh").write_text(
        "export PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1\n"
        f"PYTHONPATH={paths} {sys.executable} -S -W ignore /mnt/job/code.py && echo code-succeeded\n"
    )
    command = [
        "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
        "-m", "512", "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot",
        "-kernel", str(kernel), "-initrd", str(initrd),
        "-append", "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on",
        "-nic", "user,model=virtio-net-pci",
        "-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap",
        "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
        "-fsdev", f"local,id=job,path={directory},security_model=none",
        "-device", "virtio-9p-pci,fsdev=job,mount_tag=job",
    ]  # fmt: skip
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
        timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert "code-succeeded" in done.stdout, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout
