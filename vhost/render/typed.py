"""Typed formats: every value in its normal form and type, unknown ones as null."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vhost.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from vhost.query.typed import Row

FORMATS = ("json", "ndjson", "csv", "markdown", "yaml", "xml", "arrow", "parquet")
BINARY = frozenset({"arrow", "parquet"})


def known(name: str) -> str:
    """Return the name of a format in lower case. Raises `UsageError` for one that is unknown."""
    if name.lower() not in FORMATS:
        raise UsageError("--format", f"unknown format {name[:80]!r}", f"known are {', '.join(FORMATS)}")
    return name.lower()


def lines(name: str, columns: Sequence[str], rows: Iterator[Row]) -> Iterator[str]:
    """Return the lines of a format that is text; each call pays for its own format only."""
    match name:
        case "csv":
            from vhost.render.csv_text import csv_lines as made  # noqa: PLC0415 - as above
        case "markdown":
            from vhost.render.markdown import markdown_lines as made  # noqa: PLC0415 - as above
        case "yaml":
            from vhost.render.yaml_text import yaml_lines as made  # noqa: PLC0415 - as above
        case "xml":
            from vhost.render.xml_text import xml_lines as made  # noqa: PLC0415 - as above
        case "ndjson":
            from vhost.render.json_text import ndjson_lines as made  # noqa: PLC0415 - as above
        case _:
            from vhost.render.json_text import json_lines as made  # noqa: PLC0415 - as above
    return made(columns, rows)


def encoded(name: str, table: pa.Table, *, seekable: bool) -> memoryview:
    """Return the bytes of a binary format; Arrow in a file is the file format, elsewhere the stream format."""
    from vhost.render import arrow  # noqa: PLC0415 - only these formats pay for it

    if name == "parquet":
        return arrow.parquet(table)
    return arrow.file(table) if seekable else arrow.stream(table)
