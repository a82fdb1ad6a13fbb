"""The one way to run a program: no shell, no input, a limit on time and on what is kept of its output."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from vhost.errors import VhostError

OUTPUT_LIMIT = 1_000_000
"""Bytes of each stream that are kept."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit code (negative: the signal that ended it) and the beginning of its output."""

    code: int
    stdout: bytes
    stderr: bytes


class ProgramFailed(VhostError):
    """A program could not be started, or did not end in time."""


def run(command: Sequence[str], *, seconds: float) -> Finished:
    """Run a program and return how it ended. Raises `ProgramFailed`.

    Its messages are in English, so that they can be read; one that takes longer than `seconds` is killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            done = subprocess.run(  # noqa: S603 - arguments are a list, no shell reads them
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, "LC_ALL": "C"},
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ProgramFailed(command[0], f"did not end within {seconds:g} seconds and was killed") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ProgramFailed(command[0], f"cannot be run: {reason}", "install it, or see PATH") from error
        kept = [_beginning(stream) for stream in (out, err)]
    return Finished(done.returncode, kept[0], kept[1])


def _beginning(stream: object) -> bytes:
    stream.seek(0)  # type: ignore[attr-defined]  # a temporary file has no common type in all versions
    data: bytes = stream.read(OUTPUT_LIMIT)  # type: ignore[attr-defined]  # as above
    return data
