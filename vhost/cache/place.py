"""Where a database lies, and what its directory holds.

<db>/scans/<scan-key>/<seq>.parquet   what one scan of one place said
<db>/enum.fdb, <db>/macmap.fdb        the same in the old form
<db>/cache-<seq>.duckdb               the snapshot that is derived from them
<db>/cache.duckdb                     a symlink to the newest snapshot
<db>/lock                             held by the one publisher
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from vhost.config.place import is_there
from vhost.errors import DatabaseMissing

OLD_MACHINES = "enum.fdb"
OLD_BINDINGS = "macmap.fdb"
LINK = "cache.duckdb"
SCANS = "scans"
LOCK = "lock"

_SNAPSHOT = re.compile(r"cache-(\d+)\.duckdb")
_SEGMENT = re.compile(r"(\d+)\.parquet")


def chosen(option: str | None = None) -> list[Path]:
    """Return the databases of a call: `-p`, VHOST_DB, DEFAULT_DBPATHLST, the configured one, the old default, the new.

    A list is separated by `:` or `,`; a word without a slash may be a name of the configuration. Nothing is checked:
    a scan may create the directory. Raises as `vhost.config.reading.configuration` does.
    """
    for listed in (option, os.environ.get("VHOST_DB"), os.environ.get("DEFAULT_DBPATHLST")):
        if listed:
            paths = [path for part in re.split("[:,]", listed) if part for path in directories(part)]
            if paths:
                return paths
    if is_there():
        from vhost.config.reading import configuration  # noqa: PLC0415 - who has no configuration does not pay for it

        if (named := configuration().database) is not None:
            return list(directories(named))
    old = Path.home() / ".ctys/db/default"
    return [old] if old.is_dir() else [_new_default()]


def directories(word: str) -> tuple[Path, ...]:
    """Return the database that a word names: one of the configuration, or else a path."""
    if "/" in word or not is_there():
        return (Path(word).expanduser(),)
    from vhost.config.reading import configuration  # noqa: PLC0415 - as above

    return configuration().directories(word)


def _new_default() -> Path:
    if base := os.environ.get("XDG_DATA_HOME"):  # the answer of platformdirs, without its import
        return Path(base) / "vhost/db/default"
    from platformdirs import user_data_path  # noqa: PLC0415 - only where nothing else names a database

    return user_data_path("vhost", appauthor=False) / "db/default"


def existing(directory: Path) -> Path:
    """Return the directory. Raises `DatabaseMissing` if it is none."""
    if not directory.is_dir():
        raise DatabaseMissing(
            str(directory),
            "no such database",
            f"scan first: vhost scan tree -p '{directory}' PATH, or name another with -p",
        )
    return directory


def snapshot_number(name: str) -> int | None:
    """Return the number of a snapshot's file name, None if it is none."""
    match = _SNAPSHOT.fullmatch(name)
    return int(match[1]) if match else None


def segment_number(name: str) -> int | None:
    """Return the number of a segment's file name, None if it is none."""
    match = _SEGMENT.fullmatch(name)
    return int(match[1]) if match else None


def snapshots(directory: Path) -> list[tuple[int, str]]:
    """Return number and name of the snapshots, the newest last."""
    found = ((snapshot_number(entry.name), entry.name) for entry in directory.iterdir())
    return sorted((number, name) for number, name in found if number is not None)
