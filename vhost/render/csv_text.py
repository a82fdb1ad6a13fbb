"""CSV as RFC 4180 has it: a header, quotes where they are needed, unknown as an empty cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_END = "\r\n"
"""What the writer ends a line with, so that it quotes either character in a value; we end lines with `\\n`."""


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the header and a line for each row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=_END)
    for row in chain([columns], rows):
        writer.writerow([_cell(value) for value in row])
        yield buffer.getvalue()[: -len(_END)]
        buffer.seek(0)
        buffer.truncate()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
