"""The stages from claims to collisions, in the order in which they need each other; and the views made of them."""

from __future__ import annotations

from typing import Final

from vhost.collisions import (
    backups,
    causes,
    disagreements,
    entries,
    evidence,
    keys,
    listing,
    machines,
    moves,
    shared,
    sources,
)

STAGES: Final[tuple[tuple[str, str], ...]] = (
    ("claim", machines.CLAIM),
    ("sharing", shared.SHARING),
    ("shared", shared.SHARED),
    ("having_it", shared.HAVING),
    ("known", keys.stage()),
    ("fleet", shared.FLEET_SIZE.format("claim")),
    ("placeholder", shared.PLACEHOLDER),
    ("member", shared.MEMBER),
    ("seen_twice", moves.SEEN_TWICE),
    ("twins", moves.TWINS),
    ("moved_alone", moves.MOVED_ALONE),
    ("live", machines.GUEST),
    ("stated", sources.STATED),
    ("resolved", sources.RESOLVED),
    ("iface", sources.IFACE),
    ("contradicted", disagreements.CONTRADICTION),
    ("alone", entries.ALONE),
    ("spoken", moves.SPOKEN),
    ("known_machine", machines.MACHINE),
    ("writable", machines.DISK),
    ("disks", machines.DISKS),
    ("runs", machines.RUNS),
    ("running", machines.RUNNING),
    ("gone", machines.GONE),
    ("outdated", machines.OUTDATED),
    ("backup", backups.BACKUP),
    ("rest", causes.REST),
    ("segments", causes.SEGMENTS),
    ("trait", causes.TRAIT),
    ("tie", causes.TIE),
    ("facts", causes.FACTS),
    ("judged", causes.judged()),
    ("part", entries.PART),
    ("entry", entries.ENTRY),
    ("evidence", evidence.EVIDENCE),
    ("described", listing.DESCRIBED),
)
"""Name and SQL of every stage."""

PASSING: Final = ("claim", "described")
"""Stages that are read once: they are not worth a table."""
