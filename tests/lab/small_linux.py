"""A small Linux to boot in QEMU: Debian's kernel, the modules that a test needs, and an initramfs around busybox.

    kernel, initrd = built("nfs", init=SCRIPT, modules=("virtio_net", "nfsv4"))

It is kept in `$VHOST_LAB_CACHE`, else in `~/.cache/vhost-toolkit-lab`, and made anew where what it is made of changes.
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_LIBRARIES = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu")


def cache() -> Path:
    """Return the directory in which labs keep what takes long to make."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    made = Path(os.environ.get("VHOST_LAB_CACHE") or home / ".cache" / "vhost-toolkit-lab")
    made.mkdir(parents=True, exist_ok=True)
    return made


def built(
    name: str,
    *,
    init: str,
    modules: Sequence[str],
    packages: Sequence[str] = (),
    programs: Sequence[str] = (),
    more: Callable[[Path], None] | None = None,
) -> tuple[Path, Path]:
    """Return kernel and initramfs. `programs` are paths that `packages` of Debian hold; `more` adds to the root."""
    place = cache() / name
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        debs = [_package(wanted) for wanted in (_kernel_package(), *packages)]
        stamp = "\n".join([*(deb.name for deb in debs), *modules, *programs, init, Path(__file__).read_text()])
        if not (place / "stamp").exists() or (place / "stamp").read_text() != stamp:
            shutil.rmtree(place, ignore_errors=True)
            _build(place, debs, init, modules, programs, more)
            (place / "stamp").write_text(stamp)
    return place / "vmlinux", place / "initrd"


def _kernel_package() -> str:
    listed = _output("apt-cache", "depends", "linux-image-amd64")
    found = re.search(r"Depends: (linux-image-[0-9]\S+)", listed)
    assert found is not None, listed
    return found[1]


def _package(name: str) -> Path:
    """Return a package of Debian, downloaded where it is missing."""
    debs = cache() / "debs"
    debs.mkdir(exist_ok=True)
    if not any(debs.glob(f"{name}_*.deb")):
        _output("apt-get", "download", "-qq", name, cwd=debs)
    return next(debs.glob(f"{name}_*.deb"))


def _build(
    place: Path,
    debs: Sequence[Path],
    init: str,
    modules: Sequence[str],
    programs: Sequence[str],
    more: Callable[[Path], None] | None,
) -> None:
    stage, root = place / "stage", place / "root"
    root.mkdir(parents=True)
    for deb in debs:
        _output("dpkg-deb", "-x", str(deb), str(stage))
    (place / "vmlinux").write_bytes(_unpacked(next((stage / "boot").glob("vmlinuz-*")).read_bytes()))
    for name in ("bin", "dev", "etc", "proc", "run", "sbin", "sys", "host", "m"):
        (root / name).mkdir()
    there = {path.stem.replace("-", "_"): path for path in stage.rglob("*.ko")}
    for number, module in enumerate(_with_needed(modules, there)):
        shutil.copy(module, root / "m" / f"{number:02}-{module.name}")
    _with_libraries(Path(shutil.which("busybox") or "/bin/busybox"), root / "bin/busybox", root, stage)
    for program in programs:
        _with_libraries(stage / program, root / program, root, stage)
    (root / "init").write_text(init)
    (root / "init").chmod(0o755)
    if more is not None:
        more(root)
    packed = "find . | cpio -o -H newc --quiet -R 0:0 | gzip -1 >../initrd"
    _output("sh", "-c", packed, cwd=root)
    shutil.rmtree(stage)
    shutil.rmtree(root)


def _unpacked(image: bytes) -> bytes:
    """Return the ELF kernel of a bzImage, which saves the guest the work; see Documentation/arch/x86/boot.rst."""
    (offset, size), begin = struct.unpack_from("<II", image, 0x248), (image[0x1F1] + 1) * 512
    return lzma.LZMADecompressor().decompress(image[begin + offset : begin + offset + size])


def _with_needed(names: Sequence[str], modules: dict[str, Path]) -> list[Path]:
    """Return modules in the order in which they need each other."""
    order: list[Path] = []

    def add(name: str) -> None:
        path = modules.get(name.replace("-", "_"))
        if path is None or path in order:
            return
        for needed in _needed(path):
            add(needed)
        order.append(path)

    for name in names:
        add(name)
    return order


def _needed(module: Path) -> Iterator[str]:
    found = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    yield from filter(None, found[1].decode().split(",") if found else ())


def _with_libraries(program: Path, place: Path, root: Path, stage: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(program, place)
    staged = ":".join(str(stage / directory) for directory in _LIBRARIES)
    told = _output("env", f"LD_LIBRARY_PATH={staged}", "ldd", str(program), check=False)
    for library in re.findall(r"(/\S+) \(0x", told):
        inside = Path(library.removeprefix(str(stage)).lstrip("/"))
        (root / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, root / inside)


def _output(*command: str, cwd: Path | None = None, check: bool = True) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout
