r"""The text of macro files, and where they are.

    NAME = body          `#` begins a comment line, a trailing `\` continues, the first `=` splits

A file is searched along CTYS_MACRO_PATH, `<db>/macros`, the user's configuration, the built-in ones.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vhost.errors import UsageError
from vhost.home import home

DEFAULT = "default"
BUILTIN = Path(__file__).with_name("builtin")
_SIZE_LIMIT = 1_000_000
_CONTINUED = re.compile(r"\\\r?\n")


@dataclass(frozen=True, slots=True)
class MacroFile:
    """One macro file: its path and its definitions in their order, the bodies as they were written."""

    path: Path
    written: tuple[tuple[str, str], ...]
    bodies: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, path: Path, text: str) -> MacroFile:
        """Return the file with this text."""
        written = tuple(parse(text))
        bodies: dict[str, list[str]] = {}
        for name, body in written:
            bodies.setdefault(name, []).append(body.strip())
        return cls(path, written, bodies)

    @property
    def definitions(self) -> tuple[tuple[str, str], ...]:
        """Return names and bodies without the blanks around them."""
        return tuple((name, body.strip()) for name, body in self.written)

    def body(self, name: str) -> str | None:
        """Return the body of a macro, None if it is not defined here. Raises `UsageError` if it is twice."""
        bodies = self.bodies.get(name, ())
        if len(bodies) > 1:
            raise UsageError(str(self.path), f"macro {name} is defined {len(bodies)} times", "remove all but one")
        return bodies[0] if bodies else None


def parse(text: str) -> Iterator[tuple[str, str]]:
    """Return name and body, as it was written, of every definition of a macro file."""
    for line in _CONTINUED.sub("", text).split("\n"):
        name, equals, body = line.partition("=")
        if equals and name.strip() and not name.lstrip().startswith("#"):
            yield name.strip(), body.rstrip()


@cache
def read(path: Path) -> MacroFile:
    """Return a macro file. Raises `UsageError` if it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(str(path), f"the macro file cannot be read: {error.strerror}") from error
    if len(content) > _SIZE_LIMIT:
        raise UsageError(str(path), f"the macro file is larger than {_SIZE_LIMIT} bytes")
    return MacroFile.of(path, content.decode("utf-8", "surrogateescape"))


def builtin() -> MacroFile:
    """Return the macros that every call knows."""
    return read(BUILTIN / DEFAULT)


def own_directory() -> Path:
    """Return the directory in which the user's new macro files are written."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "vhost/macros"


def search_path(databases: Sequence[Path]) -> list[Path]:
    """Return the directories in which macro files are searched, in their order, without the built-in one."""
    listed = [Path(part) for part in os.environ.get("CTYS_MACRO_PATH", "").split(":") if part]
    return [*listed, *(database / "macros" for database in databases), own_directory(), home() / ".ctys/macros"]


def found(name: str, directories: Sequence[Path]) -> list[Path]:
    """Return every file of this name along the search path, the built-in one last; an absolute name is the file."""
    paths = [Path(name)] if name.startswith("/") else [directory / name for directory in (*directories, BUILTIN)]
    return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113 - Path.is_file raises for long names
