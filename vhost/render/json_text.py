"""JSON: an array with one object a line, or only the objects (ndjson)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

Row = Sequence[object]


def ndjson_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Return one object a line."""
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    return (encode(dict(zip(columns, row, strict=True))) for row in rows)


def json_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Return one array."""
    waiting = None
    for text in ndjson_lines(columns, rows):
        yield from () if waiting is None else [f"{waiting},"]
        waiting = f"{'[' if waiting is None else ' '}{text}"
    yield "[]" if waiting is None else f"{waiting}]"
