"""Reads all of a database once, to find what is damaged before a query does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb

from vhost.cache import manifest, old_claims, oldfiles
from vhost.cache.build import connection
from vhost.cache.manifest import Source
from vhost.cache.place import LINK, OLD_BINDINGS, OLD_MACHINES
from vhost.cache.scan import brief, read
from vhost.errors import VhostError


def problems(directory: Path) -> Iterator[str]:
    """Return one sentence for each source, and for the snapshot, that cannot be read wholly."""
    with connection() as con:
        for source in manifest.taken(directory):
            try:
                _read(con, directory, source)
            except (duckdb.Error, OSError, ValueError, TypeError) as error:
                yield f"{source.name}: {brief(error)}"
            except VhostError as error:
                yield str(error)
    yield from _snapshot(directory)


def _read(con: duckdb.DuckDBPyConnection, directory: Path, source: Source) -> None:
    path = directory / source.name
    if source.name == OLD_MACHINES:
        old_claims.count(con, path)
    elif source.name == OLD_BINDINGS:
        oldfiles.bindings(path)
    else:
        read(con, path)
        con.execute("SELECT count(COLUMNS(*)) FROM read_parquet(?)", [str(path)]).fetchall()


def _snapshot(directory: Path) -> Iterator[str]:
    link = directory / LINK
    if not link.is_symlink():
        return
    again = "(vhost db rebuild makes a new one)"
    try:
        path = Path(os.path.realpath(link, strict=True))
        if not path.is_file():  # a pipe would be waited for
            yield f"{LINK}: is no regular file {again}"
            return
        with duckdb.connect(str(path), read_only=True) as con:
            con.execute("SELECT count(COLUMNS(*)) FROM machine").fetchall()
    except (duckdb.Error, OSError) as error:
        yield f"{LINK}: {brief(error)} {again}"
