"""The progress bar of a long run: on stderr, and only where somebody watches it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, TypeGuard

from vhost.text import escape

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from vhost.discover import Progress


@contextmanager
def bar(title: str, stream: TextIO | None = None) -> Iterator[Progress | None]:
    """Give what `vhost.discover.run` tells its progress; None where no terminal shows it.

    `stream` is stderr unless given. The bar is gone when the run is over. NO_COLOR is honoured,
    and on a terminal that cannot move its cursor (TERM=dumb) there is no bar, nor is there one inside of another.
    """
    target = sys.stderr if stream is None else stream
    if not _is_watched(target):
        yield None
        return
    if not _SHOWN.acquire(blocking=False):  # two bars would write over each other
        yield None
        return
    try:
        with _drawn(title, target) as progress:
            yield progress
    finally:
        _SHOWN.release()


@contextmanager
def waiting(title: str, stream: TextIO | None = None, after: float = 1.0) -> Iterator[None]:
    """Show that something goes on that tells nothing of how far it is, once it has taken `after` seconds.

    Only commands show it: to a program that uses the library its terminal is its own. See `commanded`.
    """
    target = sys.stderr if stream is None else stream
    if not (_commanded or stream) or not _is_watched(target):
        yield
        return
    over = threading.Event()
    shown = threading.Thread(target=_turning, args=(title, target, over, after), daemon=True)
    shown.start()
    try:
        yield
    finally:
        over.set()
        shown.join()


def commanded() -> None:
    """Let `waiting` show what takes long: a person has called this program."""
    global _commanded  # noqa: PLW0603 - a process is a command or is none
    _commanded = True


_commanded = False
_SHOWN = threading.Lock()


def _is_watched(target: TextIO | None) -> TypeGuard[TextIO]:
    return target is not None and target.isatty() and os.environ.get("TERM", "dumb") not in {"dumb", "unknown"}


def _turning(title: str, target: TextIO, over: threading.Event, after: float) -> None:
    if over.wait(after) or not _SHOWN.acquire(blocking=False):
        return
    try:
        with _live(target) as shown:
            shown.add_task(escape(title), total=None)
            over.wait()
    finally:
        _SHOWN.release()


@contextmanager
def _drawn(title: str, target: TextIO) -> Iterator[Progress]:
    with _live(target, counting=True) as shown:
        task = shown.add_task(escape(title), total=1, found=0)
        yield lambda done, queued, found: shown.update(task, completed=done, total=max(1, done + queued), found=found)


def _live(target: TextIO, *, counting: bool = False) -> RichProgress:
    from rich import console, progress  # noqa: PLC0415 - takes 50 ms, which only a watched run may cost

    counts = (
        progress.BarColumn(bar_width=30),
        progress.TextColumn("{task.completed:.0f} of at least {task.total:.0f}, {task.fields[found]} found"),
    )
    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        *(counts if counting else ()),
        progress.TimeElapsedColumn(),
    )
    return progress.Progress(*columns, console=console.Console(file=target), transient=True)
