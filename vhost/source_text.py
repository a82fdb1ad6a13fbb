"""The text of a source, read in bounds: a regular file, never a FIFO or device, or standard input.

Bytes that are not UTF-8 become surrogates. A text is handed out in lines with their ends, so that a
million leases are never in memory as text.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

LARGEST_LOG: Final = 4 * 1024 * 1024 * 1024
"""The bytes of a text that is read line by line."""

LONGEST_LINE: Final = 1024 * 1024
"""The characters of such a line that are read; the rest of it is passed."""

STDIN: Final = "-"

_FILE: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_CHUNK: Final = 1024 * 1024


def opened(path: Path) -> BinaryIO:
    """Return a regular file to read from, or standard input for `-`. Raises `OSError` for anything else."""
    if str(path) == STDIN:
        if sys.stdin is None:
            raise OSError(errno.EBADF, "is closed")
        return sys.stdin.buffer
    handle = os.open(path, _FILE)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise OSError(0, os.strerror(errno.EISDIR) if stat.S_ISDIR(mode) else "is no regular file")
    return open(handle, "rb")  # noqa: PTH123 - of a handle that no FIFO or device can block; the caller closes it


def text(file: BinaryIO, left: int) -> str | None:
    """Return the whole text of a file, None if it has more than `left` bytes."""
    data = file.read(left + 1)
    if len(data) > left:
        return None
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def chunks(file: BinaryIO) -> Iterator[str]:
    """Return the text of a file in pieces. Raises `OSError` if it has more than `LARGEST_LOG` bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    left = LARGEST_LOG
    first = True
    while data := file.read(min(_CHUNK, left + 1)):
        left -= len(data)
        if left < 0:
            raise OSError(0, f"more than {LARGEST_LOG} bytes")
        yield decoder.decode(data.removeprefix(codecs.BOM_UTF8) if first else data)
        first = False
    yield decoder.decode(b"", final=True)


def lines(pieces: Iterator[str]) -> Iterator[str]:
    """Return the lines of a text that comes in pieces, with their ends."""
    rest, passed = "", False
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        if whole and passed:
            del whole[0]
            passed = False
        for line in whole:
            yield line + "\n"
        if len(rest) > LONGEST_LINE:
            if not passed:
                yield rest[:LONGEST_LINE] + "\n"
            rest, passed = "", True
    if rest and not passed:
        yield rest
