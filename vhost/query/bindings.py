"""Search of the macmap: the `name;MAC;IP` claims of a snapshot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from vhost import normal
from vhost.cache.place import OLD_BINDINGS, SCANS, existing
from vhost.errors import MacmapMissing, UsageError
from vhost.query.expression import Pattern, translate
from vhost.query.predicate import Condition
from vhost.query.select import refusals_named

if TYPE_CHECKING:
    from vhost.cache.snapshot import Snapshot

_MAC_LIKE = re.compile(r"[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}")
_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One claim as its source spells it; a part that it lacks is empty. Times are ISO in UTC, empty where unknown."""

    name: str
    mac: str
    ip: str
    kind: str
    source: str
    segment: str
    seen_at: str
    expires_at: str
    stale: bool
    scan_key: str


@dataclass(frozen=True, slots=True)
class Term:
    """An expression that is searched in the line of a claim, and the MAC or address that it is, in normal form."""

    regex: str
    mac: str | None
    ip: str | None


def term(text: str, *, any_case: bool = False, pattern: Pattern | None = None) -> Term:
    """Return a term; `pattern` is its expression where it is known already. Raises `UsageError` for a broken one.

    One that holds `xx:xx`, as a MAC does, matches in either case; one that is a whole MAC or address
    finds it in any spelling.
    """
    either = "(?i)" if any_case or _MAC_LIKE.search(text) else ""
    return Term(either + (pattern or translate(text)).regex, normal.mac(text), normal.address(text))


def find(con: duckdb.DuckDBPyConnection, terms: Sequence[Term], *, every: bool = False) -> list[Found]:
    """Return the claims that all terms match, in the order of the bytes of their lines.

    A line is `name;MAC;IP;`, and `$` matches before its last `;` as well. What several sources say alike is
    returned once, as the first of them says it; with `every` as often as it is said.
    """
    tested = [condition(one) for one in terms]
    conditions = " AND ".join(one.sql for one in tested) or "true"
    with refusals_named():
        sql = _SELECT.format(conditions, "" if every else ALIKE)
        rows = con.execute(sql, [value for one in tested for value in one.params]).fetchall()
    return [Found(*row) for row in rows]


def condition(one: Term) -> Condition:
    """Return the SQL condition of a term over a row of `binding`."""
    return Condition(_MATCHES, [one.regex, one.regex, one.mac, one.ip])


ALIKE = (
    "QUALIFY scan_id = first_value(scan_id) OVER"
    " (PARTITION BY name, mac, ip ORDER BY source_kind <> 'macmap', source_kind, scan_id)"
)
"""Leaves of the claims that are alike those of the first source; within one source all stay."""

_MATCHES = (
    "(regexp_matches(line, ?) OR regexp_matches(regexp_replace(line, ';$', ''), ?)"
    " OR coalesce(mac = ?, false) OR coalesce(ip = ?, false))"
)
_SELECT = (
    "SELECT split_part(line, ';', 1), split_part(line, ';', 2), split_part(line, ';', 3), source_kind, source,"
    " coalesce(segment, ''), strftime(seen_at, '%Y-%m-%dT%H:%M:%SZ'),"
    " coalesce(strftime(expires_at, '%Y-%m-%dT%H:%M:%SZ'), ''), coalesce(stale, false),"
    " (SELECT scan_key FROM scan WHERE scan.scan_id = binding.scan_id)"
    " FROM binding WHERE {} {} ORDER BY line, source, number"
)


def search(snapshot: Snapshot, patterns: Sequence[str], *, any_case: bool = False, every: bool = False) -> list[Found]:
    """Return the claims that each pattern matches, pattern by pattern, without removing duplicates; none: all.

    Raises `UsageError`, or `MacmapMissing` if no database of the snapshot has a macmap.
    """
    if len(patterns) > _LIMIT:
        raise UsageError("patterns", f"{len(patterns)} patterns, {_LIMIT} are allowed")
    terms = [[term(pattern, any_case=any_case)] for pattern in patterns] or [[]]
    _require(snapshot)
    return [found for one in terms for found in find(snapshot.con, one, every=every)]


def _require(snapshot: Snapshot) -> None:
    bound = snapshot.con.execute("SELECT 1 FROM scan WHERE kind = 'binding' LIMIT 1").fetchone()
    if bound is None and not any(map(_has_macmap, snapshot.directories)):
        raise MacmapMissing(
            str(snapshot.directories[0]), "holds no macmap", "fill it: vhost macmap import /etc/dhcp/dhcpd.conf"
        )


def _has_macmap(directory: Path) -> bool:
    return (directory / OLD_BINDINGS).is_file()


def searched(directories: Sequence[Path]) -> list[Path]:
    """Return the databases of a list that have a macmap, or all if none has. Raises `DatabaseMissing`."""
    there = [existing(directory) for directory in directories]
    return [directory for directory in there if _has_macmap(directory) or (directory / SCANS).is_dir()] or there
