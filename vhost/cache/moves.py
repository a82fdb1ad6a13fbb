"""Finds files that moved: gone from one path, and since then with equal content at another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePosixPath

import duckdb

from vhost.cache.manifest import Manifest, Source
from vhost.cache.reuse import NEVER
from vhost.cache.scan import Scan, literal
from vhost.identity import machine_id


def earlier(sources: Manifest, scans: Sequence[tuple[Source, Scan]]) -> list[str]:
    """Return the segments of machines that newer ones of the same place have replaced."""
    newest = {
        os.fspath(PurePosixPath(source.name).parent): source.number for source, scan in scans if scan.kind == "machine"
    }
    return [source.name for source in sources if source.folder in newest and source.number < newest[source.folder]]


def fill_moved(con: duckdb.DuckDBPyConnection, schema: str, before: Sequence[str], now: Sequence[str]) -> None:
    """Fill the table `moved`: from earlier segments, which may be damaged, and the machines that are known now."""
    readable = [path for path in before if _is_readable(con, path)]
    if not readable:
        return
    listed = ", ".join(map(literal, [*readable, *now]))
    columns = "observer, pm, path, content_hash"
    rows = f"read_parquet([{listed}], union_by_name = true)"
    kept = f"(SELECT * FROM {rows} WHERE line IS NOT NULL AND content_hash IS NOT NULL)"
    con.execute(
        f"INSERT INTO {schema}.moved"
        f" WITH here AS (SELECT DISTINCT {columns}, machine_id FROM {schema}.machine),"
        f" sighted AS (SELECT {columns}, arg_max({machine_id(NEVER)}, seen_at) AS machine_id,"
        f" min(seen_at) AS first_seen, max(seen_at) AS last_seen FROM {kept} GROUP BY ALL),"
        f" lost AS (FROM sighted ANTI JOIN here USING (observer, pm, path)),"
        " appeared AS (SELECT here.*, first_seen FROM here JOIN sighted USING (observer, pm, path, content_hash))"
        " SELECT DISTINCT lost.machine_id, lost.pm, lost.path, lost.content_hash, lost.last_seen, appeared.first_seen,"
        " appeared.machine_id, appeared.pm, appeared.path"
        " FROM lost JOIN appeared USING (content_hash) WHERE appeared.first_seen > lost.last_seen"
    )


def _is_readable(con: duckdb.DuckDBPyConnection, path: str) -> bool:
    if not os.path.isfile(path):  # noqa: PTH113 - of a text; a pipe would be waited for
        return False
    try:
        con.execute("SELECT count(*) FROM parquet_metadata(?)", [path])
    except duckdb.Error:
        return False
    return True
