"""What the tests of the tree scanner share: small machines, and short words for what was found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from scanners.files import Stamp
from scanners.tree import TreeScan


def xen(name: str, **tags: str) -> str:
    """Return a small Xen configuration with tags."""
    lines = [f'name = "{name}"', "memory = 512", f'disk = ["phy:/dev/vg/{name},xvda,w"]']
    return "\n".join(lines + [f'#@#{key}="{value}"' for key, value in tags.items()]) + "\n"


def vmx(name: str) -> str:
    """Return a small VMware configuration."""
    return f'config.version = "8"\nvirtualHW.version = "4"\ndisplayName = "{name}"\nmemsize = "256"\n'


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Return the directory in which these files were written."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def machines(scan: TreeScan, root: Path | str) -> dict[str, str | None]:
    """Return the labels that were read, by path below the root."""
    found = [(one.stamp.path, one.machines[0].label) for one in scan.observations if one.machines]
    return {os.path.relpath(path, root): label for path, label in found}


def nothing(scan: TreeScan, root: Path | str) -> list[str]:
    """Return the files below the root that were read and hold no machine."""
    return [os.path.relpath(one.stamp.path, root) for one in scan.observations if not one.machines]


def problems(scan: TreeScan, root: Path | str) -> dict[str, str]:
    """Return what went wrong, by path below the root."""
    return {os.path.relpath(one.where, root): one.problem for one in scan.findings}


def known(scan: TreeScan) -> dict[str, Stamp]:
    """Return the stamps of everything that was read, as a cache would remember them."""
    stamps = [one.stamp for one in scan.observations]
    return {one.path: (one.device or 0, one.inode or 0, one.size or 0, one.mtime_ns or 0) for one in stamps}
