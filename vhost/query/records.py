"""Typed records: one claim about one interface of one machine, with its provenance, as a value of Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from vhost.errors import UsageError
from vhost.query.select import ALL, refusals_named, statement
from vhost.query.terms import Query
from vhost.record import KEYWORDS

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One claim; the 47 fields in their normal forms, then where and when it was seen. None is unknown.

    `vram` is in MiB, `size` in bytes; times are in UTC. See docs/fields.md and docs/tables.md.
    """

    pm: str | None = None
    type: str | None = None
    label: str | None = None
    id: str | None = None
    uuid: str | None = None
    mac: str | None = None
    tcp: str | None = None
    display: str | None = None
    cport: int | None = None
    sport: int | None = None
    vncbase: int | None = None
    dist: str | None = None
    distrel: str | None = None
    os: str | None = None
    osrel: str | None = None
    verno: str | None = None
    serno: str | None = None
    category: str | None = None
    vmstate: str | None = None
    hyperrel: str | None = None
    stackcap: str | None = None
    stackreq: str | None = None
    hwcap: str | None = None
    hwreq: str | None = None
    execlocation: str | None = None
    reloccap: str | None = None
    sshport: int | None = None
    netname: str | None = None
    hyperrelrun: str | None = None
    accelerator: str | None = None
    exepath: str | None = None
    index: int | None = None
    ifname: str | None = None
    ctysrelease: str | None = None
    netmask: str | None = None
    gateway: str | None = None
    relay: str | None = None
    arch: str | None = None
    platform: str | None = None
    vram: int | None = None
    vcpu: int | None = None
    contextstring: str | None = None
    userstring: str | None = None
    uid: str | None = None
    gid: str | None = None
    defhosts: str | None = None
    defconsole: str | None = None
    scan_id: str | None = None
    scanner: str | None = None
    source_host: str | None = None
    path: str | None = None
    mount: str | None = None
    device: int | None = None
    inode: int | None = None
    size: int | None = None
    mtime: datetime | None = None
    content_hash: str | None = None
    seen_at: datetime | None = None
    observer: str | None = None
    part: int | None = None
    stale: bool | None = None
    machine_id: str | None = None


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Record))
_TIMES = ("mtime", "seen_at")
_CHUNK = 4096


def columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the attributes that columns or `-o` keywords stand for. Raises `UsageError` for an unknown one."""
    return tuple(dict.fromkeys(map(_column, names)))


def _column(name: str) -> str:
    if name in COLUMNS:
        return name
    if name.upper() not in KEYWORDS:
        raise UsageError("fields", f"unknown field {name[:80]!r}", "see docs/fields.md")
    return KEYWORDS[name.upper()].column


def records(con: duckdb.DuckDBPyConnection, query: Query, wanted: Sequence[str] = COLUMNS) -> Iterator[Record]:
    """Return the records that a query finds, in cache order; only the wanted attributes are filled.

    The answer is taken now and compactly, so that the connection can be used while it is read.
    Raises `UsageError` for an expression that the engine refuses.
    """
    sql, params = statement(con, query, ALL, [_value(name) for name in wanted])
    with refusals_named():
        table = con.sql(sql, params=params).to_arrow_table()
    return _read(table, wanted)


def _value(name: str) -> str:
    return f'"{name}"::TIMESTAMP AS "{name}"' if name in _TIMES else f'"{name}"'


def _read(table: pa.Table, names: Sequence[str]) -> Iterator[Record]:
    for batch in table.to_batches(max_chunksize=_CHUNK):
        columns = [column.to_pylist() for column in batch.columns]
        yield from (record(names, values) for values in zip(*columns, strict=True))


def record(names: Sequence[str], values: Sequence[object]) -> Record:
    """Return a record of values as DuckDB gives them."""
    return Record(**dict(zip(names, map(_aware, values), strict=True)))


def _aware(value: object) -> Any:  # noqa: ANN401 - of the type of its attribute
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
