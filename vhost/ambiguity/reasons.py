"""Why an address or a query fits several machines: their collisions, judged by the rules of the audit.

Only these machines and those that share a value with them are looked at, which a refusal can afford.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb

from vhost.ambiguity.gone import looked_for
from vhost.collisions.keys import KEYS, stage
from vhost.collisions.listing import order
from vhost.collisions.machines import CLAIM
from vhost.collisions.shared import FLEET_SIZE
from vhost.collisions.stages import STAGES
from vhost.schema import OWN_NETNAME

MOST: Final = 20
"""How many collisions a refusal names."""

SECONDS: Final = 2.0
"""How long a refusal looks whether files are still there."""

_LAST = "entry"
_STAGES: Final = STAGES[: [name for name, _ in STAGES].index(_LAST) + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One collision in which several of the machines take part, `machines` with others; see docs/audit.md."""

    key: str
    value: str
    cause: str
    severity: str
    why: str
    machines: int


def reasons(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> tuple[Reason, ...]:
    """Return the collisions between these machines, the worst first; none where they share no key."""
    if len(machines) < 2:
        return ()
    with _judged(con, machines):
        rows = con.execute(_REASONS, [MOST]).fetchall()
    return tuple(
        Reason(key=key, value=value, cause=cause, severity=severity, why=why, machines=count)
        for key, value, cause, severity, why, count in rows
    )


_REASONS = f"""
SELECT key, value, cause, severity, why, machines FROM entry SEMI JOIN (
    SELECT collision, cause FROM part JOIN named USING (machine_id) GROUP BY ALL HAVING count(DISTINCT machine_id) > 1
) USING (collision, cause) ORDER BY {order("entry.collision")} LIMIT ?
"""


@contextmanager
def _judged(con: duckdb.DuckDBPyConnection, machines: Sequence[str]) -> Iterator[None]:
    """Make the stages of the audit for these machines and drop them again."""
    con.execute("CREATE OR REPLACE TEMP TABLE named AS SELECT unnest(?::VARCHAR[]) AS machine_id", [[*machines]])
    con.execute(f"CREATE OR REPLACE TEMP TABLE beside AS {_BESIDE}")
    about = {"claim": f"{CLAIM} WHERE machine_id IN (FROM beside)", "fleet": FLEET_SIZE.format("machine")}
    made = ["named", "beside"]
    try:
        for name, sql in _STAGES:
            made.append(name)
            if name == "gone":
                looked_for(con, SECONDS)
            else:
                con.execute(f"CREATE TEMP TABLE {name} AS {about.get(name, sql)}")
        yield
    finally:
        _drop(con, made)


def _drop(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    for name in names:
        con.execute(f"DROP TABLE IF EXISTS temp.{name}")


_OWN = ", ".join(f"{OWN_NETNAME} AS netname" if key == "netname" else key for key in KEYS)
_SAME = " UNION ".join(
    f"SELECT machine_id FROM every WHERE {key} IN (SELECT {key} FROM own ANTI JOIN (FROM known WHERE key = '{key}')"
    f" AS nothing ON nothing.value = lower(own.{key}))"
    for key in KEYS
)
_BESIDE = f"""
WITH every AS (SELECT machine_id, {_OWN} FROM machine), own AS (FROM every SEMI JOIN named USING (machine_id)),
known AS ({stage()})
SELECT machine_id FROM named UNION {_SAME}
"""
"""The machines and all that share a value with one of them that identifies something."""
