"""What makes a session type usable on a host, one function for each; see `vhost.survey.types`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["ENABLED", "IDLE", "DISABLED"]
Verdict = tuple[State, str]
"""A state, and why it is that one."""

_VERSION = re.compile(r"\d+(?:\.\d+)+(?:[-.+~p]\w+)*")
_ANSWERED = "vhost: answered"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a survey saw: programs and places by their names."""

    parts: Mapping[str, str]
    programs: Mapping[str, str]
    places: Mapping[str, str]

    def has(self, *names: str) -> dict[str, str]:
        """Return those of these programs that are installed; a name that ends with a dash is a beginning."""
        starts = tuple(name for name in names if name.endswith("-"))
        return {
            name: path for name, path in self.programs.items() if name in names or (starts and name.startswith(starts))
        }

    def version(self, part: str) -> str | None:
        """Return the first version that a program's answer names."""
        found = _VERSION.search(self.parts.get(part, ""))
        return found.group() if found else None

    def answered(self, part: str) -> bool:
        """Tell whether a program did its work."""
        return _ANSWERED in self.parts.get(part, "")

    def complaint(self, part: str) -> str:
        """Return what a program said when it did not do its work."""
        lines = [line.strip() for line in self.parts.get(part, "").split("\n") if line.strip()]
        return lines[-1][:160] if lines else "no answer"


def xen(seen: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether domains can be run: a dom0 whose `xl` or `xm` answers."""
    if not there:
        return "DISABLED", "neither xl nor xm is installed"
    if "control_d" not in seen.parts.get("dom0", ""):
        return "IDLE", "this kernel is no dom0: Xen does not run"
    if not seen.answered("xen"):
        return "IDLE", f"{next(iter(there))} does not work: {seen.complaint('xen')}"
    return "ENABLED", "dom0"


def qemu(seen: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether guests can be run, and whether by KVM."""
    if not there:
        return "DISABLED", "no qemu-system program is installed"
    kvm = seen.places.get("/dev/kvm")
    if kvm is None:
        return "ENABLED", "by emulation: there is no /dev/kvm"
    return "ENABLED", "with KVM" if kvm == "rw" else "by emulation: /dev/kvm may not be opened by this user"


def libvirt(seen: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether a libvirt daemon answers."""
    if "virsh" not in there:
        return "DISABLED", "virsh is not installed"
    if not seen.answered("libvirt"):
        return "IDLE", f"libvirt does not answer: {seen.complaint('libvirt')}"
    return "ENABLED", "libvirt answers"


def needs(device: str) -> Callable[[Seen, Mapping[str, str]], Verdict]:
    """Return who tells whether a program and the device of its kernel module are there."""

    def judge(seen: Seen, there: Mapping[str, str]) -> Verdict:
        if not there:
            return "DISABLED", "its program is not installed"
        return ("ENABLED", "its module is loaded") if device in seen.places else ("IDLE", f"there is no {device}")

    return judge


def pve(seen: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether the cluster file system of Proxmox VE is mounted."""
    if not there:
        return "DISABLED", "neither qm nor pct is installed"
    mounted = "/etc/pve/storage.cfg" in seen.places
    return ("ENABLED", "/etc/pve is mounted") if mounted else ("IDLE", "/etc/pve is not mounted, or not readable")


def pm(_: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether the host itself can be shut down."""
    return ("ENABLED", "it can be shut down") if "shutdown" in there else ("IDLE", "there is no shutdown program")


def vnc(_: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether VNC consoles can be shown on the host."""
    servers = {"Xvnc", "Xtigervnc", "vncserver"}.intersection(there)
    viewers = {"vncviewer", "xtigervncviewer"}.intersection(there)
    if not there:
        return "DISABLED", "neither a VNC server nor a viewer is installed"
    if not viewers:
        return "IDLE", "there is no viewer: only -L CF shows a console of this host"
    return "ENABLED", "server and viewer" if servers else "viewer only"


def cli(_: Seen, there: Mapping[str, str]) -> Verdict:
    """Return that there is a shell, which just answered."""
    return "ENABLED", "there is a shell" if "ssh" in there else "there is a shell, and no ssh to go on from here"


def x11(_: Seen, there: Mapping[str, str]) -> Verdict:
    """Tell whether consoles in windows can be shown on another display."""
    terminals = {"xterm", "gnome-terminal", "emacs"}.intersection(there)
    if not terminals:
        return "DISABLED", "neither xterm, gnome-terminal nor emacs is installed"
    if "xauth" not in there:
        return "IDLE", "xauth is not installed, so ssh cannot forward a display"
    return "ENABLED", "display forwarding"
