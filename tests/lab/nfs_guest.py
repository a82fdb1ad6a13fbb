"""A guest under QEMU/TCG that mounts by NFS with the kernel's own client and runs Python there.

    run_python(tmp_path, code, port)

Kernel and modules come from Debian's package and are kept in `$VHOST_LAB_CACHE`, else in `~/.cache/vhost-toolkit-lab`.
The guest sees the file system of this host read-only (9p), so it runs the same Python and the same toolkit; `/mnt` is
its own, `/mnt/job` is a directory of the test, and the host's loopback answers at 10.0.2.2.
"""

from __future__ import annotations

import fcntl
import lzma
import os
import pwd
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

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
    kernel, initrd = _built()
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


def _built() -> tuple[Path, Path]:
    """Return kernel and initramfs, made anew where this module or the kernel's package has changed."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    cache = Path(os.environ.get("VHOST_LAB_CACHE") or home / ".cache" / "vhost-toolkit-lab")
    cache.mkdir(parents=True, exist_ok=True)
    built = cache / "nfs"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        package = _package(cache / "debs")
        stamp = f"{package.name}\n{Path(__file__).read_text()}"
        if not (built / "stamp").exists() or (built / "stamp").read_text() != stamp:
            shutil.rmtree(built, ignore_errors=True)
            _build(package, built)
            (built / "stamp").write_text(stamp)
    return built / "vmlinux", built / "initrd"


def _package(debs: Path) -> Path:
    """Return the package of Debian's kernel, downloaded where it is missing."""
    debs.mkdir(exist_ok=True)
    listed = _output("apt-cache", "depends", "linux-image-amd64")
    (name,) = re.findall(r"Depends: (linux-image-[0-9]\S+)", listed)[:1]
    if not any(debs.glob(f"{name}_*.deb")):
        _output("apt-get", "download", "-qq", name, cwd=debs)
    return next(debs.glob(f"{name}_*.deb"))


def _build(package: Path, built: Path) -> None:
    stage, root = built / "stage", built / "root"
    root.mkdir(parents=True)
    _output("dpkg-deb", "-x", str(package), str(stage))
    (built / "vmlinux").write_bytes(_unpacked(next((stage / "boot").glob("vmlinuz-*")).read_bytes()))
    for name in ("bin", "dev", "proc", "sys", "host", "m"):
        (root / name).mkdir()
    for number, module in enumerate(_with_needed({path.stem.replace("-", "_"): path for path in stage.rglob("*.ko")})):
        shutil.copy(module, root / "m" / f"{number:02}-{module.name}")
    _with_libraries(Path(shutil.which("busybox") or "/bin/busybox"), root)
    (root / "init").write_text(_INIT)
    (root / "init").chmod(0o755)
    packed = "find . | cpio -o -H newc --quiet -R 0:0 | gzip -1 >../initrd"
    _output("sh", "-c", packed, cwd=root)
    shutil.rmtree(stage)
    shutil.rmtree(root)


def _unpacked(image: bytes) -> bytes:
    """Return the ELF kernel of a bzImage, which saves the guest the work; see Documentation/arch/x86/boot.rst."""
    (offset, size), begin = struct.unpack_from("<II", image, 0x248), (image[0x1F1] + 1) * 512
    return lzma.LZMADecompressor().decompress(image[begin + offset : begin + offset + size])


def _with_needed(modules: dict[str, Path]) -> list[Path]:
    """Return the modules of the guest in the order in which they need each other."""
    order: list[Path] = []

    def add(name: str) -> None:
        path = modules.get(name.replace("-", "_"))
        if path is None or path in order:
            return
        for needed in _needed(path):
            add(needed)
        order.append(path)

    for name in _MODULES:
        add(name)
    return order


def _needed(module: Path) -> Iterator[str]:
    found = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    yield from filter(None, found[1].decode().split(",") if found else ())


def _with_libraries(program: Path, root: Path) -> None:
    shutil.copy(program, root / "bin" / program.name)
    for library in re.findall(r"(/\S+) \(0x", _output("ldd", str(program))):
        place = root / library.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, place)


def _output(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
