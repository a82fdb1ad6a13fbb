"""XML of answers whose columns have any names: a document, in it an element for each answer and row.

<answers xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <answer>
    <row><value column="count_star()">112</value><value column="vram" xsi:nil="true"/></row>
  </answer>
</answers>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap

from vhost.render.xml_text import attribute, text


def xml_answers(answers: Iterable[tuple[Sequence[str], Iterable[Sequence[object]]]]) -> Iterator[str]:
    """Return the document of some answers, each the names of its columns and its rows."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<answers xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    for columns, rows in answers:
        named = [attribute(column) for column in columns]
        yield "  <answer>"
        for row in rows:
            yield f"    <row>{''.join(starmap(_value, zip(named, row, strict=True)))}</row>"
        yield "  </answer>"
    yield "</answers>"


def _value(column: str, value: object) -> str:
    if value is None:
        return f'<value column={column} xsi:nil="true"/>'
    return f"<value column={column}>{text(value)}</value>"
