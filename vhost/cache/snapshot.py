"""Readers: open the newest snapshot read-only, publishing first if its sources have changed.

A snapshot is not trusted blindly: one that somebody opened for writing (a write-ahead log beside
it, another mtime than the publisher gave it, a lock on it) is left alone and replaced.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from vhost.cache import manifest
from vhost.cache.place import LINK, OLD_BINDINGS, OLD_MACHINES, SCANS, existing
from vhost.errors import DatabaseUnusable, MacmapMissing, SourceMissing

if TYPE_CHECKING:
    from vhost.cache.numbering import Arrangement

FORMAT = 5
"""The version of the tables; a newer snapshot is refused."""

Hint = Callable[[str], None]
"""Told what a user may want to know, in one line."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open view of one or several databases: the tables of `vhost.schema.TABLES` by their names."""

    con: duckdb.DuckDBPyConnection
    directories: tuple[Path, ...]


@contextmanager
def opened(
    directories: Sequence[Path],
    *,
    static: bool = False,
    hint: Hint = lambda _: None,
    machines: bool = True,
    arrangement: Arrangement | None = None,
) -> Iterator[Snapshot]:
    """Return the databases as one, rebuilt where their sources have changed.

    `static` takes any snapshot as it is. Without `machines` a database that holds nothing but a macmap
    will do. With an `arrangement` no snapshot is used or made: the sources are read as they are now.
    Raises `DatabaseMissing`, `SourceMissing`, `MacmapMissing` or `DatabaseUnusable`.
    """
    wanted = tuple(dict.fromkeys(directories))
    for directory in wanted:
        _check(directory, machines=machines, macmap=arrangement is None or arrangement.bound)
    if arrangement is not None:
        con = _read(wanted, hint, arrangement)
    elif len(wanted) == 1:
        con = _single(wanted[0], hint, static=static)
    else:
        con = _several(wanted, hint, static=static)
    try:
        yield Snapshot(con, wanted)
    finally:
        con.close()


