"""The static table of hosts that count as up, for tests and for work without a network: VHOST_UP_FILE.

lab00.soho
192.168.1.220      # a comment
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from vhost.errors import UsageError
from vhost.normal import address
from vhost.reach.reply import SILENT, Reply

UP_FILE = "VHOST_UP_FILE"
_SIZE_LIMIT = 10_000_000


def chosen(hosts: Collection[str]) -> dict[str, Reply] | None:
    """Return what the table says of these hosts, None where there is no table. Raises `UsageError`."""
    path = os.environ.get(UP_FILE)
    if not path:
        return None
    up = listed(_text(Path(path)))
    return {host: Reply(up=True) if form(host) in up else SILENT for host in hosts}


def listed(text: str) -> frozenset[str]:
    """Return the hosts of a table in normal form: the first word of every line."""
    words = (line.split("#")[0].split() for line in text.splitlines())
    return frozenset(form(found[0]) for found in words if found)


def form(host: str) -> str:
    """Return the spelling in which hosts are compared: addresses in normal form, names in lower case."""
    return address(host) or host.strip().rstrip(".").lower()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_SIZE_LIMIT).decode("utf-8", "backslashreplace")
    except OSError as error:
        raise UsageError(str(path), f"{UP_FILE} cannot be read: {error.strerror}") from error
