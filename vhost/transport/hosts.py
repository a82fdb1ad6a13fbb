"""The names of hosts: what may be one, and which of them is this host.

    root@lab00.soho   192.168.1.71   fe80::1%eth0

A name goes to ssh as a word. One that begins with `-`, or holds what a shell or ssh_config could read
as something else, is refused, not quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vhost.errors import UsageError
from vhost.host import own_name

_HOST = re.compile(r"(?:[A-Za-z0-9_]|::)[A-Za-z0-9_.:-]*(?:%[A-Za-z0-9_.-]+)?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.$-]*")
_LONGEST = 255
_LOCAL = frozenset({"localhost", "localhost.localdomain", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Host:
    """One host, and the account there if it is not the caller's own."""

    name: str
    user: str | None = None

    @property
    def local(self) -> bool:
        """Tell whether this is the host that we run on, as ourselves."""
        return self.user is None and is_own(self.name)

    @property
    def account(self) -> str:
        """Return `user@host`, or the host alone."""
        return f"{self.user}@{self.name}" if self.user else self.name


def host(text: str) -> Host:
    """Return the host that `[user@]host` names. Raises `UsageError` for what cannot be one."""
    user, at, name = text.rpartition("@")
    if len(text) > _LONGEST or not _HOST.fullmatch(name) or (at and not _USER.fullmatch(user)):
        raise UsageError(
            f"host {text[:60]!r}",
            "cannot be the name of a host",
            "write HOST or USER@HOST with letters, digits, dots, dashes and colons",
        )
    return Host(name, user or None)


def is_own(name: str) -> bool:
    """Tell whether a name is this host's: `localhost`, its name, or its short name."""
    own, asked = own_name().lower(), name.lower().rstrip(".")
    return asked in _LOCAL or asked == own or asked == own.partition(".")[0]
