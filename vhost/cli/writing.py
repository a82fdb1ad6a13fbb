"""Where an answer goes: stdout, or the file of `--output`, which changes wholly or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from vhost.cli.outcome import show
from vhost.cli.streams import out, watched
from vhost.errors import UsageError


def write(lines: Iterable[str], path: str | None) -> None:
    """Write lines as UTF-8. Raises `UsageError` for a file that cannot be written."""
    if path is None or path == "-":
        show(lines)
        return
    with _named(path) as sink:
        show(lines, sink)


def write_bytes(data: memoryview, path: str | None) -> None:
    """Write bytes. Raises `UsageError` for a file that cannot be written; see also `refuse_terminal`."""
    if path is None or path == "-":
        out().write(data)
        out().flush()
        return
    with _named(path) as sink:
        sink.write(data)


def refuse_terminal(form: str, path: str | None) -> None:
    """Raise `UsageError` if bytes of this form would go to a terminal, or nowhere."""
    if is_file(path):
        return
    if sys.stdout is None or watched():
        raise UsageError("--format", f"{form} is binary and needs a pipe or a file", "name a file: --output FILE")


def is_file(path: str | None) -> bool:
    """Tell whether the answer goes to a file; `-` is stdout, as without a path."""
    return path not in {None, "-"}


@contextmanager
def _named(path: str) -> Iterator[BinaryIO]:
    try:
        with _file(Path(path)) as sink:
            yield sink
    except OSError as error:
        raise UsageError(path or "the file", f"cannot be written: {error.strerror}", "name another file") from error


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """Return a file that takes the place of `path` when all is written; a device or pipe is written to directly."""
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        with path.open("wb") as sink:
            yield sink
        return
    target = Path(os.path.realpath(path))
    if target.is_symlink():  # it leads to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    made = target.with_name(f".vhost-{os.getpid()}.tmp")
    try:
        with made.open("xb") as sink:
            if mode is not None:
                os.fchmod(sink.fileno(), stat.S_IMODE(mode))
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        made.replace(target)
    finally:
        with suppress(FileNotFoundError):
            made.unlink()