@contextmanager
def left(directory: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Return a connection to the snapshot that was published last, None if there is none; nothing is rebuilt.

    Raises `DatabaseUnusable` for one of a newer version.
    """
    con = _connected(directory)
    try:
        yield con
    finally:
        if con is not None:
            con.close()


def _single(directory: Path, hint: Hint, *, static: bool) -> duckdb.DuckDBPyConnection:
    con = _current(directory, hint, static=static) or _published(directory, hint, static=static)
    return con if con is not None else _in_memory(directory, hint)


def _current(directory: Path, hint: Hint, *, static: bool) -> duckdb.DuckDBPyConnection | None:
    """Return a connection to the newest snapshot if it may be used, else None."""
    sources = manifest.taken(existing(directory))
    con = _connected(directory)
    if con is None:
        return None
    fresh = _facts(con).get("manifest") == manifest.written(sources)
    if not fresh and static:
        hint(f"{directory}: the sources are newer than the snapshot, which is used as it is (-s)")
    if fresh or static:
        for (said,) in con.execute("SELECT value FROM meta WHERE key = 'skipped' ORDER BY ALL").fetchall():
            hint(f"{directory}/{said}")
        return con
    con.close()
    return None


def _check(directory: Path, *, machines: bool, macmap: bool) -> None:
    """Raise if a database is missing or lacks what it needs."""
    names = {source.name for source in manifest.taken(existing(directory))}
    if any(name.startswith(SCANS) for name in names):
        return
    if machines and OLD_MACHINES not in names:
        raise SourceMissing(str(directory), "holds no records", f"scan first: vhost scan tree -p '{directory}' PATH")
    if macmap and OLD_BINDINGS not in names:
        raise MacmapMissing(
            str(directory),
            f"{OLD_BINDINGS} is missing",
            f"restore it, or create it empty: touch '{directory / OLD_BINDINGS}'",
        )


def _connected(directory: Path) -> duckdb.DuckDBPyConnection | None:
    """Return a connection to the newest snapshot, None if there is none that its publisher left as it is."""
    try:
        path = Path(os.path.realpath(directory / LINK, strict=True))
        facts = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(facts.st_mode):  # a pipe would be waited for
        return None
    if path.with_name(path.name + ".wal").exists():
        return None
    try:
        con = duckdb.connect(os.fspath(path), read_only=True)
    except (duckdb.Error, OSError):
        return None
    if _sound(con, path, facts.st_mtime_ns):
        return con
    con.close()
    return None


def _sound(con: duckdb.DuckDBPyConnection, path: Path, stamp: int) -> bool:
    try:
        facts = _facts(con)
        version = int(facts.get("format", 0))
    except (duckdb.Error, ValueError):
        return False
    if version > FORMAT:
        con.close()
        raise DatabaseUnusable(
            str(path),
            f"the snapshot has version {version}, this program reads up to {FORMAT}",
            "use the newer vhost, or rebuild it with this one: vhost db rebuild",
        )
    return version == FORMAT and facts.get("stamp") == str(stamp)


def _facts(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT key, value FROM meta").fetchall())


def _published(directory: Path, hint: Hint, *, static: bool) -> duckdb.DuckDBPyConnection | None:
    """Return a connection to a snapshot that was published just now, None if none could be."""
    from vhost.cache.publish import locked, publish  # noqa: PLC0415 - most queries need no publisher

    try:
        with locked(directory):
            con = _current(directory, hint, static=static)  # somebody may have published while we waited
            if con is None:
                publish(directory, lambda name, reason: hint(f"{directory / name}: left out: {reason}"))
    except DatabaseUnusable as error:
        if os.access(directory, os.W_OK):
            hint(f"{error}; answered from memory")
        return None
    return con or _connected(directory)


def _in_memory(directory: Path, hint: Hint) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    build_into(con, "snapshot", directory, hint)
    con.execute("USE snapshot")
    return con


def build_into(
    con: duckdb.DuckDBPyConnection,
    name: str,
    directory: Path,
    hint: Hint,
    *,
    arrangement: Arrangement | None = None,
    sources: manifest.Manifest | None = None,
) -> None:
    """Attach a database in memory that is made from sources, all that there are without any.

    Raises `DatabaseUnusable`.
    """
    from vhost.cache.build import build  # noqa: PLC0415 - most queries build nothing
    from vhost.cache.numbering import CACHED  # noqa: PLC0415 - as above

    con.execute(f"ATTACH ':memory:' AS {name}")
    found = manifest.taken(directory) if sources is None else sources

    def told(source: str, reason: str) -> None:
        hint(f"{directory / source}: left out: {reason}")

    try:
        build(con, name, directory, found, told, arrangement or CACHED)
    except duckdb.Error as error:
        raise DatabaseUnusable(str(directory), "the records cannot be read", str(error).split("\n", 1)[0]) from error


def _read(directories: Sequence[Path], hint: Hint, arrangement: Arrangement) -> duckdb.DuckDBPyConnection:
    """Return a connection to what the sources hold now, in memory."""
    from vhost.cache.union import unite  # noqa: PLC0415 - most queries take the snapshot

    con = duckdb.connect(":memory:")
    for number, directory in enumerate(directories):
        build_into(con, f"db{number}", directory, hint, arrangement=arrangement)
    unite(con, [f"db{number}" for number in range(len(directories))], ordered=arrangement.ordered)
    return con


def _several(directories: Sequence[Path], hint: Hint, *, static: bool) -> duckdb.DuckDBPyConnection:
    """Return a connection in which the tables of several databases are one."""
    from vhost.cache.union import unite  # noqa: PLC0415 - most calls name one database

    con = duckdb.connect(":memory:")
    for number, directory in enumerate(directories):
        name = f"db{number}"
        single = _current(directory, hint, static=static) or _published(directory, hint, static=static)
        if single is None:
            build_into(con, name, directory, hint)
            continue
        (path,) = single.execute(
            "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
        ).fetchone() or ("",)
        single.close()
        con.execute("ATTACH '" + path.replace("'", "''") + f"' AS {name} (READ_ONLY)")
    unite(con, [f"db{number}" for number in range(len(directories))])
    return con
