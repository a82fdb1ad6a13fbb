"""The 47 raw values of selected records, INDEX put in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vhost.record import COUNT, FIELDS

_INDEX = next(field.number for field in FIELDS if field.column == "index") - 1


def raw_values(rows: Iterable[tuple[object, ...]]) -> Iterator[list[str]]:
    """Return the values of (index, line) rows, padded to 47; unknown ones are empty."""
    for index, line in rows:
        values = str(line).split(";")
        if len(values) < COUNT:
            values += [""] * (COUNT - len(values))
        values[_INDEX] = str(index)
        yield values


def machine_line(index: object, line: str) -> str:
    """Return a record as MACHINE prints it: INDEX put in, a shorter record of an old release as it is."""
    values = line.split(";")
    if len(values) > _INDEX:
        values[_INDEX] = str(index)
    return ";".join(values)
