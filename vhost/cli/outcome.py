"""How a command ends: its lines on stdout, its problems as one line on stderr, its exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import BinaryIO

from vhost.cli import ending
from vhost.cli.streams import complain, occupy, out, silence, unread
from vhost.errors import VhostError, is_interrupt
from vhost.progress import commanded
from vhost.text import escape

_CHUNK = 4096


def show(lines: Iterable[str], sink: BinaryIO | None = None) -> None:
    """Write the lines as UTF-8, whatever the locale says, to stdout or another sink."""
    iterator, target = iter(lines), sink or out()
    while chunk := list(islice(iterator, _CHUNK)):
        target.write(("\n".join(chunk) + "\n").encode("utf-8", "backslashreplace"))
    target.flush()


def tell(text: str) -> None:
    """Write one line to stderr; nothing in it can steer the terminal."""
    safe = ";".join(escape(part) for part in text.split(";"))
    complain(f"vhost: {safe}\n")


def failed(problems: Iterable[VhostError | None]) -> int:
    """Say what went wrong with some of several hosts, a line each; return the exit code of the first, 0 without any."""
    code = 0
    for problem in problems:
        if problem is not None:
            tell(str(problem))
            code = code or problem.exit_code
    return code


def _broken(error: OSError) -> int:
    """Say what a command cannot name better: a full disk under stdout, a directory without permission."""
    gone = isinstance(error, BrokenPipeError) and unread()
    if not gone:
        tell(f"{error.filename or 'standard output'}: {error.strerror or error}")
    silence(sys.stdout)
    return 0 if gone else VhostError.exit_code


def guarded(command: Callable[[], int | None]) -> None:
    """Run a command and end the process with its exit code; a user's problem is one line on stderr.

    What was loaded by now stays: the collector of cycles neither walks it again nor, at the end, the rest.
    """
    occupy()
    commanded()
    gc.freeze()
    try:
        with ending.interruptible():
            code = _ended(command)
    except KeyboardInterrupt:  # it came when all was done
        code = ending.INTERRUPTED
    gc.freeze()
    sys.exit(ending.code(code))


def _ended(command: Callable[[], int | None]) -> int:
    try:
        code = command() or 0
        if sys.stdout is not None:
            sys.stdout.flush()
    except VhostError as error:
        tell(str(error))
        return error.exit_code
    except (KeyboardInterrupt, RuntimeError) as error:
        if not is_interrupt(error):
            raise
        ending.leave()
        tell(f"{ending.how()}; what was stored before is still there")
        return ending.INTERRUPTED
    except OSError as error:
        return _broken(error)
    return code
