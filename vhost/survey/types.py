"""Which session types a host can serve, and why it cannot serve the others.

ENABLED   it can be used now                                   XEN  xl answers on a dom0
IDLE      it is there and does not work now; `why` says it     XEN  xl is installed, the kernel is no dom0
DISABLED  something is missing                                 XEN  neither xl nor xm is installed
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from vhost.survey import kernel, verdicts
from vhost.survey.verdicts import Seen, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionType:
    """One session type on one host; programs by their names with their paths, versions by what they are of."""

    name: str
    state: State
    why: str
    versions: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Type:
    """Who judges a type, its programs, and the parts of the answer that name versions."""

    judge: Callable[[Seen, Mapping[str, str]], Verdict]
    programs: tuple[str, ...]
    versions: Mapping[str, str]


TYPES: Mapping[str, _Type] = {
    "XEN": _Type(verdicts.xen, ("xl", "xm"), {}),
    "QEMU": _Type(verdicts.qemu, ("qemu-system-",), {"qemu": "qemu"}),
    "LIBVIRT": _Type(verdicts.libvirt, ("virsh",), {"libvirt": "libvirt"}),
    "VBOX": _Type(verdicts.needs("/dev/vboxdrv"), ("VBoxManage",), {"VBoxManage": "vbox"}),
    "VMW": _Type(verdicts.needs("/dev/vmmon"), ("vmrun", "vmware"), {"vmware": "vmware"}),
    "PVE": _Type(verdicts.pve, ("qm", "pct"), {"pve-manager": "pve"}),
    "PM": _Type(verdicts.pm, ("shutdown", "init"), {}),
    "VNC": _Type(
        verdicts.vnc,
        ("Xvnc", "Xtigervnc", "vncserver", "vncviewer", "xtigervncviewer"),
        {"server": "vnc", "viewer": "viewer"},
    ),
    "CLI": _Type(verdicts.cli, ("ssh", "sshd"), {"ssh": "ssh"}),
    "X11": _Type(
        verdicts.x11,
        ("xterm", "gnome-terminal", "emacs", "xauth"),
        {"xterm": "xterm", "gnome-terminal": "gterm", "emacs": "emacs"},
    ),
}
"""Every session type. A program whose name ends with a dash stands for all that begin like this."""

CONSOLES = ("CLI", "X11", "VNC")
"""What the consoles of every other type need."""

_XEN = re.compile(r"^xen_version\s*:\s*(\S+)", re.MULTILINE)


def session_types(parts: Mapping[str, str], only: Collection[str] | None = None) -> Iterator[SessionType]:
    """Return every session type, or those named in `only` and what their consoles need."""
    seen = Seen(parts, kernel.pairs(parts.get("programs", "")), kernel.pairs(parts.get("places", "")))
    for name, kind in TYPES.items():
        if only is not None and name not in {*only, *CONSOLES}:
            continue
        there = seen.has(*kind.programs)
        state, why = kind.judge(seen, there)
        yield SessionType(name=name, state=state, why=why, versions=dict(_versions(kind, seen)), programs=there)


def _versions(kind: _Type, seen: Seen) -> Iterator[tuple[str, str]]:
    if kind is TYPES["XEN"] and (found := _XEN.search(seen.parts.get("xen", ""))):
        yield "xen", found[1]
    for name, part in kind.versions.items():
        if version := seen.version(part):
            yield name, version
