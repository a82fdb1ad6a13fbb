"""Where groups are: every file below a directory of the search path is one, named by its path below it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vhost.errors import UsageError
from vhost.groups.syntax import Group, parse
from vhost.home import expanded, home
from vhost.text import escape

_FILES_LIMIT = 10_000
_SIZE_LIMIT = 1_000_000
_LEFT_BY_EDITORS = ("~", ".bak", ".swp", ".rpmsave", ".dpkg-old")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One group file: its name, the directory of the search path that has it, its path."""

    name: str
    directory: Path
    path: Path


def search_path(databases: Sequence[Path]) -> list[Path]:
    """Return the directories in which groups are searched: CTYS_GROUPS_PATH, the databases', the user's."""
    listed = [expanded(part) for part in os.environ.get("CTYS_GROUPS_PATH", "").split(":") if part]
    return [*listed, *(database / "groups" for database in databases), own_directory(), home() / ".ctys/groups"]


def own_directory() -> Path:
    """Return the directory in which the user's new groups are written."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "vhost/groups"


class GroupFiles:
    """The group files of a search path; each is read once."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(dict.fromkeys(directories))
        self._read: dict[Path, Group] = {}

    def find(self, name: str) -> Place | None:
        """Return the first file of this name along the search path, None if there is none.

        An absolute name is the file itself.
        """
        if name.startswith("/"):
            path = Path(name)
            return Place(name, path.parent, path) if _is_file(path) else None
        if not _is_plain(name) or name.endswith("/"):
            return None
        places = (Place(name, directory, directory / name) for directory in self.directories)
        return next((place for place in places if _is_file(place.path)), None)

    def folder(self, name: str) -> list[Place]:
        """Return the groups of a folder by name, the first of each name along the search path."""
        below = name.rstrip("/")
        if not _is_plain(below):
            return []
        first: dict[str, Place] = {}
        for place in self.everything(below):
            first.setdefault(place.name, place)
        return sorted(first.values())

    def everything(self, below: str = "") -> Iterator[Place]:
        """Return every group file below a folder, by directory and name, also those that are hidden by others."""
        seen = 0
        for directory in self.directories:
            found = []
            for root, folders, files in os.walk(directory / below):
                folders[:] = [folder for folder in folders if not folder.startswith(".")]
                for name in filter(_is_group, files):
                    path = Path(root, name)
                    found += [Place(str(path.relative_to(directory)), directory, path)] if _is_file(path) else []
                    seen += 1
                    if seen > _FILES_LIMIT:
                        raise UsageError(str(directory), f"more than {_FILES_LIMIT} files", "groups are searched here")
            yield from sorted(found)

    def group(self, path: Path) -> Group:
        """Return what stands in a file. Raises `UsageError` if it cannot be read or is wrong."""
        if path not in self._read:
            self._read[path] = parse(_text(path), path)
        return self._read[path]


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in name.split("/")


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for names that are too long


def _is_group(name: str) -> bool:
    """Tell whether a file name is that of a group: printable, and not what an editor left behind."""
    return not name.startswith((".", "#")) and not name.endswith(_LEFT_BY_EDITORS) and escape(name) == name


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(str(path), f"the group cannot be read: {error.strerror}") from error
    if len(content) > _SIZE_LIMIT:
        raise UsageError(str(path), f"the group file is larger than {_SIZE_LIMIT} bytes")
    return content.decode("utf-8", "surrogateescape")
