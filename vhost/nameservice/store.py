"""Stores what became of places that were asked, and tells under which key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vhost.cache.scan import scan_key
from vhost.cache.segment import newest_first
from vhost.host import observer, own_name
from vhost.keep import CARRIED, Said, keep
from vhost.nameservice.request import SCANNER, Place

if TYPE_CHECKING:
    from vhost.cache.claim_segment import Change
    from vhost.cache.scan import Report


def key(root: str) -> str:
    """Return the key of the scans of a place."""
    return scan_key(SCANNER, observer(), own_name(), root)


def stored(places: Sequence[Place], directory: Path, skipped: Report, *, publishing: bool = True) -> list[Change]:
    """Store a segment for each place and return what changed. Raises `DatabaseUnusable`.

    A place that could not be read, and never was, leaves nothing behind; what was known of another has not vanished.
    """
    kept = [place for place in places if place.claims is not None or newest_first(directory, key(place.root))]
    changes = keep(directory, [_said(place) for place in kept], skipped, publishing=publishing) if kept else []
    both = zip(kept, changes, strict=True)
    return [replace(change, vanished=0) if place.claims is None else change for place, change in both]


def _said(place: Place) -> Said:
    return Said(
        kind="dns",
        scanner=SCANNER,
        root=place.root,
        claims=() if place.claims is None else place.claims,
        findings=place.findings,
        partial=place.partial,
        carry=CARRIED if place.partial else None,
    )
