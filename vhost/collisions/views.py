"""The views of a snapshot that show its collisions, for any program that opens it."""

from __future__ import annotations

import re
from typing import Final

from vhost.collisions import naming
from vhost.collisions.stages import PASSING, STAGES
from vhost.schema import Column, quoted

_COLLISION = (
    Column("key", "VARCHAR", "the key that is shared: label, id, uuid, mac, tcp or netname"),
    Column("value", "VARCHAR", "its value"),
    Column("cause", "VARCHAR", "why: one of the causes of docs/audit.md"),
)

VIEWS: Final[dict[str, tuple[tuple[Column, ...], str]]] = {
    "collision": (
        (
            *_COLLISION,
            Column("severity", "VARCHAR", "info, warning, error or critical"),
            Column("why", "VARCHAR", "the cause in a sentence"),
            Column("ties", "VARCHAR[]", "every key of which the machines share a value"),
            Column("machines", "BIGINT", "how many machines take part"),
            Column("running", "BIGINT", "how many of them run, as far as is known"),
        ),
        "count AS machines",
    ),
    "collision_member": (
        (
            *_COLLISION,
            Column("role", "VARCHAR", "original or backup, old or new place; else NULL"),
            Column("machine_id", "VARCHAR", "the machine"),
            Column("pm", "VARCHAR", "the first PM that sees it"),
            Column("type", "VARCHAR", "what runs it"),
            Column("label", "VARCHAR", "its label, as it was seen last"),
            Column("id", "VARCHAR", "the path of its configuration, as it was seen last"),
            Column("uuid", "VARCHAR", "its UUID, as it was seen last"),
            Column("macs", "VARCHAR[]", "its MACs"),
            Column("tcps", "VARCHAR[]", "its addresses"),
            Column("paths", "VARCHAR[]", "where it is seen: PM:path"),
            Column("running", "BOOLEAN", "whether it runs; NULL where nobody knows"),
            Column("seen_at", "TIMESTAMP", "when it was seen last (UTC)"),
        ),
        "unnest(machines) AS one",
    ),
    "collision_evidence": (
        (
            *_COLLISION,
            Column("fact", "VARCHAR", "what was said or compared"),
            Column("source", "VARCHAR", "who said it"),
            Column("seen_at", "VARCHAR", "when (UTC, ISO 8601)"),
        ),
        "unnest(evidence) AS one",
    ),
    "contradiction": (
        (
            Column("machine_id", "VARCHAR", "the machine"),
            Column("key", "VARCHAR", "what is contradicted: label, uuid, mac or tcp"),
            Column("value", "VARCHAR", "what the source says that counts most"),
            Column("kind", "VARCHAR", "what kind of source that is: config, dhcp, lease, dns, arp, guest"),
            Column("source", "VARCHAR", "which one"),
            Column("seen_at", "TIMESTAMP", "when it said so (UTC)"),
            Column("other", "VARCHAR", "what another source says"),
            Column("other_kind", "VARCHAR", "what kind of source that is"),
            Column("other_source", "VARCHAR", "which one"),
            Column("other_seen_at", "TIMESTAMP", "when it said so (UTC)"),
            Column("about", "VARCHAR", "the interface or name that both speak of"),
        ),
        "",
    ),
    "dns_disagreement": (
        (
            Column("kind", "VARCHAR", "who says otherwise: forward, reverse, server; config, dhcp, lease or arp"),
            Column("name", "VARCHAR", "the name that DNS speaks of; NULL where others speak of a MAC"),
            Column("address", "VARCHAR", "the address that DNS says; an IPv6 one of a reverse name is written out"),
            Column("source", "VARCHAR", "the server that says so"),
            Column("seen_at", "TIMESTAMP", "when it said so (UTC)"),
            Column("other", "VARCHAR", "what is said otherwise; NULL where it is said that there is nothing"),
            Column("other_source", "VARCHAR", "who says that"),
            Column("other_seen_at", "TIMESTAMP", "when it was said (UTC)"),
            Column("machine_id", "VARCHAR", "the machine, where one is spoken of"),
        ),
        "",
    ),
}
"""Every view: its columns, and what it takes of the described collisions; those without stand for themselves."""

