r"""The words of a dhcpd.conf.

    option host-name "a\"b"; # a comment          `option` `host-name` `"a\"b"` `;`

A word keeps its colons, so that a MAC or an IPv6 address is one. A string that lacks its closing
quote ends with its line, so that what follows is not lost.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

WORD: Final = 1
MARK: Final = 2
_NEWLINE: Final = 3
STRING: Final = 4
OPEN: Final = 5
"""What a token is: a word, a punctuation mark, a string, a string without its closing quote."""

_TOKEN: Final = re.compile(
    r"[ \t\r\f\v]*+(?:"
    r"([A-Za-z0-9_.:\-\x80-\U0010ffff]+)"
    r'|(!=|~=|~~|[^ \t\r\f\v\n"#])'
    r"|(\n)"
    r'|"((?:[^"\\\n;{}]|\\[\s\S]|\n|[;{}](?![ \t\r]*\n))*+)"'
    r'|"([^\n]*)'
    r"|\#[^\n]*|\Z)"
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))")
_CONTROL: Final = {"t": "\t", "r": "\r", "n": "\n", "b": "\b"}


class Token(NamedTuple):
    """One word, string or mark; a string is what stands between its quotes."""

    text: str
    line: int
    kind: int


def scan(text: str, position: int, line: int) -> tuple[list[Token], int, int]:
    """Return the next token with the position and the line behind it; no token at a line's end or a comment.

    A string without its closing quote brings the mark that ends its line along.
    """
    match = _TOKEN.match(text, position)
    if match is None:  # there is no text that the expression does not match
        return [], len(text), line
    kind = match.lastindex
    if kind == _NEWLINE:
        return [], match.end(), line + 1
    if kind is None:
        return [], match.end(), line
    if kind == OPEN:
        return _open(match[OPEN], line), match.end(), line
    behind = line + match[kind].count("\n") if kind == STRING else line
    return [Token(match[kind], line, kind)], match.end(), behind


def _open(text: str, line: int) -> list[Token]:
    """Return a string that ends with its line, and the mark that ends the line."""
    body = text.rstrip()
    if body.endswith((";", "{")):
        return [Token(body[:-1].rstrip(), line, OPEN), Token(body[-1], line, MARK)]
    return [Token(body, line, OPEN)]


def value(token: Token) -> str:
    r"""Return what a token stands for: a string with `\t`, `\x41`, `\101` and `\"` resolved."""
    return unescaped(token.text) if token.kind == STRING else token.text


def unescaped(text: str) -> str:
    """Return what a string's text between its quotes stands for; bytes above 127 become surrogates."""
    return _ESCAPE.sub(_resolved, text) if "\\" in text else text


def _resolved(match: re.Match[str]) -> str:
    digits, octal, char = match.groups()
    if char is not None:
        return _CONTROL.get(char, char)
    code = int(digits, 16) if digits else int(octal, 8) & 0xFF
    return chr(code) if code < 0x80 else chr(0xDC00 + code)
