"""Capabilities of this process, and the session that it runs in."""

from __future__ import annotations

import os
import re
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

from vhost.console.display import problem
from vhost.doctor.need import Found, Need
from vhost.doctor.programs import program
from vhost.errors import VhostError
from vhost.process import run

_NET_RAW = 13  # capabilities(7)
_FEW_FILES = 256
_STATUS = Path("/proc/self/status")
_PING_GROUPS = Path("/proc/sys/net/ipv4/ping_group_range")
_SECONDS = 5.0


def capabilities() -> Iterator[Need]:
    """Return what the kernel has to allow."""
    yield Need(
        kind="capability",
        name="CAP_NET_RAW",
        needed_by="scan arp",
        looks=raw_sockets,
        advice="run it as root, or: sudo setcap cap_net_raw+ep on the Python that runs it",
    )
    yield Need(
        kind="capability",
        name="ICMP sockets",
        needed_by="query -x ping",
        looks=icmp,
        advice="sysctl net.ipv4.ping_group_range='0 2147483647', or install iputils-ping",
    )
    yield Need(
        kind="capability",
        name="KVM",
        needed_by="create on this host (QEMU, LIBVIRT)",
        looks=kvm,
        advice="load kvm_intel or kvm_amd, and join the group kvm; guests are emulated without",
    )
    yield Need(
        kind="capability",
        name="open files",
        needed_by="scan tree",
        looks=open_files,
        advice=f"ulimit -n {_FEW_FILES * 4}",
    )


def session() -> Iterator[Need]:
    """Return what the login has to bring along."""
    yield Need(
        kind="session",
        name="DISPLAY",
        needed_by="create with CONSOLE:XTERM, GTERM, EMACS, VNC",
        looks=display,
        advice="log in with a desktop, or with ssh -X",
    )
    yield Need(
        kind="session",
        name="ssh agent",
        needed_by="ssh without a key file",
        looks=agent,
        advice="eval $(ssh-agent) && ssh-add",
    )
    yield Need(
        kind="session",
        name="Kerberos ticket",
        needed_by="-Z KSU on this host",
        looks=ticket,
        advice="kinit",
    )


def raw_sockets() -> Found:
    """Return whether frames may be sent and read."""
    found = re.search(r"^CapEff:\s*([0-9a-f]{1,16})$", _text(_STATUS), re.MULTILINE)
    has = bool(found and int(found[1], 16) >> _NET_RAW & 1)
    return (True, "effective") if has else (False, "this process does not have it")


def icmp() -> Found:
    """Return whether a host can be asked for an echo without a privilege, or by the program ping."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except OSError as error:
        there, where = program("ping")
        groups = " ".join(_text(_PING_GROUPS).split())
        reason = error.strerror or str(error)
        return (True, f"by {where}") if there else (False, f"{reason}; ping_group_range is {groups or 'unknown'}")
    return True, "allowed"


def kvm() -> Found:
    """Return whether /dev/kvm may be opened."""
    if not os.path.exists("/dev/kvm"):  # noqa: PTH110 - no file of ours
        return False, "there is no /dev/kvm"
    usable = os.access("/dev/kvm", os.R_OK | os.W_OK)
    return (True, "/dev/kvm") if usable else (False, "/dev/kvm may not be opened by this user")


def open_files() -> Found:
    """Return whether enough files may be open for a scan with many threads."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unlimited = limit == resource.RLIM_INFINITY
    return unlimited or limit >= _FEW_FILES, "unlimited" if unlimited else f"at most {limit}"


def display() -> Found:
    """Return whether the X server that DISPLAY names takes connections."""
    reason = problem(None)
    return (False, reason) if reason else (True, os.environ["DISPLAY"])


def agent() -> Found:
    """Return whether an ssh agent answers and holds keys."""
    if not os.environ.get("SSH_AUTH_SOCK"):
        return False, "SSH_AUTH_SOCK is not set"
    return _asked(["ssh-add", "-l"], "holds keys")


def ticket() -> Found:
    """Return whether there is a ticket that is still good."""
    return _asked(["klist", "-s"], "good")


def _asked(command: list[str], good: str) -> Found:
    try:
        done = run(command, seconds=_SECONDS)
    except VhostError as error:
        return False, error.problem
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
    return (True, good) if done.code == 0 else (False, said[0] if said else "there is none")


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
