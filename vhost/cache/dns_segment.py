"""Zones as the last scan of them left them, and what they are after changes: what an incremental transfer needs."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb

from vhost.cache.build import connection
from vhost.cache.claim_columns import NAMES
from vhost.cache.scan import literal, read
from vhost.cache.segment import newest_first
from vhost.schema import quoted
from vhost.text import escape

if TYPE_CHECKING:
    import pyarrow as pa

    from vhost.cache.claim_buffer import DnsSource

Record = tuple[str, str, str]
"""Owner, type, value."""

_ROWS = 20_000
_RECORD = ("owner", "type", "value")


@dataclass(frozen=True, slots=True)
class KnownZone:
    """The segment of a zone that was read wholly, and the serial number that the zone had."""

    segment: Path
    serial: int


def known_zone(directory: Path, key: str) -> KnownZone | None:
    """Return what is known of a zone, None if nothing is, or not all of it, or nothing that can be read."""
    for segment in newest_first(directory, key)[:1]:
        with connection() as con:
            try:
                if read(con, segment).partial:
                    return None
                rows = f"SELECT min(serial), max(serial), bool_or(stale) FROM {_rows(segment)} WHERE finding IS NULL"
                low, high, stale = con.execute(rows).fetchone() or (None, None, None)
            except (duckdb.Error, ValueError, TypeError):
                return None
        return KnownZone(segment, int(high)) if high is not None and low == high and not stale else None
    return None


def _rows(segment: Path) -> str:
    return f"read_parquet({literal(os.fspath(segment))})"


@contextmanager
def updated(
    known: KnownZone, removed: Collection[Record], added: Mapping[Record, int], source: DnsSource
) -> Iterator[pa.RecordBatchReader]:
    """Return the claims of a zone after changes, all of them as the source says them now; `added` are TTLs."""
    import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

    with connection(known.segment.with_suffix(f".{os.getpid()}.spill")) as con:
        con.register("removed", pa.table(_columns(pa, removed)))
        con.register("added", pa.table({**_columns(pa, added), "ttl": pa.array(added.values(), pa.int64())}))
        after: pa.RecordBatchReader = cast(
            "pa.RecordBatchReader", con.sql(_after(known, source)).to_arrow_reader(_ROWS)
        )
        yield after


def _columns(pa: Any, records: Collection[Record]) -> dict[str, Any]:  # noqa: ANN401 - the module itself, imported late
    spelled = ((owner, kind, escape(value)) for owner, kind, value in records)
    columns = list(zip(*spelled, strict=True)) or [()] * len(_RECORD)
    return {name: pa.array(column, pa.string()) for name, column in zip(_RECORD, columns, strict=True)}


def _after(known: KnownZone, source: DnsSource) -> str:
    same = " AND ".join(f"known.{name} = {{0}}.{name}" for name in _RECORD)
    at = f"{source.seen_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    now = {
        "server": literal(escape(source.server)),
        "zone": "NULL" if source.zone is None else literal(escape(source.zone)),
        "serial": f"{source.serial or 0}::UBIGINT",
        "seen_at": f"TIMESTAMP {literal(at)}",
    }
    listed = ", ".join(f"{now.get(name, quoted(name))} AS {quoted(name)}" for name in NAMES["dns"])
    kept = (
        f"SELECT owner, type, value, ttl::BIGINT AS ttl FROM {_rows(known.segment)} AS known"
        f" ANTI JOIN removed ON {same.format('removed')} ANTI JOIN added ON {same.format('added')}"
        " WHERE finding IS NULL"
    )
    return f"SELECT {listed} FROM ({kept} UNION ALL SELECT owner, type, value, ttl FROM added)"
