"""Reads files that bind names, MACs and addresses, with what they include; bounded, regular files only."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from macmap.dhcpd import MOST_INCLUDES, parse
from macmap.entry import Include, Parsed, Problem
from vhost.errors import SourceMissing

LARGEST: Final = 256 * 1024 * 1024
"""The bytes of a file and its includes that are read; ISC dhcpd itself needs minutes for as much."""

_FILE: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def dhcpd(path: Path) -> Parsed:
    """Return what a dhcpd.conf and its includes say; an include that cannot be read is a problem.

    A relative include is looked for beside `path`. Raises `SourceMissing` if `path` itself cannot be read.
    """
    included = _Included(path.parent)
    try:
        text = included.text(path)
    except OSError as error:
        raise SourceMissing(
            str(path), error.strerror or "cannot be read", "name the dhcpd.conf that shall be read"
        ) from error
    while True:
        parsed = parse(text, included.texts)
        if not included.load(parsed.includes):
            return _with_failures(parsed, included.failed)


class _Included:
    """The texts of included files by the names that they are included by, and why others have none."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.left = LARGEST
        self.texts: dict[str, str] = {}
        self.failed: dict[str, str] = {}

    def load(self, includes: Sequence[Include]) -> bool:
        """Read the files, and tell whether any of them was not tried before."""
        wanted = [name for name in dict.fromkeys(one.name for one in includes) if name not in self.failed]
        for name in wanted:
            if len(self.texts) + len(self.failed) >= MOST_INCLUDES:
                self.failed[name] = f"more than {MOST_INCLUDES} files are not read"
                continue
            try:
                self.texts[name] = self.text(self.base / name)
            except (OSError, ValueError) as error:
                self.failed[name] = getattr(error, "strerror", None) or "cannot be read"
        return bool(wanted)

    def text(self, path: Path) -> str:
        """Return the text of a regular file. Raises `OSError`, or `ValueError` for a name that no file can have."""
        handle = os.open(path, _FILE)
        with open(handle, "rb") as file:  # noqa: PTH123 - of a handle that no FIFO or device can block
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(0, "is no regular file")
            data = file.read(self.left + 1)
        if len(data) > self.left:
            raise OSError(0, f"more than {LARGEST} bytes with what it includes")
        self.left -= len(data)
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _with_failures(parsed: Parsed, failed: dict[str, str]) -> Parsed:
    lost = [_failure(one, failed[one.name]) for one in parsed.includes]
    problems = sorted([*parsed.problems, *lost], key=lambda found: (found.line == 0, found.file, found.line))
    return Parsed(parsed.entries, tuple(problems))


def _failure(include: Include, reason: str) -> Problem:
    return Problem(include.line, f"a file that can be read expected: {include.name!r}: {reason}", include.file)
