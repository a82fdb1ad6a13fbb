"""The programs and Python modules that commands call, with the package that brings each."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from collections.abc import Iterator

from vhost.doctor.need import Found, Need

SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"

_PROGRAMS: tuple[tuple[str, str, str], ...] = (
    ("ssh", "list, show, info, enumerate, create, cancel of other hosts", "openssh-client"),
    ("ping", "query", "iputils-ping"),
    ("xl", "list, create, cancel on this host (XEN)", "xen-utils-common"),
    ("virsh", "list, create, cancel (LIBVIRT)", "libvirt-clients"),
    ("qemu-system-x86_64", "create on this host (QEMU)", "qemu-system-x86"),
    ("VBoxManage", "list, create, cancel on this host (VBOX)", "virtualbox"),
    ("vmrun", "list, create, cancel on this host (VMW)", "VMware Workstation or Player, from its vendor"),
    ("socat", "qmp and cancel of QEMU guests with -Z", "socat"),
    ("sudo", "-Z SUDO", "sudo"),
    ("ksu", "-Z KSU", "krb5-user"),
    ("xterm", "create with CONSOLE:XTERM", "xterm"),
    ("gnome-terminal", "create with CONSOLE:GTERM", "gnome-terminal"),
    ("emacs", "create with CONSOLE:EMACS and its kin", "emacs"),
    ("vncviewer", "create with CONSOLE:VNC", "tigervnc-viewer"),
    ("xauth", "create with -L DF (on the target)", "xauth"),
    ("tar", "enumerate of other hosts (there)", "tar, or busybox"),
    ("getent", "show", "libc-bin"),
)
"""Each program, the commands that call it, and the Debian package that brings it."""

_ALIASES = {"vncviewer": ("xtigervncviewer", "tigervncviewer"), "xl": ("xm",), "socat": ("nc",)}

_MODULES: tuple[tuple[str, str, bool], ...] = (
    ("duckdb", "every command", True),
    ("pyarrow", "every command", True),
    ("typer", "every command", True),
    ("defusedxml", "scan, enumerate, list", True),
    ("dns", "scan dns", False),
    ("scapy", "scan arp", False),
    ("rich", "progress bars", False),
    ("prompt_toolkit", "sql", False),
)
_DISTRIBUTIONS = {"dns": "dnspython"}


def programs() -> Iterator[Need]:
    """Return what has to be looked for on PATH; the system's own directories count as well."""
    for name, commands, package in _PROGRAMS:
        advice = f"install it (Debian: {package})" if " " not in package else f"install {package}"
        yield Need(
            kind="program",
            name=name,
            needed_by=commands,
            looks=lambda name=name: program(name, *_ALIASES.get(name, ())),  # type: ignore[misc]  # bound now
            advice=advice,
        )


def program(*names: str) -> Found:
    """Return the first of these programs that is there."""
    path = f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_PATH}"
    found = next((where for name in names if (where := shutil.which(name, path=path))), None)
    return (True, found) if found else (False, "not on PATH")


def modules() -> Iterator[Need]:
    """Return the Python modules that are imported."""
    for name, commands, vital in _MODULES:
        yield Need(
            kind="module",
            name=name,
            needed_by=commands,
            looks=lambda name=name: module(name),  # type: ignore[misc]  # as above
            advice="install vhost-toolkit again, with its dependencies",
            vital=vital,
        )


def module(name: str) -> Found:
    """Return the version of an importable module; it is not imported."""
    if importlib.util.find_spec(name) is None:
        return False, "cannot be imported"
    try:
        return True, importlib.metadata.version(_DISTRIBUTIONS.get(name, name))
    except importlib.metadata.PackageNotFoundError:
        return True, "of unknown version"
