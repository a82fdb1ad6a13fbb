"""Collisions in the formats for programs and documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vhost.ambiguity.audit import Audit, Collision
from vhost.ambiguity.wanted import Wanted
from vhost.errors import UsageError

FORMATS: Final = ("table", "json", "csv", "markdown", "html")

COLUMNS: Final = (
    "severity",
    "cause",
    "key",
    "value",
    "machine",
    "role",
    "pm",
    "type",
    "label",
    "id",
    "running",
    "address",
    "why",
)
"""The columns of CSV and Markdown: one row for each machine of a collision."""


def known(name: str) -> str:
    """Return the name of a format in lower case. Raises `UsageError` for one that is unknown."""
    if name.lower() not in FORMATS:
        raise UsageError("--format", f"unknown format {name[:80]!r}", f"known are {', '.join(FORMATS)}")
    return name.lower()


def json_lines(audit: Audit, wanted: Wanted) -> Iterator[str]:
    """Return one array with one object a line; see docs/audit.md."""
    waiting = None
    for text in audit.texts(wanted):
        yield from () if waiting is None else [f"{waiting},"]
        waiting = f"{'[' if waiting is None else ' '}{text}"
    yield "[]" if waiting is None else f"{waiting}]"


def rows(collisions: Iterable[Collision]) -> Iterator[tuple[object, ...]]:
    """Return a row for each machine of each collision, one without a machine for a placeholder."""
    for one in collisions:
        addresses = {resolution["machine"]: resolution["address"] for resolution in one.resolutions}
        begin = (one.severity, one.cause, one.key, one.value)
        for machine in one.machines or [{}]:
            named = [machine.get(name) for name in ("machine", "role", "pm", "type", "label", "id", "running")]
            yield (*begin, *named, addresses.get(machine.get("machine", "")), one.why)
