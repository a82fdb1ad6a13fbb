"""Publishes a snapshot: built beside, renamed to a name never used before, the link swung to it.

Nobody ever writes to a database that others read. Whatever happens on the way, the old snapshot
or the new one is there; what an earlier publisher left behind is removed by the next.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from vhost.cache import collision_views, history, manifest
from vhost.cache.build import build, connection
from vhost.cache.place import LINK, LOCK, SCANS, snapshots
from vhost.cache.scan import Report, brief, literal
from vhost.errors import DatabaseUnusable
from vhost.progress import waiting

FORMAT = 5
"""The version of the tables; a program refuses snapshots of a newer one."""

STORAGE = "v1.4.0"
"""The DuckDB storage version: any DuckDB since 1.4 opens it."""

_ROWS = 1 << 15
"""Rows of a row group: several threads can fill 100,000 of them; more at a time take more time and memory."""

_STORED = f"STORAGE_VERSION '{STORAGE}', ROW_GROUP_SIZE {_ROWS}"

KEPT = 2
"""How many snapshots stay: the newest, and the one that readers may just be opening."""

LOCK_SECONDS = 120.0


@contextmanager
def locked(directory: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock of a database. Raises `DatabaseUnusable` when it cannot be had within the time."""
    path = directory / LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o664)
    except OSError as error:
        raise DatabaseUnusable(str(path), brief(error), "a publisher must be able to write here") from error
    try:
        _wait_for(handle, path, seconds)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, path: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise DatabaseUnusable(str(path), "another publisher holds the lock", "try again later") from None
            time.sleep(0.05)
        else:
            return


def publish(directory: Path, skipped: Report) -> Path:
    """Build a snapshot from the sources as they are now, publish it and return its path.

    The caller holds the lock. Raises `DatabaseUnusable`; the old snapshot then stays.
    """
    list(sweep(directory))
    temporary = directory / f"cache.duckdb.{os.getpid()}.tmp"
    try:
        with waiting(f"publishing {directory}"):
            _write(temporary, directory, skipped)
        return _reveal(temporary, directory)
    except (OSError, duckdb.Error) as error:
        raise DatabaseUnusable(
            str(directory), f"no snapshot could be published: {brief(error)}", _advice(error)
        ) from error
    finally:
        _remove(temporary)


def _advice(error: Exception) -> str:
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if full or "No space left" in str(error):
        return "make room there; what was scanned is stored, the next query or scan publishes it"
    return "what was scanned is stored, the next query or scan publishes it"


def _write(temporary: Path, directory: Path, skipped: Report) -> None:
    sources = manifest.taken(directory)
    stamp = time.time_ns() // 10**9 * 10**9  # whole seconds: the finest that every file system keeps
    with connection(temporary.with_suffix(".spill")) as con:
        con.execute(f"ATTACH {literal(os.fspath(temporary))} AS snapshot ({_STORED})")
        build(con, "snapshot", directory, sources, skipped)
        history.record(con, "snapshot", directory, datetime.now(UTC).replace(tzinfo=None))
        collision_views.store(con, "snapshot")
        facts = [("format", str(FORMAT)), ("stamp", str(stamp)), ("manifest", manifest.written(sources))]
        con.executemany("INSERT INTO snapshot.meta VALUES (?, ?)", facts)
        con.execute("CHECKPOINT snapshot")
        con.execute("DETACH snapshot")
    if temporary.with_name(temporary.name + ".wal").exists():
        raise OSError(errno.EIO, "DuckDB left a write-ahead log behind")
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    temporary.chmod(0o444)
    os.utime(temporary, ns=(stamp, stamp))


def _reveal(temporary: Path, directory: Path) -> Path:
    """Give the snapshot its name, swing the link to it and remove what is older than the last two."""
    present = snapshots(directory)
    number = max(int(time.time()), present[-1][0] + 1 if present else 0)  # new even if all others were deleted
    final = directory / f"cache-{number}.duckdb"
    temporary.rename(final)
    link = directory / f"{LINK}.{os.getpid()}.link"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    link.replace(directory / LINK)
    _sync(directory)
    for _, name in present[: 1 - KEPT] if KEPT > 1 else present:
        _remove(directory / name)
    return final


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems cannot; the names are there all the same
            os.fsync(handle)
    finally:
        os.close(handle)


def sweep(directory: Path) -> Iterator[str]:
    """Remove what publishers that were killed left behind, and return its names.

    The caller holds the lock, so none is at work.
    """
    for entry in sorted(directory.iterdir()):
        if entry.name.startswith(f"{LINK}.") and entry.name.rsplit(".", 1)[-1] in {"tmp", "link", "spill", "wal"}:
            _remove(entry)
            yield entry.name
    for entry in sorted((directory / SCANS).glob("*/.*.tmp")):
        entry.unlink(missing_ok=True)
        yield str(entry.relative_to(directory))


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    with suppress(OSError):
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
    spill = path.with_suffix(".spill")
    if path.suffix == ".tmp" and spill.exists():
        shutil.rmtree(spill, ignore_errors=True)
