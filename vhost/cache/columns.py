"""Arrow columns of what a scan observed, as DuckDB takes them to make a segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from vhost.claims import Conflict, Disk, FileStamp, Observation
from vhost.record import line
from vhost.text import escape

if TYPE_CHECKING:
    import pyarrow as pa

RAW = (
    "line",
    "scanner",
    "path",
    "mount",
    "device",
    "inode",
    "size",
    "mtime",
    "content_hash",
    "part",
    "disks",
    "conflicts",
    "finding",
)
"""The columns that `table` makes; the rest is derived from the line or is the same for a whole scan."""

_MTIME_LIMIT = 2**63 - 1


def table(observations: Iterable[Observation]) -> pa.Table:
    """Return one row for each record, and one without a line for a file that holds no machine."""
    import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

    schema = pa.schema(_types(pa))
    rows = [row for observation in observations for row in _rows(observation)]
    columns = zip(*rows, strict=True) if rows else [()] * len(RAW)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _types(pa: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - the module itself, imported late
    text, flag = pa.string(), pa.bool_()
    disk = pa.struct([("target", text), ("source", text), ("format", text), ("readonly", flag), ("exclusive", flag)])
    conflict = pa.struct([(name, text) for name in ("column", "kept", "kept_from", "other", "other_from")])
    special = {
        "device": pa.uint64(),
        "inode": pa.uint64(),
        "size": pa.int64(),
        "mtime": pa.timestamp("ns"),
        "part": pa.uint16(),
        "disks": pa.list_(disk),
        "conflicts": pa.list_(conflict),
    }
    return [(name, special.get(name, text)) for name in RAW]


def _rows(observation: Observation) -> Iterator[tuple[Any, ...]]:
    stamp = observation.stamp
    seen = (observation.scanner, *_stamped(stamp), observation.part)
    disks = [_disk(disk) for disk in observation.disks]
    conflicts = [_conflict(conflict) for conflict in observation.conflicts]
    finding = _safe(observation.finding)
    if not observation.machines:
        yield None, *seen, [], [], finding
    for number, machine in enumerate(observation.machines):
        first = number == 0
        yield line(machine), *seen, disks if first else [], conflicts if first else [], finding if first else None


def _stamped(stamp: FileStamp) -> tuple[Any, ...]:
    mtime = stamp.mtime_ns
    if mtime is not None and abs(mtime) > _MTIME_LIMIT:  # a file may claim any year
        mtime = None
    return escape(stamp.path), _safe(stamp.mount), stamp.device, stamp.inode, stamp.size, mtime, stamp.content_hash


def _safe(value: str | None) -> str | None:
    return None if value is None else escape(value)


def _disk(disk: Disk) -> dict[str, Any]:
    return {
        "target": _safe(disk.target),
        "source": _safe(disk.source),
        "format": _safe(disk.format),
        "readonly": disk.readonly,
        "exclusive": disk.exclusive,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "column": conflict.column,
        "kept": _safe(conflict.kept),
        "kept_from": _safe(conflict.kept_from),
        "other": _safe(conflict.other),
        "other_from": _safe(conflict.other_from),
    }
