"""Calls of virsh: with which connection, and where.

    virsh -c qemu:///system -q list --all --uuid

Source: virsh(1).
"""

from __future__ import annotations

import re
from contextlib import suppress

from scanners.live.guest import State
from vhost.errors import UsageError
from vhost.transport import Host
from vhost.transport.hosts import is_own

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


def leads_to(uri: str | None, host: Host) -> bool:
    """Tell whether a connection itself leads to a host, as qemu+ssh://lab00/system does: virsh then runs here.

    Raises `UsageError` for one that leads to another host: its guests are not those of the host that is meant.
    """
    if uri is None or not _REMOTE.match(uri):
        return False
    from urllib.parse import urlsplit  # noqa: PLC0415 - few connections name a host

    with suppress(ValueError):
        named = urlsplit(uri).hostname or ""
        if named == host.name.lower() or (host.local and is_own(named)):
            return True
    raise UsageError(f"{host.account}: virsh", f"the connection {uri} leads to another host", "name the same host")


def command(tool: str, uri: str | None, *words: str) -> list[str]:
    """Return a call of virsh."""
    return [tool, *(("-c", uri) if uri else ()), "-q", *words]


def spelled(uuid: str) -> str:
    """Return a UUID of 32 digits with its dashes."""
    return "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
