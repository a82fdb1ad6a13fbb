"""Reads files that bind names, MACs and addresses, with what they include; bounded, regular files only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from macmap.entry import Entry, Include, Parsed, Problem
from vhost import source_text
from vhost.errors import SourceMissing, UsageError

if TYPE_CHECKING:
    from macmap.formats import Format, Parse

LARGEST: Final = 256 * 1024 * 1024
"""The bytes of a text that must be in memory, with its includes; ISC dhcpd itself needs minutes for as much."""

MOST_INCLUDES: Final = 1_000
"""The files that are read because another one names them."""

_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """One source after it was read: the format that it is in, and what it says."""

    format: Format
    parsed: Parsed


def dhcpd(path: Path) -> Parsed:
    """Return what a dhcpd.conf and its includes say; an include that cannot be read is a problem.

    A relative include is looked for beside `path`. Raises `SourceMissing` if `path` itself cannot be read.
    """
    return read(path, "dhcpd").parsed


def read(path: Path, name: str | None = None) -> Source:
    """Return what a source says, in the format of this name or in the one that it is recognised by.

    Raises `SourceMissing` if it cannot be read, `UsageError` if it is in no format that we know.
    """
    from macmap.formats import BY_NAME  # noqa: PLC0415 - --help needs no parser

    try:
        if name is not None and BY_NAME[name].hosts and path.is_dir():
            return Source(BY_NAME[name], _directory(path, BY_NAME[name]))
        with source_text.opened(path) as file:
            return _read(path, file, None if name is None else BY_NAME[name])
    except (OSError, ValueError) as error:
        raise SourceMissing(
            str(path), getattr(error, "strerror", None) or "cannot be read", "name the file that shall be read"
        ) from error


def _read(path: Path, file: BinaryIO, form: Format | None) -> Source:
    from macmap.formats import HEAD, recognised  # noqa: PLC0415 - as above

    pieces = source_text.chunks(file)
    first = next(pieces, "")
    form = form or recognised(str(path), first[:HEAD])
    if form is None:
        known = "vhost macmap import --help lists the formats"
        raise UsageError(str(path), "is in no format that is recognised", f"name it with --as; {known}")
    if form.whole:
        return Source(form, _spliced(path, form, first + _rest(pieces)))
    parsed = form.parse(source_text.lines(chain([first], pieces)), _NOTHING)
    return Source(form, _followed(path.parent, form, parsed, path))


def _rest(pieces: Iterator[str]) -> str:
    found: list[str] = []
    left = LARGEST
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise OSError(0, f"more than {LARGEST} bytes")
        found.append(piece)
    return "".join(found)


def _spliced(path: Path, form: Format, text: str) -> Parsed:
    """Return what a text says when its includes stand in their places."""
    included = _Included(path, LARGEST - len(text))
    while True:
        parsed = form.parse([text], included.texts)
        if not included.load(parsed.includes):
            return _with_failures(parsed, included.failed)


@dataclass(slots=True)
class _Included:
    """The texts of included files by the names that they are included by, and why others have none.

    The file that names them is `root`, and is not read again as one of them.
    """

    root: Path
    left: int
    texts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def load(self, includes: Sequence[Include]) -> bool:
        """Read the files, and tell whether any of them was not tried before."""
        wanted = [name for name in dict.fromkeys(one.name for one in includes) if name not in self.failed]
        for name in wanted:
            if len(self.texts) + len(self.failed) >= MOST_INCLUDES:
                self.failed[name] = f"more than {MOST_INCLUDES} files are not read"
                continue
            try:
                self.texts[name] = self.text(self.root.parent / name)
            except (OSError, ValueError) as error:
                self.failed[name] = _reason(error)
        return bool(wanted)

    def text(self, path: Path) -> str:
        """Return the text of a regular file. Raises `OSError`, or `ValueError` for a name that no file can have."""
        if _real(path) == _real(self.root):
            raise OSError(0, "is the file itself that is read")
        with source_text.opened(path) as file:
            text = source_text.text(file, self.left)
        if text is None:
            raise OSError(0, f"more than {LARGEST} bytes with what it includes")
        self.left -= len(text)
        return text


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "cannot be read"


def _with_failures(parsed: Parsed, failed: Mapping[str, str]) -> Parsed:
    lost = [_failure(one, failed[one.name]) for one in parsed.includes]
    problems = sorted([*parsed.problems, *lost], key=lambda found: (found.line == 0, found.file, found.line))
    return Parsed(parsed.entries, tuple(problems))


def _failure(include: Include, reason: str) -> Problem:
    return Problem(include.line, f"a file that can be read expected: {include.name!r}: {reason}", include.file)


def _directory(path: Path, form: Format) -> Parsed:
    """Return what all files of a directory say."""
    return _followed(path, form, Parsed(includes=(Include(".", 0, directory=True),)), path)


@dataclass(slots=True)
class _Beside:
    """What a file says, and those that it names beside it, which are read one after the other."""

    base: Path
    form: Format
    entries: list[Entry]
    problems: list[Problem]
    seen: set[Path]
    waiting: list[Include]

    def follow(self) -> None:
        """Read what is waiting, and what that names."""
        while self.waiting:
            include = self.waiting.pop(0)
            try:
                self.take(include)
            except (OSError, ValueError) as error:
                self.problems.append(_failure(include, _reason(error)))

    def take(self, include: Include) -> None:
        """Read one file, or all of a directory. Raises `OSError` if it cannot be read."""
        path = self.base / include.name
        if include.directory or (include.how == "hosts" and path.is_dir()):
            names = sorted(one.name for one in path.iterdir() if _is_wanted(one.name, include) and not one.is_dir())
            self.waiting[:0] = [replace(include, name=str(path / name), directory=False) for name in names]
        elif _real(path) not in self.seen:
            if len(self.seen) > MOST_INCLUDES:
                raise OSError(0, f"more than {MOST_INCLUDES} files are not read")
            self.seen.add(_real(path))
            parse = (self.form.hosts if include.how == "hosts" else None) or self.form.parse
            self.read(path, include.name, parse)

    def read(self, path: Path, name: str, parse: Parse) -> None:
        """Read one file with a parser."""
        with source_text.opened(path) as file:
            parsed = parse(source_text.lines(source_text.chunks(file)), _NOTHING)
        self.entries += (replace(entry, file=name) for entry in parsed.entries)
        self.problems += (replace(problem, file=name) for problem in parsed.problems)
        self.waiting += (replace(include, file=name) for include in parsed.includes)


def _is_wanted(name: str, include: Include) -> bool:
    """Tell whether dnsmasq reads a file of this name out of a directory."""
    if name.startswith(".") or name.endswith(("~", *include.without)) or (name[0] == name[-1] == "#"):
        return False
    return not include.only or name.endswith(include.only)


def _followed(base: Path, form: Format, parsed: Parsed, root: Path) -> Parsed:
    """Return what a file or directory says together with the files that it names, each once."""
    if not parsed.includes:
        return parsed
    beside = _Beside(base, form, list(parsed.entries), list(parsed.problems), {_real(root)}, list(parsed.includes))
    beside.follow()
    return Parsed(tuple(beside.entries), tuple(beside.problems))


def _real(path: Path) -> Path:
    """Return the path without links, as far as they lead somewhere."""
    return Path(os.path.realpath(path))
