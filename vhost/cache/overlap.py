"""Places that several scans cover: of one observer's scans as one PM, the newest that covers a path decides.

Without this, a file that a later scan of the whole pool saw vanish would live on in an earlier scan of
its directory. A scan that could not look everywhere, or that was limited to some session types, decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from vhost.cache.scan import Scan, literal
from vhost.text import escape

Outdone = tuple[str, str]
"""A scan, and the root below which a newer one decides."""


def outdone(scans: Iterable[Scan]) -> list[Outdone]:
    """Return which scans no longer count below which (escaped) roots."""
    views: dict[tuple[str, ...], list[Scan]] = defaultdict(list)
    for scan in scans:
        if scan.kind == "machine":
            views[scan.scanner, scan.observer, scan.as_host, *scan.options].append(scan)
    return [
        (older.scan_id, escape(newer.root))
        for together in views.values()
        for newer in together
        if not newer.partial and not newer.types
        for older in together
        if older.seen_at < newer.seen_at and _overlap(older.root, newer.root)
    ]


def _overlap(one: str, other: str) -> bool:
    return _below(one, other) or _below(other, one)


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def condition(outdone: Sequence[Outdone]) -> str:
    """Return the SQL condition of rows that still count; empty if all do."""
    return " AND ".join(_undecided(scan_id, root) for scan_id, root in outdone)


def _undecided(scan_id: str, root: str) -> str:
    inside = f"path = {literal(root)} OR starts_with(path, {literal(root.rstrip('/') + '/')})"
    return f"NOT (scan_id = {literal(scan_id)} AND ({inside}))"
