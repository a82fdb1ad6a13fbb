"""Typed rows that come from no query, as an answer in any format of `--format`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from vhost.cli.writing import is_file, refuse_terminal, write, write_bytes

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[object, ...]
Columns = Mapping[str, Literal["string", "strings", "int32", "int64", "double", "bool"]]
"""The names of columns and their types."""


def form(name: str | None, path: str | None) -> str | None:
    """Return the name of a format as it is known, None for none. Raises `UsageError` where it cannot be written."""
    if name is None:
        return None
    from vhost.render import typed  # noqa: PLC0415 - only a typed answer pays for it

    found = typed.known(name)
    if found in typed.BINARY:
        refuse_terminal(found, path)
    return found


def write_rows(name: str, columns: Columns, rows: Iterable[Row], path: str | None) -> None:
    """Write rows in a format that `form` has returned to stdout or a file."""
    from vhost.render import typed  # noqa: PLC0415 - as above

    if name in typed.BINARY:
        write_bytes(typed.encoded(name, _table(columns, rows), seekable=is_file(path)), path)
    else:
        write(typed.lines(name, list(columns), _safe(rows)), path)


def _table(columns: Columns, rows: Iterable[Row]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - only a binary answer pays for it

    text = pa.string()
    numbers = {"int32": pa.int32(), "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_()}
    types = {"string": text, "strings": pa.list_(text), **numbers}
    schema = pa.schema([pa.field(name, types[kind]) for name, kind in columns.items()])
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in _safe(rows)], schema)


def _safe(rows: Iterable[Row]) -> Iterator[Row]:
    """Return the rows with their texts escaped, as a query gives them."""
    from vhost.text import escape  # noqa: PLC0415 - beside its use

    def safe(value: object) -> object:
        if isinstance(value, list):
            return [safe(one) for one in value]
        return escape(value) if isinstance(value, str) else value

    return (tuple(map(safe, row)) for row in rows)
