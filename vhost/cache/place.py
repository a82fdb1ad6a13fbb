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
from vhost.errors import DatabaseMissing, UsageError
from vhost.home import expanded, home

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
    a scan may create the directory. Raises as `vhost.config.reading.configuration` does, and `UsageError` for a path
    that cannot be one of a database.
    """
    return [_possible(path) for path in _chosen(option)]


def _chosen(option: str | None) -> list[Path]:
    for listed in (option, os.environ.get("VHOST_DB"), os.environ.get("DEFAULT_DBPATHLST")):
        if listed:
            paths = [path for part in re.split("[:,]", listed) if part for path in directories(part)]
            if paths:
                return paths
    if is_there():
        from vhost.config.reading import configuration  # noqa: PLC0415 - who has no configuration does not pay for it

        if (named := configuration().database) is not None:
            return list(directories(named))
    old = home() / ".ctys/db/default"
    return [old] if old.is_dir() else [_new_default()]


def directories(word: str) -> tuple[Path, ...]:
    """Return the database that a word names: one of the configuration, or else a path."""
    if "/" in word or not is_there():
        return (expanded(word),)
    from vhost.config.reading import configuration  # noqa: PLC0415 - as above

    return configuration().directories(word)


def _possible(path: Path) -> Path:
    """Return the path. Raises `UsageError` for one that the engine cannot open: it takes UTF-8 only, and no `?`.

    What follows a `?` are options to it, so its journal would be another file.
    """
    whole = os.path.abspath(path)  # noqa: PTH100 - `resolve` would follow every link for it
    if "?" in whole:
        raise UsageError(str(path), "has a '?' in its path, which the engine cannot open", "name another directory")
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        raise UsageError(str(path), "is no UTF-8, so no database can be there", "name another directory") from error
    return path


def _new_default() -> Path:
    """Return what platformdirs would say, without its import and its demand for a home."""
    return Path(os.environ.get("XDG_DATA_HOME") or home() / ".local/share") / "vhost/db/default"


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
