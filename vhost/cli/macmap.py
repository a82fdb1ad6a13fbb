"""Extraction of a macmap from dhcpd.conf files: what `vhost macmap extract` and the old door both call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vhost.cli.outcome import show, tell
from vhost.errors import DatabaseMissing, Partial, SourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from macmap.entry import Parsed
    from macmap.listing import Order

_MOST_PROBLEMS = 50
_DEFAULT_SOURCES = ("/etc/dhcpd.conf", "/etc/dhcp/dhcpd.conf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """An extraction as it was asked for; `store` writes the macmap of `database`, by default the user's."""

    files: Sequence[str] = ()
    order: Order = "name"
    ethers: bool = False
    store: bool = False
    database: str | None = None
    quiet: bool = False


def run_extract(asked: Extraction) -> int:
    """List the hosts of dhcpd.conf files, or store them as a macmap, and return the exit code."""
    from macmap import listing  # noqa: PLC0415 - --help reads no file

    directory = _target(asked)
    read = [(path, _read(path)) for path in _sources(asked.files)]
    for path, parsed in read:
        if not asked.quiet:
            _tell_problems(path, parsed)
    entries = [entry for _, parsed in read for entry in parsed.entries]
    partial = any(parsed.problems for _, parsed in read)
    lines = (listing.ethers if asked.ethers else listing.listed)(entries, asked.order)
    if directory is None:
        show(lines)
    elif lines or not partial:
        _store(directory, lines)
    else:
        raise Partial(str(read[0][0]), "no host was found", f"the macmap of {directory} was left as it is")
    return Partial.exit_code if partial else 0


def _target(asked: Extraction) -> Path | None:
    """Return the database that is written, None for stdout. Raises `UsageError` for what contradicts itself."""
    if asked.ethers and asked.order == "mac":
        raise UsageError("-E", "cannot be combined with -m", "the lines begin with the MAC as it is; take -n or -i")
    if not asked.store:
        return None
    if asked.ethers or asked.order != "name":
        raise UsageError("-p", "a macmap is stored as name;MAC;IP only", "leave out -E, -i and -m")
    from vhost.cache.place import chosen  # noqa: PLC0415 - stdout needs no database

    directories = chosen(asked.database)
    if asked.database and len(directories) > 1:
        raise UsageError("-p", "one database is written, not several", "name one directory")
    if not directories[0].is_dir():
        raise DatabaseMissing(str(directories[0]), "no such database", "create the directory, or name another with -p")
    return directories[0]


def _sources(files: Sequence[str]) -> list[Path]:
    """Return the files to read: those that are named, else the server's own."""
    if files:
        return [Path(name) for name in files]
    found = [path for path in map(Path, _DEFAULT_SOURCES) if path.exists()]
    if not found:
        raise SourceMissing(" and ".join(_DEFAULT_SOURCES), "do not exist", "name the dhcpd.conf that shall be read")
    return found[:1]


def _read(path: Path) -> Parsed:
    from vhost.bindings import dhcpd  # noqa: PLC0415 - --help reads no file

    return dhcpd(path)


def _store(directory: Path, lines: Sequence[str]) -> None:
    from vhost.cache.macmap_file import replace  # noqa: PLC0415 - stdout needs no database

    replace(directory, lines)


def _tell_problems(path: Path, parsed: Parsed) -> None:
    for found in parsed.problems[:_MOST_PROBLEMS]:
        where = f"{path}: {found.file}" if found.file else str(path)
        tell(f"{where}:{found.line}: {found.problem}" if found.line else f"{where}: {found.problem}")
    if len(parsed.problems) > _MOST_PROBLEMS:
        tell(f"{path}: and {len(parsed.problems) - _MOST_PROBLEMS} more problems")
