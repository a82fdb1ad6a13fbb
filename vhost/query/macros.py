r"""Macros: named text that is put into options and terms before they are parsed.

    NAME = body          `#` begins a comment line, a trailing `\` continues, the first `=` splits
    macro:NAME[%file][%OPTIONAL]        {macro:NAME}

Files are searched along CTYS_MACRO_PATH, `<db>/macros`, the user's configuration, the built-in ones.
A nested call looks in its own file first. Every mistake stops the call: nothing is expanded to
something else than what was written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vhost.errors import UsageError

DEPTH_LIMIT = 20
_LENGTH_LIMIT = 1_000_000
_BUILTIN = Path(__file__).with_name("builtin.macros")
_CALL = re.compile(
    r"\{macro:(?P<braced>[^},%\s]+)(?P<with>(?:%[^%},\s]+)*)\}"
    r"|macro:(?P<bare>[^},%\s{]+)(?P<tail>(?:%(?!%)[^%},\s]+){0,2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MacroFile:
    """One macro file: its path and its definitions in their order."""

    path: Path
    definitions: tuple[tuple[str, str], ...]

    def body(self, name: str) -> str | None:
        """Return the body of a macro, None if it is not defined here. Raises `UsageError` if it is twice."""
        found = [body for defined, body in self.definitions if defined == name]
        if len(found) > 1:
            raise UsageError(str(self.path), f"macro {name} is defined {len(found)} times", "remove all but one")
        return found[0] if found else None


def parse(text: str) -> Iterator[tuple[str, str]]:
    """Return name and body of every definition of a macro file."""
    for line in re.sub(r"\\\n", "", text).split("\n"):
        name, equals, body = line.partition("=")
        if equals and name.strip() and not name.lstrip().startswith("#"):
            yield name.strip(), body.strip()


@cache
def read(path: Path) -> MacroFile:
    """Return a macro file. Raises `UsageError` if it cannot be read."""
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(str(path), f"the macro file cannot be read: {error.strerror}") from error
    return MacroFile(path, tuple(parse(text)))


def builtin() -> MacroFile:
    """Return the macros that every call knows."""
    return read(_BUILTIN)


def search_path(databases: Sequence[Path]) -> list[Path]:
    """Return the directories in which macro files are searched, in their order."""
    listed = [Path(part) for part in os.environ.get("CTYS_MACRO_PATH", "").split(":") if part]
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return [
        *listed,
        *(database / "macros" for database in databases),
        config / "vhost/macros",
        Path.home() / ".ctys/macros",
    ]


class Macros:
    """The macros that a call can use, given where its files are."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = directories

    def files(self, name: str) -> list[Path]:
        """Return every file of this name along the search path; `default` ends with the built-in ones."""
        if name.startswith("/"):
            return [Path(name)] if Path(name).is_file() else []
        found = [directory / name for directory in self.directories if (directory / name).is_file()]
        return [*found, _BUILTIN] if name == "default" else found

    def expand_all(self, arguments: Sequence[str]) -> list[str]:
        """Return the arguments with their macros expanded, split at blanks; empty results are dropped."""
        return [word for argument in arguments for word in self._words(argument)]

    def _words(self, argument: str) -> list[str]:
        return self.expand(argument).split() if "macro:" in argument.lower() else [argument]

    def expand(self, text: str, own: Path | None = None, chain: tuple[str, ...] = ()) -> str:
        """Return the text with every call replaced. Raises `UsageError` for what cannot be."""
        if len(chain) > DEPTH_LIMIT:
            raise UsageError(
                "macro", f"nested more than {DEPTH_LIMIT} deep: {' -> '.join(chain[:4])} ...", "break the loop"
            )
        expanded = _CALL.sub(lambda match: self._replacement(match, own, chain), text)
        if len(expanded) > _LENGTH_LIMIT:
            raise UsageError(
                "macro", f"{chain[0] if chain else 'the call'} expands to more than {_LENGTH_LIMIT} characters"
            )
        return expanded

    def _replacement(self, match: re.Match[str], own: Path | None, chain: tuple[str, ...]) -> str:
        name = match["braced"] or match["bare"]
        marks = [mark for mark in (match["with"] or match["tail"] or "").split("%") if mark]
        optional = any(mark.upper() == "OPTIONAL" for mark in marks)
        named = [mark for mark in marks if mark.upper() != "OPTIONAL"]
        found = self._find(name, named[0] if named else None, own)
        if found is None and optional:
            return ""
        if found is None:
            where = f"macro:{'%'.join([name, *named])}"
            raise UsageError(
                where, "no such macro", "names are case-sensitive; the built-in ones are in docs/macros.md"
            )
        path, body = found
        return self.expand(body, path, (*chain, name))

    def _find(self, name: str, file: str | None, own: Path | None) -> tuple[Path, str] | None:
        """Return file and body of a macro: in the named file, else in the caller's own and the default ones."""
        paths = self.files(file) if file else [*([own] if own else []), *self.files("default")]
        for path in paths:
            body = read(path).body(name)
            if body is not None:
                return path, body
        return None
