"""Finds the inode numbers that were used again: what is needed to tell machines apart while tables are filled."""

from __future__ import annotations

import duckdb

from vhost.identity import FILE_KEY, NEWEST, is_reused

NEVER = "false"


def reused(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    """Return SQL that is true for a claim of `rows` whose inode belongs to another file now.

    Hardly ever does a file have several contents, so the claims of those that do are looked at on their own.
    """
    claims = (
        f"(SELECT {FILE_KEY} AS key, content_hash, label, uuid, seen_at FROM {rows} WHERE content_hash IS NOT NULL)"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT key FROM {claims} WHERE key IS NOT NULL"
        " GROUP BY key HAVING min(hash(content_hash)) <> max(hash(content_hash))"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE reused AS WITH"
        f" claim AS (SELECT * FROM {claims} WHERE key IN (SELECT key FROM changed)), newest AS (SELECT key,"
        f" arg_max({{label: label, uuid: uuid, content: content_hash}}, {NEWEST}) AS claim FROM claim GROUP BY key)"
        " SELECT DISTINCT key, content_hash FROM claim JOIN newest USING (key)"
        f" WHERE {is_reused('newest.claim.label', 'newest.claim.uuid', 'newest.claim.content')}"
    )
    (count,) = con.execute("SELECT count(*) FROM reused").fetchone() or (0,)
    return f"({FILE_KEY}, content_hash) IN (SELECT (key, content_hash) FROM reused)" if count else NEVER
