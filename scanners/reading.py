"""The bytes of a candidate, and the text that they are.

A file is UTF-8, or has a byte order mark, or is a .vmx that declares its `.encoding`. Bytes that
are none of it are kept as surrogates, as `os.fsdecode` keeps them in names.
"""

from __future__ import annotations

import codecs
import os
from typing import Final

from scanners.candidates import LARGEST, promises_configuration
from scanners.vmware import encoding

_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_HEAD = 4096  # bytes in which a .vmx declares its encoding


def content(name: str, directory: int, size: int) -> bytes:
    """Return the bytes of a file of `size` bytes in an open directory, in one read if nobody changes it.

    At most `LARGEST` + 1 bytes are returned. Raises `OSError`. Should a FIFO or a device have
    taken the file's place since it was looked at, opening it blocks nobody.
    """
    fd = os.open(name, _FILE, dir_fd=directory)
    try:
        chunks = [os.read(fd, size + 1)]
        total = len(chunks[0])
        while total != size and chunks[-1] and total <= LARGEST:  # it changes meanwhile: what is there now counts
            chunks.append(os.read(fd, LARGEST + 1 - total))
            total += len(chunks[-1])
        return b"".join(chunks)
    finally:
        os.close(fd)


def text(data: bytes, name: str) -> str | None:
    """Return the text of a file without its byte order mark, None for what is certainly no text.

    Zero bytes make a file binary, unless its name promises a configuration: a crash may leave some.
    """
    for mark, encoded in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoded, "replace" if encoded != "utf-8" else "surrogateescape")
    if b"\0" in data and not promises_configuration(name):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        declared = encoding(data[:_HEAD])
        return _decoded(data, declared) if declared else data.decode(errors="surrogateescape")


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _decoded(data: bytes, declared: str) -> str:
    try:
        return data.decode(declared)
    except UnicodeDecodeError:
        return data.decode(errors="surrogateescape")
