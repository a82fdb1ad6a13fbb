"""The facts of one scan, as they stand in the metadata of its segment."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

import duckdb

from vhost.cache.manifest import Manifest, Source
from vhost.cache.place import SCANS

METADATA = "vhost_scan"
VERSION = 1

Report = Callable[[str, str], None]
"""Told of a source that had to be left out: (name, reason)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The facts of one scan; `seen_at` is an ISO time in UTC, `as_host` the PM whose view it is.

    `options` are those that change what a scan sees, `types` the session types that it was limited to,
    `mounts` the file systems by their mount points.
    """

    scan_id: str
    kind: str
    scanner: str
    observer: str
    source_host: str
    as_host: str
    root: str
    seen_at: str
    partial: bool
    options: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    mounts: Mapping[str, str] = field(default_factory=dict)
    version: int = VERSION

    @property
    def key(self) -> str:
        """Return the name of the directory of this place and view: readable, and unique by a hash."""
        return scan_key(self.scanner, self.observer, self.as_host, self.root)

    def written(self) -> str:
        """Return the facts as the ASCII text that stands in the segment."""
        return json.dumps(asdict(self), ensure_ascii=True)


def scan_key(scanner: str, observer: str, as_host: str, root: str) -> str:
    """Return the directory name of a scan of one root by one observer as one PM."""
    identity = f"{scanner}\0{observer}\0{as_host}\0{root}".encode(errors="surrogateescape")
    readable = re.sub("[^A-Za-z0-9.]+", "-", f"{scanner}-{as_host}-{root}").strip("-.")[:80]
    return f"{readable}-{hashlib.blake2b(identity, digest_size=5).hexdigest()}"


def literal(text: str) -> str:
    """Return an SQL string. For what cannot be bound: file names in COPY and ATTACH, and metadata."""
    return "'" + text.replace("'", "''") + "'"


def brief(error: BaseException) -> str:
    """Return the first line of an error's text, without the class names that DuckDB puts before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error).strip().split("\n", 1)[0]
    return re.sub(r"^(?:[A-Za-z]+ ){0,3}(?:Error|Exception): ", "", text) or type(error).__name__


def newest_scans(
    con: duckdb.DuckDBPyConnection, directory: Path, sources: Manifest, skipped: Report
) -> list[tuple[Source, Scan]]:
    """Return source and facts of the newest readable segment of every scan key.

    A damaged segment is reported and the one before it counts.
    """
    segments = [source for source in sources if source.name.startswith(f"{SCANS}/")]
    by_key = groupby(segments, key=lambda source: source.folder)
    found = []
    for _, group in by_key:
        for source in sorted(group, key=lambda source: source.number, reverse=True):
            try:
                found.append((source, read(con, directory / source.name)))
                break
            except (duckdb.Error, ValueError, TypeError, KeyError) as error:
                skipped(source.name, brief(error))
    return found


def read(con: duckdb.DuckDBPyConnection, path: Path) -> Scan:
    """Return the facts of a segment. Raises `duckdb.Error` or `ValueError` if it is damaged or newer than we are."""
    rows = con.execute("SELECT key, value FROM parquet_kv_metadata(?)", [os.fspath(path)]).fetchall()
    facts = next((json.loads(value) for key, value in rows if key == METADATA.encode()), None)
    if not isinstance(facts, dict):
        raise ValueError("it is no segment of a scan")  # noqa: TRY004 - what is wrong is the file
    if facts.get("version", 0) > VERSION:
        raise ValueError(f"it has version {facts['version']}, this program reads up to {VERSION}")
    lists = {name: tuple(facts.get(name, ())) for name in ("options", "types")}
    return Scan(**{**facts, **lists})
