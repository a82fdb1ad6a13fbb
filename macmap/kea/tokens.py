"""The tokens of a Kea configuration: JSON with comments of three kinds and `<?include "file"?>`.

    { "Dhcp4": { "valid-lifetime": 600, // a comment      # another      /* and a third */

What belongs nowhere is a token as well, so that it can be named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

STRING: Final = 1
SCALAR: Final = 2
MARK: Final = 3
INCLUDE: Final = 4
OPEN: Final = 5
OTHER: Final = 6
"""What a token is: a string, a number or literal, a mark, an include, what lacks its end, what belongs nowhere."""

_TOKEN: Final = re.compile(
    r'("(?:[^"\\\n]|\\.)*+")'
    r"|([-+]?\.?\d[\d.eE+\-]*+|true\b|false\b|null\b)"
    r"|([{}\[\]:,])"
    r'|<\?\s*include\s*"([^"\n]*)"\s*\?>'
    r'|("[^\n]*|/\*(?:[^*]|\*(?!/))*+\Z)'
    r'|([^\s{}\[\]:,"#/]++|/(?![/*]))'
    r"|\s++|(?:\#|//)[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/"
)


class Token(NamedTuple):
    """One token; an include's text is the name of the file."""

    kind: int
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """Return the tokens of a text."""
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastindex is not None:
            yield Token(match.lastindex, match[match.lastindex], line)
        line += match.group().count("\n")
