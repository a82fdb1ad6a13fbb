"""The audit log: one JSON line for each action, in `actions.jsonl` of the state directory, rotated by size.

{"at": "2026-02-03T10:11:12+00:00", "who": "acue@ws2", "verb": "poweroff", "machine": {...}, "plan": [...], ...}
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from vhost.errors import VhostError
from vhost.home import home
from vhost.host import own_name

NAME = "actions.jsonl"
LARGEST = 4 * 1024 * 1024
KEPT = 5
"""Older files of that size that are kept: actions.jsonl.1 is the newest of them."""


def directory() -> Path:
    """Return the state directory: `$XDG_STATE_HOME/vhost`, else `~/.local/state/vhost`."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base and base.startswith("/") else home() / ".local/state") / "vhost"


def append(entry: dict[str, Any]) -> None:
    """Add an action; `at` and `who` are filled in. Raises `VhostError` if it cannot be written."""
    full = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": who(), **entry}
    line = json.dumps(full, ensure_ascii=True, default=str) + "\n"
    place = directory()
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (place / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _rotate(place)
            with open(place / NAME, "a+b", opener=_private) as file:
                file.write(_begun(file) + line.encode("ascii"))
    except OSError as error:
        raise VhostError(str(place / NAME), f"the action cannot be logged: {error.strerror}") from error


def _begun(file: BinaryIO) -> bytes:
    """Return what has to stand before a line: the end of one that was cut off, as by a full disk."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def who() -> str:
    """Return who acts: the account, and who became it by sudo."""
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    before = os.environ.get("SUDO_USER")
    return f"{before} as {name}@{own_name()}" if before and before != name else f"{name}@{own_name()}"


def entries(count: int) -> list[dict[str, Any]]:
    """Return the last actions, the newest last; a line that is none is left out.

    Raises `VhostError` for a file that cannot be read.
    """
    found: list[dict[str, Any]] = []
    for path in _files():
        try:
            lines = path.read_text("ascii", "replace").splitlines()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise VhostError(str(path), f"cannot be read: {error.strerror}", "whose is it?") from error
        found = [*(entry for line in lines for entry in _entry(line)), *found]
        if len(found) >= count:
            break
    return found[-count:] if count else []


def _entry(line: str) -> Iterator[dict[str, Any]]:
    with suppress(ValueError, RecursionError):
        entry = json.loads(line)
        if isinstance(entry, dict):
            yield entry


def _files() -> list[Path]:
    return [directory() / NAME, *(directory() / f"{NAME}.{number}" for number in range(1, KEPT + 1))]


def _rotate(place: Path) -> None:
    path = place / NAME
    if not path.exists() or path.stat().st_size < LARGEST:
        return
    for number in range(KEPT - 1, 0, -1):
        older = place / f"{NAME}.{number}"
        if older.exists():
            older.replace(place / f"{NAME}.{number + 1}")
    path.replace(place / f"{NAME}.1")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
