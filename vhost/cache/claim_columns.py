"""Arrow columns of bindings, DNS answers and running guests, as DuckDB takes them to make a segment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

from vhost import normal
from vhost.claims import Binding, DnsClaim, Guest
from vhost.text import escape

if TYPE_CHECKING:
    import pyarrow as pa

Claim = Binding | DnsClaim | Guest
ClaimKind = Literal["binding", "dns", "guest"]
KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)

_BATCH = 20_000
"""Claims that are Arrow columns at a time: a million leases must not be in memory twice."""

_Values = Callable[[Any], tuple[Any, ...]]


def batches(kind: ClaimKind, claims: Iterable[Claim]) -> pa.RecordBatchReader:
    """Return the claims, all of one kind, as a stream of record batches in normal form."""
    import pyarrow as pa  # noqa: PLC0415 - only a scan pays for it

    made = schema(pa, kind)
    return pa.RecordBatchReader.from_batches(made, _made(pa, made, _VALUES[kind], claims))


def schema(pa: Any, kind: ClaimKind) -> Any:  # noqa: ANN401 - the module itself, imported late
    """Return the Arrow schema of the claims of a kind, made with the module pyarrow."""
    return pa.schema(_types(pa, kind))


def _made(pa: Any, schema: Any, values: _Values, claims: Iterable[Claim]) -> Iterator[Any]:  # noqa: ANN401 - imported late
    remaining = iter(claims)
    while rows := [values(claim) for claim in islice(remaining, _BATCH)]:
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


NAMES: dict[ClaimKind, tuple[str, ...]] = {
    "binding": ("name", "mac", "ip", "source_kind", "source", "segment", "expires_at", "seen_at", "path", "line"),
    "dns": ("owner", "type", "value", "ttl", "server", "zone", "serial", "seen_at"),
    "guest": ("host", "type", "label", "id", "uuid", "macs", "state", "config_path", "vnc_port", "seen_at"),
}
"""The columns that a claim itself fills; the rest is the same for a whole scan."""

IDENTITY: dict[ClaimKind, tuple[str, ...]] = {
    "binding": ("name", "mac", "ip", "source_kind", "source", "segment"),
    "dns": ("owner", "type", "value", "server", "zone"),
    "guest": ("host", "type", "label", "uuid"),
}
"""What makes a claim of the next scan the same claim."""


def _types(pa: Any, kind: ClaimKind) -> list[tuple[str, Any]]:  # noqa: ANN401 - the module itself, imported late
    special = {
        "expires_at": pa.timestamp("us"),
        "seen_at": pa.timestamp("us"),
        "ttl": pa.int64(),
        "serial": pa.uint64(),
        "macs": pa.list_(pa.string()),
        "vnc_port": pa.int32(),
    }
    return [(name, special.get(name, pa.string())) for name in NAMES[kind]]


def _binding(claim: Binding) -> tuple[Any, ...]:
    name, mac, ip = _safe(claim.name), _safe(_mac(claim.mac)), _safe(_address(claim.ip))
    line = f"{name or ''};{mac or ''};{ip or ''};"
    path = escape(claim.source) if claim.source.startswith("/") else None
    times = _utc(claim.expires_at), _utc(claim.seen_at)
    return name, mac, ip, claim.source_kind, escape(claim.source), _safe(claim.segment), *times, path, line


def _dns(claim: DnsClaim) -> tuple[Any, ...]:
    value = _safe(_address(claim.value) if claim.type in {"A", "AAAA"} else claim.value)
    named = escape(claim.owner), claim.type, value, claim.ttl, escape(claim.server)
    return *named, _safe(claim.zone), claim.serial, _utc(claim.seen_at)


def _guest(claim: Guest) -> tuple[Any, ...]:
    macs = [escape(normal.mac(mac) or mac) for mac in claim.macs]
    uuid = None if claim.uuid is None else escape(normal.uuid(claim.uuid) or claim.uuid)
    named = escape(claim.host), claim.type, escape(claim.label), _safe(claim.id), uuid, macs
    return *named, escape(claim.state), _safe(claim.config_path), claim.vnc_port, _utc(claim.seen_at)


_VALUES: dict[ClaimKind, _Values] = {"binding": _binding, "dns": _dns, "guest": _guest}


def _mac(value: str | None) -> str | None:
    return value if value is None else normal.mac(value) or value


def _address(value: str | None) -> str | None:
    return value if value is None else normal.address(value) or value


def _safe(value: str | None) -> str | None:
    return None if value is None else escape(value)


def _utc(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).replace(tzinfo=None)
