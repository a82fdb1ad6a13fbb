"""The slow file system of latfs.c: compiled once in a folder, mounted as long as it is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SOURCE = Path(__file__).with_name("latfs.c")
_PATIENCE = 10.0  # seconds for a mount to come or to go


def missing() -> str | None:
    """Return what stands in the way of a mount; None if nothing does."""
    if os.geteuid() != 0:
        return "only root mounts"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "there is no /dev/fuse"
    if shutil.which("gcc") is None or shutil.which("pkg-config") is None:
        return "gcc or pkg-config is not installed"
    if subprocess.run(["pkg-config", "--exists", "fuse3"], check=False).returncode != 0:
        return "libfuse3-dev is not installed"
    return None


def compiled(folder: Path) -> Path:
    """Return the program, which was compiled in `folder` if it was not there."""
    program = folder / "latfs"
    if not program.exists():
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "fuse3"], check=True, capture_output=True, text=True
        ).stdout.split()
        subprocess.run(["gcc", "-O2", "-Wall", "-o", program, _SOURCE, *flags], check=True)
    return program


@contextmanager
def mounted(program: Path, root: Path, point: Path, **settings: str) -> Iterator[Path]:
    """Give the mount point at which `root` is seen; the settings are those of latfs.c without `LATFS_`."""
    named = {f"LATFS_{name.upper()}": value for name, value in settings.items()}
    point.mkdir(exist_ok=True)
    command = [str(program), "-f", str(point), "-o", "max_threads=64,max_idle_threads=64"]
    process = subprocess.Popen(command, env={**os.environ, **named, "LATFS_ROOT": str(root)}, stderr=subprocess.DEVNULL)
    try:
        _wait_for(point)
        yield point
    finally:
        subprocess.run(["umount", point], check=False)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            subprocess.run(["umount", "-l", point], check=False)


def _wait_for(point: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while not point.is_mount():
        if time.monotonic() > until:
            raise TimeoutError("the slow file system was not mounted")
        time.sleep(0.01)
