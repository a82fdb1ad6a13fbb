"""How a command gets the privilege that it needs on its host: `-Z KSU|SUDO|ALL|NO...`, later ones win.

KSU    ksu -q -e /usr/sbin/xl create ...      Kerberos; needs a ticket and .k5login, asks nothing
SUDO   sudo -n -- /usr/sbin/xl create ...     needs NOPASSWD, asks nothing
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vhost.errors import UsageError

_REFUSALS = (
    r"sudo: .*(?:password is required|terminal is required|not allowed|no tty|not in the sudoers|may not run)"
    r"|is not in the sudoers file|user .* not allowed to execute"
    r"|(?:ksu|su): .*(?:failed|denied|not authorized|[Pp]ermission)|account .*: authorization failed|"
    r"authentication failed|Authentication failed|authorization of .* failed"
    r"|[Pp]ermission denied|[Oo]peration not permitted|must be root|[Aa]ccess denied|authentication unavailable"
)


@dataclass(frozen=True, slots=True)
class Privilege:
    """Which programs may raise a command's privilege; both are tried in the order ksu, sudo."""

    ksu: bool = False
    sudo: bool = False

    def wrap(self, argv: Sequence[str]) -> tuple[str, ...]:
        """Return the command with the program before it that raises its privilege, as it is without one."""
        if self.ksu:
            return ("ksu", "-q", "-e", *argv)
        return ("sudo", "-n", "--", *argv) if self.sudo else tuple(argv)


_TELLS = '"$@"; s=$?; echo "$0 $s" >&2; exit $s'


def by_ksu(argv: Sequence[str], mark: str) -> tuple[str, ...]:
    """Return the command that runs `argv` by ksu, and says last on stderr, behind a mark, how it ended.

    ksu itself ends with 0 whatever became of its command, and finds no command without its path.
    """
    return Privilege(ksu=True).wrap(["/bin/sh", "-c", _TELLS, mark, *argv])


NONE = Privilege()
"""The caller's own privilege."""


def privilege(text: str) -> Privilege:
    """Return what a list as `KSU,NOSUDO` asks for. Raises `UsageError` for another word."""
    ksu = sudo = False
    for word in re.split(r"[,:]", text):
        name = word.strip().upper()
        wanted, name = not name.startswith("NO"), name.removeprefix("NO")
        if name not in {"KSU", "SUDO", "ALL", ""}:
            raise UsageError("-Z", f"{word!r} is no way to get privileges", "write KSU, SUDO, NOKSU, NOSUDO, ALL or NO")
        ksu = wanted if name in {"KSU", "ALL", ""} else ksu
        sudo = wanted if name in {"SUDO", "ALL", ""} else sudo
    return Privilege(ksu=ksu, sudo=sudo)


def refused(complaint: str) -> bool:
    """Tell whether what a command says on stderr is that it lacks a privilege."""
    return re.search(_REFUSALS, complaint) is not None
