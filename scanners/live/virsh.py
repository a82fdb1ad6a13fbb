"""Calls of virsh: with which connection, and where.

    virsh -c qemu:///system -q list --all --uuid

Source: virsh(1).
"""

from __future__ import annotations

import re

from scanners.live.guest import State

STATES = {
    "running": State.RUNNING,
    "idle": State.RUNNING,
    "no state": State.RUNNING,
    "paused": State.PAUSED,
    "pmsuspended": State.PAUSED,
    "in shutdown": State.STOPPING,
    "shut off": State.OFF,
    "crashed": State.CRASHED,
}
"""The states of domains by the words that virsh has for them."""

_REMOTE = re.compile(r"[a-z0-9+]+://[^/]+/")


def is_remote(uri: str | None) -> bool:
    """Tell whether a connection names a host, as qemu+ssh://lab00/system: virsh then runs here."""
    return uri is not None and _REMOTE.match(uri) is not None


def command(tool: str, uri: str | None, *words: str) -> list[str]:
    """Return a call of virsh."""
    return [tool, *(("-c", uri) if uri else ()), "-q", *words]


def spelled(uuid: str) -> str:
    """Return a UUID of 32 digits with its dashes."""
    return "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
