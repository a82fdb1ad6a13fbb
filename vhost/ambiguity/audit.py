"""The audit of an open snapshot: every stage from claims to collisions becomes a table, then they are read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from json import loads
from typing import Any

import duckdb

from vhost.ambiguity.gone import looked_for
from vhost.ambiguity.proposals import propose
from vhost.ambiguity.wanted import Wanted
from vhost.collisions.causes import SEVERITIES
from vhost.collisions.limits import MOMENT, variable
from vhost.collisions.listing import LISTED, ORDER
from vhost.collisions.stages import PASSING, STAGES
from vhost.query import select

_MEMORY = "1000MB"
_CHUNK = 1024
_COLUMNS = ("key", "value", "cause", "severity", "why", "also", "machines", "evidence", "resolutions", "accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """One collision as docs/audit.md describes it; machines, evidence and resolutions by the names of their columns.

    `accepted` is the reason that an accept file gives; None without one.
    """

    key: str
    value: str
    cause: str
    severity: str
    why: str
    also: list[str]
    machines: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    resolutions: list[dict[str, Any]]
    accepted: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A collision in short: its number in this audit, what it is, and for each machine identity and paths."""

    entry: int
    key: str
    value: str
    cause: str
    severity: str
    accepted: str | None
    machines: list[list[str]]


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit that was made; it can be read as often as wanted while its snapshot is open."""

    con: duckdb.DuckDBPyConnection

    def collisions(self, wanted: Wanted) -> Iterator[Collision]:
        """Return the collisions, the worst first."""
        return map(_collision, self._rows(", ".join(_COLUMNS), wanted))

    def texts(self, wanted: Wanted) -> Iterator[str]:
        """Return each collision as the text of a JSON object."""
        written = {name: name if name in _JSON else f"coalesce(to_json({name})::VARCHAR, 'null')" for name in _COLUMNS}
        parts = [f"'\"{name}\":' || {sql}" for name, sql in written.items()]
        made = " || ',' || ".join(parts)
        return (text for (text,) in self._rows(f"'{{' || {made} || '}}'", wanted))

    def briefs(self, keys: Sequence[str]) -> list[Brief]:
        """Return the collisions of some keys, accepted ones too, in short."""
        columns = "entry, key, value, cause, severity, accepted, machines"
        rows = self._rows(columns, Wanted(keys=tuple(keys), accepted=True))
        return [
            Brief(entry, key, value, cause, severity, accepted, _names(machines))
            for entry, key, value, cause, severity, accepted, machines in rows
        ]

    def entries(self, wanted: Wanted) -> set[int]:
        """Return the numbers of collisions."""
        return {entry for (entry,) in self._rows("entry", wanted)}

    def numbered(self, entries: Sequence[int]) -> dict[int, Collision]:
        """Return collisions by their numbers."""
        self.con.execute(
            f"SELECT entry, {', '.join(_COLUMNS)} FROM {_LISTED} WHERE entry IN (SELECT unnest(?))", [entries]
        )
        return {entry: _collision(row) for entry, *row in self.con.fetchall()}

    def counts(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        """Return how many there are that are not accepted: (severity, cause, number), the worst first."""
        condition, values = _condition(self.con, replace(wanted, accepted=False))
        counted = f"SELECT severity, cause, count(*), any_value({_RANK}) AS rank FROM {_LISTED} WHERE {condition}"
        found = self.con.execute(f"{counted} GROUP BY severity, cause ORDER BY rank DESC, cause", values).fetchall()
        return [(severity, cause, count) for severity, cause, count, _ in found]

    def accepted(self, wanted: Wanted) -> int:
        """Return how many are accepted, see `vhost.ambiguity.accepting`."""
        condition, values = _condition(self.con, replace(wanted, accepted=True))
        counted = f"SELECT count(accepted) FROM {_LISTED} WHERE {condition}"
        (count,) = self.con.execute(counted, values).fetchone() or (0,)
        return int(count)

    @property
    def partial(self) -> bool:
        """Tell whether a scan is damaged, so that it was left out of what was audited."""
        return self.con.execute("SELECT 1 FROM meta WHERE key = 'skipped' LIMIT 1").fetchone() is not None

    def _rows(self, columns: str, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
        condition, values = _condition(self.con, wanted)
        self.con.execute(f"SELECT {columns} FROM {_LISTED} WHERE {condition} ORDER BY {ORDER}", values)
        while chunk := self.con.fetchmany(_CHUNK):
            yield from chunk


_JSON = ("machines", "evidence", "resolutions")


def _names(machines: str) -> list[list[str]]:
    """Return identity and paths of each machine."""
    return [[one["machine"], *one["paths"]] for one in loads(machines)]


def _collision(row: Sequence[Any]) -> Collision:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Collision(**values | {name: loads(values[name]) for name in _JSON})


_LISTED = "(FROM listed LEFT JOIN accepted USING (entry))"
_RANK = f"list_position({list(SEVERITIES)}, severity)"


def _condition(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> tuple[str, list[Any]]:
    """Return the SQL condition of the wanted collisions and what is bound in it."""
    conditions = ["list_contains(?, key)", "list_contains(?, cause)", f"{_RANK} >= ?"]
    values = [list(wanted.keys), list(wanted.causes), SEVERITIES.index(wanted.severity) + 1]
    if not wanted.accepted:
        conditions.append("accepted IS NULL")
    if wanted.terms:
        sql, params = select.statement(con, wanted.terms, select.ALL, ["machine_id"])
        con.execute(f"CREATE OR REPLACE TEMP TABLE meant AS SELECT DISTINCT machine_id FROM ({sql})", params)
        conditions.append(
            "entry IN (SELECT entry FROM entry JOIN part USING (collision, cause) SEMI JOIN meant USING (machine_id))"
        )
    return " AND ".join(conditions), values


@contextmanager
def audited(
    con: duckdb.DuckDBPyConnection, limits: Mapping[str, timedelta] | None = None, at: datetime | None = None
) -> Iterator[Audit]:
    """Return the audit of everything that a snapshot holds; `limits` are those that are not the default.

    With a time (UTC, without a zone) it is judged as it was then, and no file is looked for.
    """
    with tempfile.TemporaryDirectory(prefix="vhost-") as spill:
        con.execute(f"SET memory_limit = '{_MEMORY}'")
        con.execute("SET temp_directory = ?", [spill])
        for kind, limit in (limits or {}).items():
            con.execute(f"SET VARIABLE {variable(kind)} = to_seconds(?)", [int(limit.total_seconds())])
        if at is not None:
            con.execute(f"SET VARIABLE {MOMENT} = ?::TIMESTAMP", [at])
        _materialise(con, looking=at is None)
        yield Audit(con)


def _materialise(con: duckdb.DuckDBPyConnection, *, looking: bool) -> None:
    for name, sql in STAGES:
        if name == "gone" and looking:
            looked_for(con)
        else:
            is_view = name in PASSING and not (name == "claim" and _is_united(con))
            con.execute(f"CREATE TEMP {'VIEW' if is_view else 'TABLE'} {name} AS {sql}")
    propose(con)
    con.execute(f"CREATE TEMP TABLE listed AS {LISTED}")
    con.execute("CREATE TEMP TABLE accepted (entry UBIGINT, accepted VARCHAR)")


def _is_united(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether `machine` is made anew at each use, as it is for several databases."""
    found = con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'machine' AND NOT internal").fetchone()
    return found != (0,)