BASE: Final = "described_collision"
"""The view that the others read, so that a snapshot holds the long statement once."""

_MACHINE = (
    "machine VARCHAR, pm VARCHAR, type VARCHAR, label VARCHAR, id VARCHAR, uuid VARCHAR, mac VARCHAR, tcp VARCHAR,"
    " paths VARCHAR[], running BOOLEAN, role VARCHAR, macs VARCHAR[], tcps VARCHAR[], vmstate VARCHAR,"
    " seen_at TIMESTAMP"
)
_BASE = {
    "entry": "UBIGINT",
    **{column.name: column.type for column in _COLLISION},
    "severity": "VARCHAR",
    "why": "VARCHAR",
    "ties": "VARCHAR[]",
    "count": "BIGINT",
    "running": "BIGINT",
    "machines": f"STRUCT({_MACHINE})[]",
    "evidence": "STRUCT(kind VARCHAR, fact VARCHAR, source VARCHAR, seen_at VARCHAR)[]",
}

_READ: Final = {BASE: _BASE, "contradiction": {column.name: column.type for column in VIEWS["contradiction"][0]}}
"""The views that others read, and their columns in order; the types are checked by DuckDB whenever one is read."""

_STAGE_OF: Final = {"contradiction": "contradicted", BASE: "described"}


def statements(schema: str) -> list[str]:
    """Return the CREATE VIEW statements, in order; `temp` is the schema of a connection.

    DuckDB binds the query of a view that it creates, and those of all views that this one reads, which is what
    creating them costs. So a view that others read has an empty query of the same columns until they are created.
    """
    others = [name for name in VIEWS if name not in _READ]
    return [
        *(_create(schema, name, _empty(columns)) for name, columns in _READ.items()),
        *(_create(schema, name, _select(name)) for name in others),
        *(_create(schema, name, _chain(_STAGE_OF[name]), "OR REPLACE ") for name in _READ),
    ]


def _create(schema: str, name: str, select: str, how: str = "") -> str:
    kind = f"TEMP VIEW {quoted(name)}" if schema == "temp" else f"VIEW {quoted(schema)}.{quoted(name)}"
    return f"CREATE {how}{kind} AS {select}"


def _empty(columns: dict[str, str]) -> str:
    return f"SELECT {', '.join(f'NULL::{kind} AS {quoted(name)}' for name, kind in columns.items())}"


def _select(name: str) -> str:
    columns, taken = VIEWS[name]
    if not taken:
        return _chain(name)
    shown = ", ".join(quoted(column.name) for column in columns)
    if name == "collision":
        return f"SELECT {shown} FROM (SELECT * REPLACE ({taken}) FROM {BASE})"
    own = [column.name for column in _COLLISION]
    listed = ", ".join(
        quoted(column.name)
        if column.name in own
        else f"one.{_OF.get(column.name, column.name)} AS {quoted(column.name)}"
        for column in columns
    )
    return f"SELECT {listed} FROM (SELECT {', '.join(own)}, {taken} FROM {BASE})"


_OF = {"machine_id": "machine"}


def _chain(name: str) -> str:
    """Return one statement of a stage and all those that it needs, each computed once."""
    stages = ", ".join(
        f"{stage} AS {'NOT ' if stage in PASSING else ''}MATERIALIZED ({sql})" for stage, sql in _needed(name)
    )
    return f"WITH {stages} SELECT * FROM {name}"


def _needed(name: str) -> list[tuple[str, str]]:
    needed: list[tuple[str, str]] = []
    for stage, sql in reversed((*STAGES, *naming.STAGES)):
        if stage == name:
            needed.append((stage, sql))
        elif any(re.search(rf"\b(?:FROM|JOIN)\s+{stage}\b", other) for _, other in needed):
            needed.append((stage, _VIEWED.get(stage, sql)))
    return needed[::-1]


_VIEWED = {"contradicted": "FROM contradiction"}
"""Stages that are views themselves, which is where other views find them."""
