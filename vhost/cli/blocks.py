"""Words from a stream as they come: each block is what is there now, so that a coprocess is answered at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

_BYTES = 1 << 18


def blocks(handle: int, separator: bytes, longest: int) -> Iterator[list[str]]:
    r"""Yield the words between separators, as many as one read brings; a last one may lack its separator.

    A word of more than `longest` bytes is cut there. Undecodable bytes become surrogates; with a newline as
    separator a `\r` before it belongs to it.
    """
    pending = b""
    while data := os.read(handle, _BYTES):
        *words, pending = (pending + data).split(separator)
        pending = pending[: longest + 1]
        if words:
            yield [_word(word, separator, longest) for word in words]
    if pending:
        yield [_word(pending, separator, longest)]


def _word(data: bytes, separator: bytes, longest: int) -> str:
    if separator == b"\n":
        data = data.removesuffix(b"\r")
    return os.fsdecode(data[:longest])
