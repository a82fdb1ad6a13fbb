"""How a command ends: its lines on stdout, its problems as one line on stderr, its exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import BinaryIO

from vhost.errors import UsageError, VhostError
from vhost.text import escape

INTERRUPTED = 130
_CHUNK = 4096


def show(lines: Iterable[str], sink: BinaryIO | None = None) -> None:
    """Write the lines as UTF-8, whatever the locale says, to stdout or another sink."""
    if sink is None and sys.stdout is None:
        raise UsageError("standard output", "is closed", "send it to /dev/null if it is not wanted")
    iterator, target = iter(lines), sink or sys.stdout.buffer
    while chunk := list(islice(iterator, _CHUNK)):
        target.write(("\n".join(chunk) + "\n").encode("utf-8", "backslashreplace"))
    target.flush()


def tell(text: str) -> None:
    """Write one line to stderr; nothing in it can steer the terminal."""
    safe = ";".join(escape(part) for part in text.split(";"))
    sys.stderr.write(f"vhost: {safe}\n")
    sys.stderr.flush()


def failed(problems: Iterable[VhostError | None]) -> int:
    """Say what went wrong with some of several hosts, a line each; return the exit code of the first, 0 without any."""
    code = 0
    for problem in problems:
        if problem is not None:
            tell(str(problem))
            code = code or problem.exit_code
    return code


def guarded(command: Callable[[], int | None]) -> None:
    """Run a command and end the process with its exit code; a user's problem is one line on stderr.

    What was loaded by now stays: the collector of cycles neither walks it again nor, at the end, the rest.
    """
    gc.freeze()
    try:
        code = command() or 0
    except VhostError as error:
        tell(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        tell("interrupted; what was stored before is still there")
        code = INTERRUPTED
    except BrokenPipeError:  # the reader has gone, as `head` does
        code = _silenced()
    except (
        OSError
    ) as error:  # what a command cannot name better: a full disk under stdout, a directory without permission
        tell(f"{error.filename or 'standard output'}: {error.strerror or error}")
        code = _silenced() or VhostError.exit_code
    gc.freeze()
    sys.exit(code)


def _silenced() -> int:
    """Take stdout away, so that the interpreter does not fail on what is left in its buffer; return 0."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
