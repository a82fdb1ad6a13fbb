r"""Markdown: a table as GitHub and most others draw it, unknown as an empty cell.

| label | hwcap |
| --- | --- |
| tst203 | arm926,256MB,VGA |

What Markdown would take for a mark of its own is escaped: a cell shows exactly the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_MARKS = re.compile(r"[\\`*|\[\]<>&~$!]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_BREAK = re.compile(r"[\r\n]+")


def markdown_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return a table. A line break in a value, which only an old file can hold, is shown as a blank."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if text.isalnum() else _MARKS.sub(_escaped, _BREAK.sub(" ", text))


def _escaped(match: re.Match[str]) -> str:
    return _NAMED.get(match.group(), f"\\{match.group()}")
