"""The paths that commands read and write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from vhost.act import journal
from vhost.cache.place import LINK, chosen, snapshots
from vhost.doctor.need import Found, Need
from vhost.groups import own_directory as groups_directory
from vhost.query.macro_files import own_directory as macros_directory


def places(databases: Sequence[Path] | None = None) -> Iterator[Need]:
    """Return the paths, those of the databases first."""
    for path in databases or chosen():
        yield Need(
            kind="path",
            name="database",
            needed_by="query, sql, report, export, create, cancel",
            looks=partial(database, path),
            advice=f"scan first: vhost scan tree -p {path} PATH",
        )
        yield Need(
            kind="path",
            name="database, to be written",
            needed_by="scan",
            looks=partial(writable, path),
            advice=f"name another with -p, or: chown {os.getuid()} {path}",
        )
    yield Need(
        kind="path",
        name="log of actions",
        needed_by="create, cancel, log",
        looks=partial(writable, journal.directory()),
        advice="set XDG_STATE_HOME to a directory of your own",
    )
    for name, path in (("own macros", macros_directory()), ("own groups", groups_directory())):
        yield Need(
            kind="path",
            name=name,
            needed_by="macros edit" if "macros" in name else "groups edit",
            looks=partial(writable, path),
            advice="set XDG_CONFIG_HOME to a directory of your own",
        )
    yield Need(
        kind="path",
        name="sockets of connections",
        needed_by="every command that reaches a host",
        looks=partial(writable, Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())),
        advice="set XDG_RUNTIME_DIR to a directory of your own with a short path",
    )
    yield Need(
        kind="path",
        name="mount table",
        needed_by="scan tree",
        looks=partial(readable, Path("/proc/self/mountinfo")),
        advice="mount /proc; without it a file that two hosts mount counts as two",
    )


def database(path: Path) -> Found:
    """Return what a database holds."""
    if not path.is_dir():
        return False, f"{path} does not exist"
    if not os.access(path, os.R_OK | os.X_OK):
        return False, f"{path} may not be read"
    if (path / LINK).exists():
        number = snapshots(path)[-1:]
        return True, f"{path}, snapshot {number[0][0] if number else '?'}"
    old = (path / "enum.fdb").exists()
    return (True, f"{path}, in the old form") if old else (False, f"{path} holds no snapshot")


def writable(path: Path) -> Found:
    """Return whether a directory can be written, or made where it does not exist yet."""
    existing = path
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return False, f"{existing} is no directory"
    if not os.access(existing, os.W_OK | os.X_OK):
        return False, f"{existing} may not be written"
    return True, str(path) if existing == path else f"{path} (is made when it is needed)"


def readable(path: Path) -> Found:
    """Return whether a file can be read."""
    return (True, str(path)) if os.access(path, os.R_OK) else (False, f"{path} cannot be read")
