"""Where in a TOML file a key stands. The parser of Python does not say it, and its errors do for broken syntax only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]
"""A key with the tables that it is in."""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]")
_OPENING = re.compile(r"""'''|\"\"\"|"(?:[^"\\]|\\.)*"|'[^']*'|\#""")
_CLOSING = {"'''": re.compile(r".*?'''"), '"""': re.compile(r'(?:[^\\]|\\.)*?"""')}
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")


def lines(text: str) -> Mapping[Path, int]:
    """Return the line of every table and key that begins a line, counted from 1.

    A key inside an inline table has no entry; `nearest` finds that of the table.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in _outside_strings(text):
        if head := _TABLE.match(line):
            table = _parts(head[1])
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
    return found


def nearest(found: Mapping[Path, int], path: Path) -> int | None:
    """Return the line of a key, or else of the innermost table around it that has one."""
    return next((found[path[:length]] for length in range(len(path), 0, -1) if path[:length] in found), None)


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """Return the lines that begin outside of a multi-line string, with their numbers."""
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not closing:
            yield number, line
        closing = _open(line, closing)


def _open(line: str, closing: str) -> str:
    """Return the quotes that close the multi-line string in which a line ends, empty for none."""
    at = 0
    while True:
        if closing:
            end = _CLOSING[closing].match(line, at)
            if end is None:
                return closing
            at = end.end()
        token = _OPENING.search(line, at)
        if token is None or token[0] == "#":
            return ""
        at = token.end()
        closing = token[0] if token[0] in _CLOSING else ""


def _parts(dotted: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, dotted))
