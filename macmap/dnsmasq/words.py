r"""The lines of dnsmasq's configuration files: `#` comments, `"` quotes with escapes, values between commas.

    dhcp-host = 52:54:00:4e:01:33, "db 01", 12h # a comment        `dhcp-host`  `52:54:00:4e:01:33` `db 01` `12h`

A quote protects commas, blanks and `#`; within it `\"`, `\\`, `\t`, `\n`, `\r`, `\b` and `\e` stand for characters.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\["\\tnrbe]|\\)*+)("|\Z)')
_ESCAPE: Final = re.compile(r'\\(["\\tnrbe])')
_CONTROL: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "e": "\x1b"}
_COMMENT: Final = re.compile(r"(?:\A|\s)#")
_HIDDEN: Final = 0xF0000
"""Where quoted characters hide while a line is cut: a plane that nobody writes in."""
_SPECIAL: Final = {ord(char): _HIDDEN + ord(char) for char in " \t\n\r,#=;[]*:"}
_OPEN: Final = chr(_HIDDEN)
"""Stands where the end of a quote is missing."""
_SHOWN: Final = {hidden: char for char, hidden in _SPECIAL.items()}


class Words(NamedTuple):
    """A line: its option, empty in a hosts file, and its values; `open` if a quote has no end."""

    option: str
    values: list[str]
    open: bool = False


def option(line: str) -> Words:
    """Return the option of a line and the values behind its `=`, without blanks around them."""
    text, is_open = _bare(line)
    name, _, rest = text.partition("=")
    return Words(_back(name.strip()), _values(rest), is_open)


def values(line: str) -> Words:
    """Return the values of a line in a hosts file."""
    text, is_open = _bare(line)
    return Words("", _values(text), is_open)


def _bare(line: str) -> tuple[str, bool]:
    """Return a line without comment, its quotes resolved and what they protect hidden."""
    text = _QUOTED.sub(_hidden, line) if '"' in line else line
    comment = _COMMENT.search(text)
    text = text[: comment.start()] if comment else text
    return text.strip(), _OPEN in text


def _hidden(match: re.Match[str]) -> str:
    text = _ESCAPE.sub(lambda escape: _CONTROL.get(escape[1], escape[1]), match[1])
    return text.translate(_SPECIAL) + ("" if match[2] else _OPEN)


def _values(text: str) -> list[str]:
    return [_back(part.strip()) for part in text.split(",")] if text else []


def _back(text: str) -> str:
    return text if text.isascii() else text.translate(_SHOWN)
