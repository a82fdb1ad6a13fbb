"""Which hosts a group stands for: files along a search path, includes followed within bounds.

A group is a file; its name is the path below a directory of the search path (`lab`, `sub/qemuhosts`).
The first directory that has it counts. Own hosts come first, then those of the includes, in the
order of the file; nobody is left out for being named twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vhost.errors import UsageError
from vhost.groups.syntax import Group, Include, Member, entries, parse

DEPTH_LIMIT = 20
MEMBERS_LIMIT = 100_000
_INCLUDES_LIMIT = 10_000
_FILES_LIMIT = 10_000
_SIZE_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One group file where it was found, with what stands in it and the hosts it stands for."""

    name: str
    directory: Path
    group: Group
    members: tuple[Member, ...]


def search_path(databases: Sequence[Path]) -> list[Path]:
    """Return the directories in which groups are searched: CTYS_GROUPS_PATH, the databases', the user's."""
    listed = [Path(part).expanduser() for part in os.environ.get("CTYS_GROUPS_PATH", "").split(":") if part]
    return [*listed, *(database / "groups" for database in databases), own_directory(), Path.home() / ".ctys/groups"]


def own_directory() -> Path:
    """Return the directory in which the user's new groups are written."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "vhost/groups"


class Groups:
    """The groups of a search path. Every method raises `UsageError` for a group file that is wrong."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(dict.fromkeys(directories))
        self._parsed: dict[Path, Group] = {}

    def find(self, name: str) -> Path | None:
        """Return the file of a group, None if there is no such group."""
        return next((path for path in self._places(name) if os.path.isfile(path)), None)  # noqa: PTH113 - never raises

    def names(self) -> list[str]:
        """Return the names of all groups, sorted."""
        return sorted({name for name, _, _ in self._files("")})

    def members(self, argument: str) -> tuple[Member, ...]:
        """Return the hosts of an argument: those of a group, of all groups of a folder, or itself, a host.

        `user@` and `(context)` of the argument hold for every host of the group that has no user of
        its own. A loop, a missing include, and more than fits the bounds are errors that name the chain.
        """
        asked = self._asked(argument)
        found = self._named(asked.host)
        if not found and "/" in asked.host:
            raise UsageError(asked.host, "no such group", "vhost groups list shows all of them")
        if not found:
            return (asked,)
        members = (member for _, _, path in found for member in self._resolved(path, asked.host))
        return tuple(replace(one.within(asked.context), user=one.user or asked.user) for one in members)

    def listed(self, names: Sequence[str], problem: list[UsageError]) -> list[Listed]:
        """Return the groups of these names and folders, all groups without a name, by directory and name.

        Names that are no group are left out. A group that is wrong is left out and added to `problem`.
        """
        if names:
            rows = {row for name in names for row in self._named(name)}
        else:
            rows = set(self._files(""))
        return list(self._good(sorted(rows, key=self._place_of), problem))

    def folder(self, name: str) -> bool:
        """Tell whether the name is a folder of groups."""
        return any(path.is_dir() for path in self._places(name.rstrip("/")))

    def _asked(self, argument: str) -> Member:
        found = list(entries(argument))
        if len(found) != 1:
            raise UsageError("host", f"{argument[:40]!r} is not one host or group")
        return found[0]

    def _place_of(self, row: tuple[str, Path, Path]) -> tuple[int, str]:
        return (self.directories.index(row[1]) if row[1] in self.directories else -1, row[0])

    def _good(self, rows: Iterable[tuple[str, Path, Path]], problem: list[UsageError]) -> Iterator[Listed]:
        for name, directory, path in rows:
            try:
                yield Listed(name, directory, self._read(path), self._resolved(path, name))
            except UsageError as error:
                problem.append(error)

    def _places(self, name: str) -> list[Path]:
        if name.startswith("/"):
            return [Path(name)]
        return [] if not name or ".." in name.split("/") else [directory / name for directory in self.directories]

    def _named(self, name: str) -> list[tuple[str, Path, Path]]:
        """Return name, directory and file of a group, of all groups of a folder, or of nothing."""
        path = None if name.endswith("/") else self.find(name)
        if path:
            directory = next((one for one in self.directories if path.is_relative_to(one)), path.parent)
            return [(str(path.relative_to(directory)), directory, path)]
        below = name.strip("/")
        if not below or ".." in below.split("/"):
            return []
        first: dict[str, tuple[str, Path, Path]] = {}
        for row in self._files(below):
            first.setdefault(row[0], row)
        return sorted(first.values())

    def _files(self, below: str) -> Iterator[tuple[str, Path, Path]]:
        """Return name, directory and path of every group file below a folder of each directory."""
        seen = 0
        for directory in self.directories:
            for root, folders, files in os.walk(directory / below):
                folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
                for file in filter(_is_group_file, sorted(files)):
                    seen += 1
                    if seen > _FILES_LIMIT:
                        raise UsageError(str(directory), f"more than {_FILES_LIMIT} group files", "remove some")
                    path = Path(root, file)
                    if os.path.isfile(path):  # noqa: PTH113 - never raises
                        yield str(path.relative_to(directory)), directory, path

    def _read(self, path: Path) -> Group:
        if path not in self._parsed:
            self._parsed[path] = parse(_text(path), path)
        return self._parsed[path]

    def _resolved(self, path: Path, name: str) -> tuple[Member, ...]:
        return tuple(_Resolution(self).members(path, ((path, name),)))

    def _included(self, include: Include, owner: Path, chain: Sequence[tuple[Path, str]]) -> Path:
        """Return the file of an include. Raises `UsageError` where there is none or it closes a loop."""
        where, names = f"{owner}:{include.line}", " -> ".join([*(name for _, name in chain), include.name])
        path = self.find(include.name)
        if path is None:
            raise UsageError(
                where, f"no such group: {names}", f"create it, or remove its #include: vhost groups edit {include.name}"
            )
        if any(path == above for above, _ in chain):
            raise UsageError(where, f"a group includes itself: {names}", "remove one of the #include lines")
        if len(chain) > DEPTH_LIMIT:
            raise UsageError(where, f"groups are nested more than {DEPTH_LIMIT} deep: {names}")
        return path


class _Resolution:
    """One walk through the includes of a group; it counts what it costs."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.includes = 0
        self.count = 0

    def members(self, path: Path, chain: tuple[tuple[Path, str], ...]) -> Iterator[Member]:
        group = self.groups._read(path)  # noqa: SLF001 - one thing in two classes
        self.count += len(group.hosts)
        if self.count > MEMBERS_LIMIT:
            raise UsageError(chain[0][1], f"the group stands for more than {MEMBERS_LIMIT} hosts")
        yield from group.hosts
        for include in group.includes:
            self.includes += 1
            if self.includes > _INCLUDES_LIMIT:
                raise UsageError(chain[0][1], f"the group needs more than {_INCLUDES_LIMIT} includes")
            found = self.groups._included(include, path, chain)  # noqa: SLF001 - as above
            for member in self.members(found, (*chain, (found, include.name))):
                yield member.within(include.context)


def _is_group_file(name: str) -> bool:
    """Tell whether a file is a group, and not what an editor left behind."""
    return not (name.startswith((".", "#")) or name.endswith(("~", ".bak", ".swp", ".rpmsave", ".dpkg-old")))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(str(path), f"the group cannot be read: {error.strerror}") from error
    if len(content) > _SIZE_LIMIT:
        raise UsageError(str(path), f"the group file is larger than {_SIZE_LIMIT} bytes")
    return content.decode("utf-8", "surrogateescape")
