"""The lists of databases and caches, in the layout of the old tool.

Current file-databases for "root":
    12k  40 /root/.ctys/db/default/enum.fdb
     4k  18 /root/.ctys/db/default/macmap.fdb
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vhost.cache.inventory import Stored
from vhost.text import escape


def databases(files: Iterable[Stored], user: str, *, terse: bool) -> Iterator[str]:
    """Return the sources: KiB on disk, records, path."""
    yield from _framed(f'Current file-databases for "{user}":', map(_row, files), terse=terse)


def caches(files: Iterable[Stored], user: str, *, terse: bool) -> Iterator[str]:
    """Return the snapshots: KiB on disk, records, path."""
    yield from _framed(f'Current "ctys-vhost" file-caches for "{user}":', map(_row, files), terse=terse)


def group_caches(user: str, *, terse: bool) -> Iterator[str]:
    """Return the cached groups, of which there are none: every call resolves its groups anew."""
    yield from _framed(f'Current "ctys-vhost" group-caches for "{user}":', [], terse=terse)


def members(what: str, user: str) -> tuple[str, ...]:
    """Return the lines that stand before the addresses of all machines."""
    return ("", f'Current members of {what} for "{user}":', "")


def cleared(gone: Mapping[Path, Sequence[Path]], what: str, user: str, *, terse: bool) -> Iterator[str]:
    """Return what has been removed, by database."""
    if terse:
        yield from (escape(str(path)) for paths in gone.values() for path in paths)
        return
    yield from ("", f'-> Clear all current {what} for "{user}":')
    for directory, paths in gone.items():
        yield from (f'   -> {what} :"{escape(str(directory))}"', "")
        yield from (f"      {escape(str(path))}" for path in paths)
        yield ""


def _framed(title: str, rows: Iterable[str], *, terse: bool) -> Iterator[str]:
    if terse:
        yield from rows
        return
    yield from ("", title)
    yield from rows
    yield ""


def _row(file: Stored) -> str:
    records = "?" if file.records is None else str(file.records)
    return f"{f'{file.kib}k':>7}{records:>4} {escape(str(file.path))}"
