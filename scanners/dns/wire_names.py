"""Reads the names of one message: the part of reading a transfer that takes the time.

The message is hostile input: a pointer leads backwards, at most `_JUMPS` times for a name, and a name has
at most 255 bytes. Source: RFC 1035 sections 3.1 and 4.1.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from scanners.dns.names import LONGEST, presented

_POINTER: Final = 0xC0
_JUMPS: Final = 126
DOT: Final = 0x2E
_ROOMY: Final = LONGEST - 66  # a label takes 64 bytes, the root and the first length two
NOTHING: Final = b"\xff" * (LONGEST + 1)
"""Bytes that no name holds."""
_ESCAPED: Final = re.compile(rb"\\(?:\d{3}|.)")


class Malformed(ValueError):
    """A message that does not hold what it says it holds."""


@dataclass(slots=True)
class Names:
    """Reads names, each from its offset in the message; the root is `.`, no other name ends with a dot.

    `odd` spells every label with its escapes; without it only those that hold a dot, which is enough where
    the bytes of all names are looked at afterwards. What is remembered are the names by their offsets, and
    of the last name `ending`, what followed its first label in the message, and `suffix`, what that means:
    any label before it is a name, for a suffix is remembered only if every label has room before it.
    """

    wire: bytes
    odd: bool = False
    known: dict[int, bytes] = field(default_factory=dict)
    ending: bytes = NOTHING
    suffix: bytes = b""

    def at(self, at: int) -> tuple[bytes, int]:
        """Return the name at an offset, and the offset after it. Raises `Malformed` or `IndexError`.

        Most names of a zone differ from the one before in their first label only.
        """
        wire = self.wire
        length = wire[at]
        after = at + 1 + length
        if not (0 < length < 64 and wire.startswith(self.ending, after)):
            return self._walked(at)
        label = wire[at + 1 : after]
        name = self.known[at] = (presented(label) if DOT in label else label) + self.suffix
        return name, after + len(self.ending)

    def _walked(self, start: int) -> tuple[bytes, int]:
        """Return the name label by label, and remember every name that it ends with."""
        labels, name, end = self._labels(start)
        suffix = name
        for at, label in reversed(labels):
            suffix, name = name, label if name == b"." else label + b"." + name
            self.known[at] = name
        if labels:
            _measure(name)
            if labels[0][0] == start and len(suffix) <= _ROOMY and not self.odd:
                self.ending = self.wire[start + 1 + self.wire[start] : end]
                self.suffix = b"" if suffix == b"." else b"." + suffix
        return name, end

    def _labels(self, at: int) -> tuple[list[tuple[int, bytes]], bytes, int]:
        """Return the labels with their offsets as far as they are new, the name after them, the offset after all."""
        wire, known, end, lowest, left = self.wire, self.known, 0, at, _JUMPS
        labels: list[tuple[int, bytes]] = []
        while length := wire[at]:
            if length >= _POINTER:
                end = end or at + 2
                at = (length & 0x3F) << 8 | wire[at + 1]
                if at in known:
                    return labels, known[at], end
                if at >= lowest or not left:
                    raise Malformed("a name that points forward, at itself or too often")
                lowest, left = at, left - 1
                continue
            if length >= 64 or len(labels) > LONGEST // 2:
                raise Malformed("a label of an unknown kind" if length >= 64 else "a name of more than 255 bytes")
            label = wire[at + 1 : at + 1 + length]
            labels.append((at, presented(label) if self.odd or DOT in label else label))
            at += 1 + length
        return labels, b".", end or at + 1


def _measure(name: bytes) -> None:
    """Raise `Malformed` if a name is longer than a name may be; an escape stands for one byte."""
    if len(name) + 2 > LONGEST and len(_ESCAPED.sub(b"x", name)) + 2 > LONGEST:
        raise Malformed("a name of more than 255 bytes")
