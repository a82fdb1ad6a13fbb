"""Claims on disk that wait until it is known that they may be stored: of a transfer that may still break off.

They stand in a file of Arrow record batches, so that a zone of millions of records is never in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vhost.cache.claim_columns import Claim, ClaimKind, batches, schema
from vhost.text import escape

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Buffered:
    """Claims that were written by a `Buffer`, and how many they are."""

    path: Path
    count: int

    def reader(self) -> pa.RecordBatchReader:
        """Return the claims as a stream of record batches."""
        import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

        return pa.ipc.open_stream(pa.OSFile(os.fspath(self.path), "rb"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSource:
    """What many DNS claims have in common."""

    server: str
    zone: str | None
    serial: int | None
    seen_at: datetime


class Buffer:
    """Writes claims of one kind to a file; see `Buffered` for what is to be done with it then."""

    def __init__(self, path: Path, kind: ClaimKind) -> None:
        import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

        self.path, self.kind, self.count = path, kind, 0
        self._pa: Any = pa
        self._schema = schema(pa, kind)
        self._sink = pa.OSFile(os.fspath(path), "wb")
        self._writer = pa.ipc.new_stream(self._sink, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._writer.close()
        self._sink.close()

    def add(self, claims: Iterable[Claim]) -> None:
        """Write claims."""
        for batch in batches(self.kind, claims):
            self._write(batch)

    def add_dns(
        self, source: DnsSource, owners: Sequence[str], types: Sequence[str], values: Sequence[str], ttls: Sequence[int]
    ) -> None:
        """Write DNS claims that are columns already, their values in normal form."""
        pa, count = self._pa, len(owners)
        at = source.seen_at.astimezone(UTC).replace(tzinfo=None)
        same = (escape(source.server), None if source.zone is None else escape(source.zone), source.serial, at)
        columns = [pa.array(owners, pa.string()), pa.array(types, pa.string()), pa.array(_safe(values), pa.string())]
        columns.append(pa.array(ttls, pa.int64()))
        columns += [
            pa.repeat(pa.scalar(value, field.type), count)
            for value, field in zip(same, list(self._schema)[len(columns) :], strict=True)
        ]
        self._write(pa.record_batch(columns, schema=self._schema))

    def add_batches(self, reader: pa.RecordBatchReader) -> None:
        """Write record batches that have the columns of the claims."""
        for batch in reader:
            self._write(batch.cast(self._schema))

    def _write(self, batch: Any) -> None:  # noqa: ANN401 - imported late
        self._writer.write_batch(batch)
        self.count += batch.num_rows

    def buffered(self) -> Buffered:
        """Return what was written; to be called when all is."""
        return Buffered(self.path, self.count)


def _safe(values: Sequence[str]) -> Sequence[str]:
    """Return the values as they may stand in a record; hardly ever is there any that needs a change."""
    joined = "|".join(values)
    return values if escape(joined) is joined else [escape(value) for value in values]
