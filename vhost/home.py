"""The user's home and name, also of a user whom this system does not know, as containers run programs."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Final

NOWHERE: Final = Path("/nonexistent")
"""The home of users without one, as Debian calls it."""


def home() -> Path:
    """Return the user's home; a path that does not exist if nothing says where it is."""
    found = expanded("~")
    return found if found.is_absolute() else NOWHERE


def expanded(text: str) -> Path:
    """Return a path whose `~` or `~user` is the home of that user; it stays as it is if nobody knows the user."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - that of Path raises for a user whom nobody knows


def login() -> str:
    """Return the name of the user, the number of one that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
