"""Macros: named text that is put into options and terms before they are parsed.

    macro:NAME[%file][%OPTIONAL]        {macro:NAME}

A blank, `,`, `%` or a brace ends a name; `%%` separates columns and never begins a file. A nested
call looks in its own file first. Every mistake stops the call: nothing is expanded to something
else than what was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vhost.errors import UsageError
from vhost.query.macro_files import DEFAULT, MacroFile, builtin, found, own_directory, parse, read, search_path

__all__ = ["Call", "MacroFile", "Macros", "builtin", "calls", "own_directory", "parse", "read", "search_path"]

DEPTH_LIMIT = 20
CALLS_LIMIT = 10_000
LENGTH_LIMIT = 1_000_000
_NAME_LIMIT = 255
_CALL = re.compile(
    r"(?P<open>\{)?+macro:(?P<name>[^{},%\s]*+)(?P<marks>(?:%(?!%)[^{},%\s]++)*+)(?P<close>\})?+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a macro; `rest` is what stands behind it and is no part of it."""

    name: str
    file: str | None = None
    optional: bool = False
    rest: str = ""

    def __str__(self) -> str:
        """Return the call as it may be written."""
        return f"macro:{self.name}%{self.file[:_NAME_LIMIT]}" if self.file else f"macro:{self.name}"


def calls(text: str) -> list[Call]:
    """Return the calls in a text, in their order. Raises `UsageError` for one that is broken."""
    return [_call(match) for match in _CALL.finditer(text)]


def _call(match: re.Match[str]) -> Call:
    """Return the call that was found: in braces all marks are its own, without them one file and OPTIONAL."""
    name, braced = match["name"], bool(match["open"])
    if not 0 < len(name) <= _NAME_LIMIT:
        raise UsageError("macro", f"{match.group()[:40]!r} names no macro", "write macro:NAME or {macro:NAME}")
    if braced and not match["close"]:
        raise UsageError(f"macro:{name}", "its brace is not closed", f"write {{macro:{name}}}")
    file, optional, rest = _marks(match["marks"])
    if braced and rest:
        raise UsageError(f"macro:{name}", f"{match['marks'][:80]!r} names more than one file", "name one")
    return Call(name, file, optional, "" if braced else rest + (match["close"] or ""))


def _marks(text: str) -> tuple[str | None, bool, str]:
    file: str | None = None
    optional = False
    marks = text.split("%")[1:]
    for number, mark in enumerate(marks):
        if mark.upper() == "OPTIONAL":
            optional = True
        elif file is None:
            file = mark
        else:
            return file, optional, "".join(f"%{left}" for left in marks[number:])
    return file, optional, ""


class Macros:
    """The macros that a call can use, given where its files are. All methods raise `UsageError`."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.directories = tuple(directories)
        self._files: dict[str, list[Path]] = {}

    def files(self, name: str) -> list[Path]:
        """Return every file of this name along the search path, the built-in one last."""
        if name not in self._files:
            self._files[name] = found(name, self.directories)
        return self._files[name]

    def names(self) -> list[str]:
        """Return the names of the macros that can be called without a file, sorted."""
        return sorted({name for path in self.files(DEFAULT) for name, _ in read(path).written})

    def expand_all(self, arguments: Sequence[str]) -> list[str]:
        """Return the arguments with their macros expanded, split at blanks; empty results are dropped."""
        expansion = _Expansion(self)
        return [
            word
            for argument in arguments
            for word in (expansion.text(argument).split() if "macro:" in argument.lower() else [argument])
        ]

    def expand(self, text: str) -> str:
        """Return the text with every call replaced.

        A macro that is missing, defined twice, calls itself, or exceeds the bounds is an error.
        """
        return _Expansion(self).text(text)

    def value(self, name: str, file: str | None = None) -> str:
        """Return the expansion of one macro: of the named file, else of the first default one that has it."""
        return _Expansion(self).called(Call(name, file))

    def body(self, call: Call, own: Path | None = None) -> tuple[Path, str] | None:
        """Return file and body of a called macro, None if it is missing and may be.

        `own` is the file in which the call stands; it goes before the default ones.
        """
        for path in self.files(call.file) if call.file else [*([own] if own else []), *self.files(DEFAULT)]:
            body = read(path).body(call.name)
            if body is not None:
                return path, body
        if call.optional:
            return None
        if call.file and not self.files(call.file):
            raise UsageError(str(call), "no such macro file", "vhost macros files shows them")
        raise UsageError(str(call), "no such macro", "names are case-sensitive; vhost macros list shows them")


class _Expansion:
    """One expansion; it counts the calls and the text that they bring, whatever becomes of it."""

    def __init__(self, macros: Macros) -> None:
        self.macros = macros
        self.calls = 0
        self.length = 0

    def text(self, text: str, own: Path | None = None, chain: tuple[tuple[Path, str], ...] = ()) -> str:
        """Return the text with every call replaced; `chain` are the macros in whose bodies it stands."""
        return _CALL.sub(lambda match: self.called(_call(match), own, chain), text)

    def called(self, call: Call, own: Path | None = None, chain: tuple[tuple[Path, str], ...] = ()) -> str:
        """Return what stands for a call."""
        there = self.macros.body(call, own)
        if there is None:
            return call.rest
        path, body = there
        self._checked((*chain, (path, call.name)), len(body))
        return self.text(body, path, (*chain, (path, call.name))) + call.rest

    def _checked(self, chain: tuple[tuple[Path, str], ...], length: int) -> None:
        path, name = chain[-1]
        self.calls += 1
        self.length += length
        if chain[-1] in chain[:-1]:
            raise UsageError(f"macro:{name}", f"calls itself: {_names(chain)}", f"change it in {path}")
        if len(chain) > DEPTH_LIMIT:
            raise UsageError(f"macro:{name}", f"nested more than {DEPTH_LIMIT} deep: {_names(chain)}", "flatten it")
        if self.calls > CALLS_LIMIT or self.length > LENGTH_LIMIT:
            raise UsageError(
                f"macro:{chain[0][1]}",
                f"needs more than {CALLS_LIMIT} calls or {LENGTH_LIMIT} characters",
                "look at it with vhost macros tree",
            )


def _names(chain: Sequence[tuple[Path, str]]) -> str:
    return " -> ".join(name for _, name in chain)
