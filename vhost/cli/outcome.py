"""How a command ends: its lines on stdout, its problems as one line on stderr, its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice

from vhost.errors import VhostError
from vhost.text import escape

INTERRUPTED = 130
_CHUNK = 4096


def show(lines: Iterable[str]) -> None:
    """Write the lines to stdout as UTF-8, whatever the locale says."""
    iterator = iter(lines)
    while chunk := list(islice(iterator, _CHUNK)):
        sys.stdout.buffer.write(("\n".join(chunk) + "\n").encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def tell(text: str) -> None:
    """Write one line to stderr; nothing in it can steer the terminal."""
    safe = ";".join(escape(part) for part in text.split(";"))
    sys.stderr.write(f"vhost: {safe}\n")
    sys.stderr.flush()


def guarded(command: Callable[[], int | None]) -> None:
    """Run a command and end the process with its exit code; a user's problem is one line on stderr."""
    try:
        code = command() or 0
    except VhostError as error:
        tell(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        tell("interrupted; what was stored before is still there")
        code = INTERRUPTED
    except BrokenPipeError:  # the reader has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
