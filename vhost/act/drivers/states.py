"""What the drivers have in common: the states that they expect, how long these usually take in seconds, spellings."""

from __future__ import annotations

from typing import Final

from scanners.live import State
from vhost.act.plan import Action, Command
from vhost.act.request import Boot
from vhost.errors import UsageError

GONE = frozenset({State.OFF, State.SAVED})
RUNS = frozenset({State.RUNNING})
STARTED = frozenset({State.RUNNING, State.PAUSED})
"""A guest that was just started may be told by its configuration to wait."""
PAUSED = frozenset({State.PAUSED})

BOOT_LETTERS: Final[dict[Boot, str]] = {"HDD": "c", "CD": "d", "FDD": "a", "PXE": "n"}
"""What a guest boots from, as both `xl` and QEMU spell it."""

SOFT = 60.0
HARD = 30.0
PAUSE = 20.0
START = 60.0
REBOOT = 120.0
SAVE = 600.0


def impossible(kind: str, verb: str) -> UsageError:
    """Return the error for a verb that a hypervisor does not have."""
    return UsageError(kind, f"has no way to {verb}", "see docs/acting.md")


_THERE = 'cd "$1" && shift && exec "$@"'


def started_in(directory: str | None, action: Action) -> Action:
    """Return a command that is started in a directory of its host, the command itself without one."""
    if directory is None or not isinstance(action, Command):
        return action
    return Command(("sh", "-c", _THERE, "sh", directory, *action.argv))
