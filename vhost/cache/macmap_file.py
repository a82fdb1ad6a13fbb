"""Writes `macmap.fdb`, the macmap of the old form, for the commands that always wrote it.

    tst100;00:50:56:13:11:40;192.168.1.220;

Readers see the old file or the new one, whatever happens on the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from vhost.cache.place import OLD_BINDINGS, existing
from vhost.cache.publish import locked
from vhost.cache.scan import brief
from vhost.errors import DatabaseUnusable


def replace(directory: Path, lines: Iterable[str]) -> Path:
    """Write these lines as the macmap of a database and return its path.

    A link is followed, and the permissions of the file stay. Raises `DatabaseMissing` or `DatabaseUnusable`.
    """
    with locked(existing(directory)):
        final = Path(os.path.realpath(directory / OLD_BINDINGS))
        _sweep(final)
        temporary = final.with_name(f".{final.name}.{os.getpid()}.tmp")
        try:
            _write(temporary, "".join(f"{line}\n" for line in lines), _mode(final))
            temporary.replace(final)
        except OSError as error:
            raise DatabaseUnusable(str(final), f"cannot be written: {brief(error)}", "nothing was changed") from error
        finally:
            temporary.unlink(missing_ok=True)
    return final


def _sweep(final: Path) -> None:
    """Remove what a writer that was killed left behind; the lock is held, so none is at work."""
    for left in final.parent.glob(f".{final.name}.*.tmp"):
        left.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return None


def _write(path: Path, text: str, mode: int | None) -> None:
    with path.open("xb") as file:
        file.write(text.encode("utf-8", "backslashreplace"))
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
