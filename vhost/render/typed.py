"""Typed formats: every value in its normal form and type, unknown ones as null."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain

from vhost.errors import UsageError
from vhost.query.select import Selected


def _plain(value: object) -> object:
    """Return the value as JSON has it; times are ISO 8601 in UTC."""
    return f"{value.isoformat()}Z" if isinstance(value, date) else value


def _objects(selected: Selected) -> Iterator[str]:
    for row in selected.rows:
        yield json.dumps(dict(zip(selected.columns, map(_plain, row), strict=True)), ensure_ascii=False)


def json_lines(selected: Selected) -> Iterator[str]:
    """Return one JSON array, an object a line."""
    objects = list(_objects(selected))
    if not objects:
        return iter(["[]"])
    return (f"{'[' if first else ' '}{text}{']' if last else ','}" for first, last, text in _marked(objects))


def _marked(items: Sequence[str]) -> Iterator[tuple[bool, bool, str]]:
    for number, item in enumerate(items):
        yield number == 0, number == len(items) - 1, item


def csv_lines(selected: Selected) -> Iterator[str]:
    """Return RFC 4180 lines with a header; unknown is an empty cell."""
    return map(_csv_line, chain([selected.columns], selected.rows))


def _csv_line(row: Sequence[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([_plain(value) for value in row])
    return buffer.getvalue()


FORMATS: dict[str, Callable[[Selected], Iterator[str]]] = {"json": json_lines, "csv": csv_lines}
"""Every typed format by its name."""


def form(name: str) -> Callable[[Selected], Iterator[str]]:
    """Return what makes the lines of a typed format. Raises `UsageError` for one that is unknown."""
    if name not in FORMATS:
        raise UsageError("--format", f"unknown format {name!r}", f"known are {', '.join(FORMATS)}")
    return FORMATS[name]
