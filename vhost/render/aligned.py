"""Columns as wide as their values need.

address   PM          label
l:tst100  lab00.soho  tst100
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_WIDEST = 60
"""No column is padded to more; a longer value stands out to the right."""


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return a line for each row, its cells two blanks apart."""
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
