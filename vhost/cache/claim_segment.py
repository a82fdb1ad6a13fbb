"""Segments of bindings, DNS answers and running guests: what one scan of one place said of them.

A claim that the scan before made and this one does not is either at its end, or goes on marked
`stale` with the time at which it was last seen; which of the two, and for how long, the caller says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import duckdb

from vhost.cache.build import connection
from vhost.cache.claim_buffer import Buffered
from vhost.cache.claim_columns import IDENTITY, NAMES, Claim, ClaimKind, batches
from vhost.cache.scan import Scan, literal, read
from vhost.cache.segment import newest_first, placed, save
from vhost.discover import Finding
from vhost.schema import TABLES, Column, quoted
from vhost.text import escape

_MEMORY = 144
"""What DuckDB may hold of the claims, in MB; a zone of millions of records goes to the disk beyond that."""

_FINDING = Column("finding", "VARCHAR", "what was wrong with the place that `path` names; such a row is no claim")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How many claims a scan made, how many of them are new, and how many of the last one's are missing.

    `first` is True where nothing was known of this place before; `key` is that of the scan.
    """

    claims: int
    new: int
    vanished: int
    first: bool
    key: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """What becomes of claims that the scan before made and this one does not.

    They end, or with `carry` go on as stale until they were last seen so long ago. Those of addresses that
    the scan did not cover are not missing: they go on as they were, for as long.
    """

    carry: timedelta | None = None
    covers: Callable[[str | None], bool] | None = None


def write(
    directory: Path,
    scan: Scan,
    claims: Iterable[Claim] | Buffered,
    *,
    findings: Sequence[Finding] = (),
    missing: Missing = Missing(),
) -> Change:
    """Write the segment of a scan and return what changed.

    The claims are all of the kind that `scan` names and are taken once, as a stream. The caller holds the
    lock of the database. Raises `DatabaseUnusable` if it cannot be written.
    """
    before = _previous(directory, scan.key)
    changes: list[Change] = []

    def make(target: Path) -> None:
        with connection(target.with_suffix(".spill"), _MEMORY) as con:
            _fill(con, scan, claims, findings, before)
            others = _uncovered(con, scan, missing)
            changes.append(_changed(con, scan, first=before is None))
            save(con, f"FROM fresh UNION ALL FROM noted{others}{_missing(scan, missing.carry)}", target, scan)

    placed(directory, scan, make)
    return changes[0]


def _previous(directory: Path, key: str) -> Path | None:
    """Return the newest segment of a scan key that can be read, None if there is none."""
    with connection() as con:
        for segment in newest_first(directory, key):
            try:
                read(con, segment)
            except (duckdb.Error, ValueError, TypeError):
                continue
            return segment
    return None


def addresses(directory: Path, key: str) -> list[str]:
    """Return the IP addresses of which the newest segment of a scan key has bindings, also stale ones."""
    segment = _previous(directory, key)
    with connection() as con:
        rows = _before("binding", segment) if segment else "SELECT NULL AS ip"
        found = con.execute(f"SELECT DISTINCT ip FROM ({rows}) WHERE ip IS NOT NULL ORDER BY ip").fetchall()
    return [ip for (ip,) in found]


def _fill(
    con: duckdb.DuckDBPyConnection,
    scan: Scan,
    claims: Iterable[Claim] | Buffered,
    findings: Sequence[Finding],
    before: Path | None,
) -> None:
    """Make the tables `fresh`, `noted`, `before` and `missing`."""
    kind = cast("ClaimKind", scan.kind)
    con.register("said", claims.reader() if isinstance(claims, Buffered) else batches(kind, claims))
    con.execute(f"CREATE TEMP TABLE fresh AS SELECT DISTINCT {_listed(kind, scan)} FROM said")
    con.unregister("said")
    con.execute("CREATE TEMP TABLE noted AS FROM fresh LIMIT 0")
    texts = [[escape(one.where) for one in findings], [escape(one.problem) for one in findings]]
    listed = "SELECT unnest(CAST(? AS VARCHAR[])) AS place, unnest(CAST(? AS VARCHAR[])) AS problem"
    con.execute(f"INSERT INTO noted SELECT {_noted(kind, scan)} FROM ({listed})", texts)
    con.execute(f"CREATE TEMP TABLE before AS {_before(kind, before)}")
    con.execute(f"CREATE TEMP TABLE missing AS FROM before ANTI JOIN fresh ON {_same('before', 'fresh', kind)}")


