"""The standard streams of a command, any of which may be closed, full, or without a reader."""

from __future__ import annotations

import os
import select
import sys
from typing import BinaryIO, TextIO

from vhost.errors import UsageError


def occupy() -> None:
    """Give the numbers of closed standard streams to /dev/null.

    Else the next file that is opened, as the snapshot, gets the number, and takes what a library writes to stderr.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - it stays until the process ends


def out() -> BinaryIO:
    """Return stdout for bytes. Raises `UsageError` if it is closed."""
    if sys.stdout is None:
        raise UsageError("standard output", "is closed", "send it to /dev/null if it is not wanted")
    return sys.stdout.buffer


def watched() -> bool:
    """Tell whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def unread() -> bool:
    """Tell whether the reader of stdout has gone, as `head` does."""
    if sys.stdout is None:
        return False
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # errors are told without being asked for
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def complain(text: str) -> None:
    """Write to stderr. Where it cannot be written the command goes on: its exit code says how it ended."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO | None) -> None:
    """Take a stream away, so that the interpreter does not fail on what is left in its buffer."""
    if stream is not None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
