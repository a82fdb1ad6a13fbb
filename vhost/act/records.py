"""Machines as a snapshot records them: the claims of each in one value, and the others that it may be mistaken for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from vhost.act.subject import Recorded
from vhost.text import unescape

_COLUMNS = (
    "machine_id", "type", "label", "uuid", "mac", "id", "path", "pm", "tcp", "size", "mtime", "arch", "exepath",
    "source_host", "seen_at", "content_hash", "vmstate", "stale",
)  # fmt: skip
_RESERVED = frozenset({"BACKUP", "TEMPLATE", "IGNORE", "DISABLED"})
"""States of configurations that are not meant to run."""

_CLAIMS = """
SELECT machine_id, type, label, uuid, mac, id, path, pm, tcp, size, epoch_ns(mtime) // 1000000000, arch, exepath,
    source_host, seen_at, content_hash, vmstate, stale
FROM machine WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[])) ORDER BY "index", line
"""
_DISKS = """
SELECT DISTINCT machine_id, disk.source, coalesce(disk.exclusive, false)
FROM disk JOIN (
    SELECT DISTINCT machine_id, scan_id, path, part FROM machine WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[]))
) USING (scan_id, path, part) WHERE disk.source IS NOT NULL
"""
_RIVALS = """
WITH own AS (
    SELECT DISTINCT machine_id AS one, type, label, uuid, mac FROM machine
    WHERE machine_id IN (SELECT UNNEST($machines::VARCHAR[]))
), other AS (SELECT machine_id, type, label, uuid, mac FROM machine WHERE pm IN (SELECT UNNEST($pms::VARCHAR[]))
), pair AS (
    SELECT one, machine_id FROM own JOIN other USING (type, label)
    UNION SELECT one, machine_id FROM own JOIN other USING (type, uuid)
    UNION SELECT one, machine_id FROM own JOIN other USING (type, mac)
)
SELECT one, machine_id FROM pair WHERE one <> machine_id
QUALIFY row_number() OVER (PARTITION BY one ORDER BY machine_id) <= 1000
"""
_GUESTS = """
WITH own AS (
    SELECT DISTINCT disk.source FROM disk JOIN machine USING (scan_id, path, part)
    WHERE machine_id = $machine AND exclusive
), sharing AS (
    SELECT DISTINCT uuid, mac, coalesce(path, id) AS config FROM disk JOIN machine USING (scan_id, path, part)
    WHERE source IN (SELECT source FROM own)
)
SELECT DISTINCT host FROM guest WHERE state <> 'shut off' AND (
    uuid = $uuid OR list_has_any(macs, $macs::VARCHAR[]) OR config_path IN (SELECT UNNEST($paths::VARCHAR[]))
    OR uuid IN (SELECT uuid FROM sharing) OR config_path IN (SELECT config FROM sharing)
    OR list_has_any(macs, (SELECT coalesce(list(mac) FILTER (mac IS NOT NULL), []) FROM sharing)))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A machine, and what tells copies of it: the hash of its content, and whether it is meant to run."""

    machine_id: str
    recorded: Recorded
    content: str | None
    reserved: bool

    def copies(self, other: Found) -> bool:
        """Tell whether one of both is a backup of the other: equal content, or not meant to run."""
        return self.reserved or other.reserved or (self.content is not None and self.content == other.content)


def found(con: duckdb.DuckDBPyConnection, machines: Sequence[str], pms: Iterable[str] = ()) -> list[Found]:
    """Return the machines of these identities in that order; paths that `pms` see stand first."""
    if not machines:
        return []
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in con.execute(_CLAIMS, [[*machines]]).fetchall():
        rows[row[0]].append(dict(zip(_COLUMNS, row, strict=True)))
    disks: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for machine, source, exclusive in con.execute(_DISKS, [[*machines]]).fetchall():
        disks[machine].append((unescape(source), exclusive))
    preferred = frozenset(pms)
    return [_found(machine, rows[machine], disks[machine], preferred) for machine in machines if rows[machine]]


def rivals(con: duckdb.DuckDBPyConnection, ones: Sequence[Found], pms: Sequence[str]) -> dict[str, list[Recorded]]:
    """Return for each machine the others on these hosts that share a name with it and are no copies of it."""
    rows = con.execute(_RIVALS, {"machines": [one.machine_id for one in ones], "pms": [*pms]}).fetchall()
    others = {other.machine_id: other for other in found(con, list({machine for _, machine in rows}), pms)}
    shared: dict[str, list[Found]] = defaultdict(list)
    for one, machine in rows:
        shared[one] += [others[machine]] if machine in others else []
    return {
        one.machine_id: [other.recorded for other in shared[one.machine_id] if not one.copies(other)] for one in ones
    }


def hosts_running(con: duckdb.DuckDBPyConnection, machine_id: str, recorded: Recorded) -> list[str]:
    """Return the hosts on which a scan saw a guest that has the machine's UUID, a MAC or its configuration.

    And those on which it saw one that is configured with an exclusive disk of the machine.
    """
    values = {
        "machine": machine_id,
        "uuid": recorded.uuid,
        "macs": sorted(recorded.macs),
        "paths": list(recorded.paths),
    }
    return sorted(host for (host,) in con.execute(_GUESTS, values).fetchall())


def _found(
    machine_id: str, rows: Sequence[dict[str, Any]], disks: Sequence[tuple[str, bool]], preferred: frozenset[str]
) -> Found:
    ordered = sorted(rows, key=lambda row: (row["pm"] not in preferred, row["stale"]))
    first = ordered[0]
    paths = [path for row in ordered for path in (row["path"] or row["id"],) if path]
    recorded = Recorded(
        type=first["type"] or "",
        label=unescape(first["label"] or ""),
        uuid=_first(ordered, "uuid"),
        macs=frozenset(row["mac"] for row in rows if row["mac"]),
        paths=tuple(dict.fromkeys(map(unescape, paths))),
        disks=frozenset(source for source, _ in disks),
        exclusive=frozenset(source for source, exclusive in disks if exclusive),
        addresses=tuple(dict.fromkeys(row["tcp"] for row in ordered if row["tcp"])),
        hosts=tuple(dict.fromkeys(row["pm"] for row in ordered if row["pm"])),
        size=first["size"],
        mtime=first["mtime"],
        arch=_first(ordered, "arch"),
        program=_first(ordered, "exepath"),
        seen=f"{first['source_host'] or '-'} {first['seen_at'] or '-'}",
    )
    reserved = any((row["vmstate"] or "").upper() in _RESERVED for row in rows)
    return Found(machine_id, recorded, first["content_hash"], reserved)


def _first(rows: Sequence[dict[str, Any]], column: str) -> str | None:
    return next((str(row[column]) for row in rows if row[column]), None)
