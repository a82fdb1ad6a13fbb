"""Records in the order of `sort [-t SEPARATOR -k n] [-r] [-u]`, in bytes; a record may span lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from vhost.query.sort import Sort

Record = TypeVar("Record")


def ordered(records: Iterable[Record], sort: Sort, separator: str, text: Callable[[Record], str]) -> list[Record]:
    """Return the records in their order; `text` is what a record looks like, columns between separators.

    The key runs from column `key` to the end of the line, of every line where there are several, and
    ties are decided by the whole text. With `unique` the first record of those with one key remains.
    Text is compared by code points, which is the order of its bytes in UTF-8.
    """
    keyed = [(_key(line, sort, separator), line, record) for record in records for line in [text(record)]]
    if not sort.unique:
        keyed.sort(key=lambda item: item[:2], reverse=sort.reverse)
        return [record for _, _, record in keyed]
    keyed.sort(key=lambda item: item[0], reverse=sort.reverse)
    first = {key: record for key, _, record in reversed(keyed)}
    return [first[key] for key in dict.fromkeys(key for key, _, _ in keyed)]


def _key(text: str, sort: Sort, separator: str) -> tuple[str, ...]:
    if sort.key is None:
        return (text,)
    return tuple(_from_column(line, sort.key, separator) for line in text.split("\n"))


def _from_column(line: str, column: int, separator: str) -> str:
    parts = line.split(separator, column - 1)
    return parts[column - 1] if len(parts) == column else ""
