"""The progress bar of a long run: on stderr, and only where somebody watches it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from vhost.discover import Progress
from vhost.text import escape


@contextmanager
def bar(title: str, stream: TextIO | None = None) -> Iterator[Progress | None]:
    """Give what `vhost.discover.run` tells its progress; None where no terminal shows it.

    `stream` is stderr unless given. The bar is gone when the run is over. NO_COLOR is honoured,
    and on a terminal that cannot move its cursor (TERM=dumb) there is no bar, nor is there one inside of another.
    """
    target = sys.stderr if stream is None else stream
    if target is None or not target.isatty() or os.environ.get("TERM", "dumb") in {"dumb", "unknown"}:
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


_SHOWN = threading.Lock()


@contextmanager
def _drawn(title: str, target: TextIO) -> Iterator[Progress]:
    from rich import console, progress  # noqa: PLC0415 - takes 50 ms, which only a watched run may cost

    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(bar_width=30),
        progress.TextColumn("{task.completed:.0f} of at least {task.total:.0f}, {task.fields[found]} found"),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console.Console(file=target), transient=True) as shown:
        task = shown.add_task(escape(title), total=1, found=0)
        yield lambda done, queued, found: shown.update(task, completed=done, total=max(1, done + queued), found=found)
