"""Who observes: the name of the host that we run on, and its machine-id."""

from __future__ import annotations

import socket
from pathlib import Path


def own_name() -> str:
    """Return the name of this host, as the PM of what it sees itself."""
    return socket.gethostname()


def observer() -> str:
    """Return the machine-id of this host, else its name."""
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            if found := Path(path).read_text("ascii", "replace").strip():
                return found
        except OSError:
            continue
    return own_name()