def _uncovered(con: duckdb.DuckDBPyConnection, scan: Scan, missing: Missing) -> str:
    """Move what the scan did not cover from `missing` to `uncovered`, and return the SQL that adds it."""
    if missing.covers is None:
        return ""
    addresses = [address for (address,) in con.execute("SELECT DISTINCT ip FROM missing").fetchall()]
    skipped = [address for address in addresses if not missing.covers(address)]
    con.execute("CREATE TEMP TABLE skipped AS SELECT unnest(CAST(? AS VARCHAR[])) AS ip", [skipped])
    among = "missing SEMI JOIN skipped ON missing.ip IS NOT DISTINCT FROM skipped.ip"
    con.execute(f"CREATE TEMP TABLE uncovered AS SELECT * REPLACE ({literal(scan.scan_id)} AS scan_id) FROM {among}")
    con.execute("DELETE FROM missing USING skipped WHERE missing.ip IS NOT DISTINCT FROM skipped.ip")
    until = "" if missing.carry is None else f" WHERE {_young(scan, missing.carry)}"
    return f" UNION ALL FROM uncovered{until}"


def _changed(con: duckdb.DuckDBPyConnection, scan: Scan, *, first: bool) -> Change:
    """Return how `fresh` and `before` differ."""
    kind = cast("ClaimKind", scan.kind)
    new = f"SELECT count(*) FROM fresh ANTI JOIN (FROM before WHERE NOT stale) AS b ON {_same('fresh', 'b', kind)}"
    counts = f"SELECT (SELECT count(*) FROM fresh), ({new}), (SELECT count(*) FROM missing WHERE NOT stale)"
    said, added, lost = con.execute(counts).fetchone() or (0, 0, 0)
    return Change(claims=said, new=added, vanished=lost, first=first, key=scan.key)


def _listed(kind: ClaimKind, scan: Scan) -> str:
    own = {name: quoted(name) for name in NAMES[kind]}
    return _select(kind, {**_stamp(scan), **own})


def _noted(kind: ClaimKind, scan: Scan) -> str:
    seen_at = f"TIMESTAMP {literal(scan.seen_at)}"
    return _select(kind, {**_stamp(scan), "seen_at": seen_at, "path": "place", _FINDING.name: "problem"})


def _select(kind: ClaimKind, values: dict[str, str]) -> str:
    columns = (*TABLES[kind], _FINDING)
    return ", ".join(f"CAST({values.get(c.name, 'NULL')} AS {c.type}) AS {quoted(c.name)}" for c in columns)


def _stamp(scan: Scan) -> dict[str, str]:
    return {
        "scan_id": literal(scan.scan_id),
        "scanner": literal(scan.scanner),
        "source_host": literal(scan.source_host),
        "observer": literal(scan.observer),
        "stale": "false",
    }


def _before(kind: ClaimKind, segment: Path | None) -> str:
    if segment is None:
        return "FROM fresh LIMIT 0"
    listed = ", ".join(quoted(column.name) for column in (*TABLES[kind], _FINDING))
    return f"SELECT {listed} FROM read_parquet({literal(os.fspath(segment))}) WHERE {_FINDING.name} IS NULL"


def _same(one: str, other: str, kind: ClaimKind) -> str:
    return " AND ".join(f"{one}.{quoted(name)} IS NOT DISTINCT FROM {other}.{quoted(name)}" for name in IDENTITY[kind])


def _missing(scan: Scan, carry: timedelta | None) -> str:
    if carry is None:
        return ""
    again = f"{literal(scan.scan_id)} AS scan_id, true AS stale"
    return f" UNION ALL SELECT * REPLACE ({again}) FROM missing WHERE {_young(scan, carry)}"


def _young(scan: Scan, carry: timedelta) -> str:
    """Return the condition that a claim was seen at most so long ago."""
    return f"seen_at >= TIMESTAMP {literal(scan.seen_at)} - INTERVAL {int(carry.total_seconds())} SECOND"
