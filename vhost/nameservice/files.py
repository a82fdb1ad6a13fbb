"""Reads zone files into claims."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vhost.cache.claim_buffer import Buffer, DnsSource
from vhost.errors import SourceMissing
from vhost.nameservice.request import Place

if TYPE_CHECKING:
    from scanners.dns.zone_file import Zone
    from scanners.dns.zone_reader import Row


def read(path: Path, zone: str | None, work: Path) -> Place:
    """Return what a zone file says; `zone` is its name where it does not say it itself."""
    from scanners.dns import zone_file  # noqa: PLC0415 - dnspython takes a while to load

    absolute = os.path.abspath(path)  # noqa: PTH100 - links stay as the user spells them
    place = Place(root=absolute, what=str(path), how="read")
    now = datetime.now(UTC)
    try:
        with Buffer(work / f"{len(os.listdir(work))}.file.arrow", "dns") as buffer:  # noqa: PTH208 - only their number

            def took(rows: Sequence[Row], of: Zone) -> None:
                source = DnsSource(server=f"file:{absolute}", zone=of.name, serial=of.serial, seen_at=now)
                owners, types, ttls, values = zip(*rows, strict=True)
                buffer.add_dns(source, owners, types, values, ttls)

            zone_file.read(path, zone, took)
    except SourceMissing as problem:
        place.fail(f"{problem.problem}; {problem.advice}")
    except zone_file.ZoneFileBroken as problem:
        place.fail(str(problem))
    else:
        place.claims = buffer.buffered()
    return place
