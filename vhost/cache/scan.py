"""The facts of one scan, as they stand in the metadata of its segment."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
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


_INNER = re.compile(r'"exception_message":"((?:[^"\\]|\\.)*)"')


def brief(error: BaseException) -> str:
    """Return the first line of an error's text, without the class names that DuckDB puts before it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error).strip().split("\n", 1)[0]
    if inner := _INNER.search(text):  # an error inside of another one, as JSON
        text = inner[1].replace('\\"', '"')
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
    if not path.is_file():  # a pipe would be waited for
        raise ValueError("it is no regular file")
    rows = con.execute("SELECT key, value FROM parquet_kv_metadata(?)", [os.fspath(path)]).fetchall()
    try:
        return _scan(next((json.loads(value) for key, value in rows if key == METADATA.encode()), None))
    except RecursionError as error:
        raise ValueError(_NONE) from error


def _scan(facts: object) -> Scan:
    """Return a scan of facts that anybody may have written. Raises `ValueError`."""
    if not isinstance(facts, dict):
        raise ValueError(_NONE)  # noqa: TRY004 - what is wrong is the file
    version = facts.get("version", 0)
    if isinstance(version, int) and version > VERSION:
        raise ValueError(f"it has version {version:.12g}, this program reads up to {VERSION}")
    made = {**facts, **{name: tuple(facts.get(name, ())) for name in ("options", "types") if _texts(facts.get(name))}}
    if not set(_KINDS) <= set(made) <= set(_ALL) or not all(_ALL[name](value) for name, value in made.items()):
        raise ValueError(_NONE)
    return Scan(**made)


def _text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_text, value))


def _moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return _text(value)


def _mounts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_text, value.values()))


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _version(value: object) -> bool:
    return isinstance(value, int)


_NONE = "it is no segment of a scan"
_KINDS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("scan_id", "kind", "scanner", "observer", "source_host", "as_host", "root"), _text),
    "seen_at": _moment,
    "partial": _is_bool,
}
_ALL = {**_KINDS, "options": _texts, "types": _texts, "mounts": _mounts, "version": _version}
"""What tells whether a value of a fact can be one; those of `_KINDS` are always there."""
