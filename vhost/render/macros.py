"""The forms in which macro files and macros are listed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from vhost.errors import UsageError
from vhost.query.macro_files import BUILTIN
from vhost.query.macros import DEPTH_LIMIT, Call, MacroFile, Macros, calls
from vhost.text import escape

Form = Literal["written", "expanded", "calls"]
RULE = "-" * 57
_TITLES = {False: "atoms - Single Level", True: "combined - Nested Multiple Levels"}
_LINES_LIMIT = 10_000


def everything(macros: Macros) -> list[Path]:
    """Return every macro file along the search path, the built-in ones last."""
    return [directory / name for directory in (*macros.directories, BUILTIN) for name in _in(directory)]


def _in(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as found:
            return sorted(entry.name for entry in found if entry.is_file() and not entry.name.startswith("."))
    except OSError:
        return []


def files(macros: Macros, *, terse: bool) -> Iterator[str]:
    """Return the directories that are searched and the macro files in them."""
    if terse:
        yield from (escape(str(path)) for path in everything(macros))
        return
    directories = [*macros.directories, BUILTIN]
    yield from ("", RULE, "available files - Standalone Macro Files", RULE, "")
    yield from ("Current macros files of:", "", "SearchPath         = ")
    yield from (f"{'':21}:{escape(str(directory))}" for directory in directories)
    yield ""
    for directory in filter(Path.is_dir, directories):
        yield from ("", f"{escape(str(directory))}:", *(f" ->{escape(name)}" for name in _in(directory)))
    yield ""


def listing(
    macros: Macros, file: MacroFile, sections: Sequence[bool], form: Form, *, terse: bool
) -> tuple[list[str], list[UsageError]]:
    """Return the macros of a file under their titles, and what is wrong with those that are left out.

    A section is False for the atoms and True for the combined macros, whose form is as written,
    expanded, or the names of the macros that they call.
    """
    problems: list[UsageError] = []
    lines = [] if terse else [RULE, "current selected file:", f" => {escape(str(file.path))}", RULE]
    for combined in sections:
        rows = sorted(_section(macros, file, form, problems, combined=combined))
        width = 0 if terse else max((len(name) for name, _ in rows), default=0)
        lines += [] if terse else ["", RULE, _TITLES[combined], RULE]
        lines += [f"{name:<{width}}={text}" for name, text in rows]
    return lines, problems


def _section(
    macros: Macros, file: MacroFile, form: Form, problems: list[UsageError], *, combined: bool
) -> Iterator[tuple[str, str]]:
    for name, body in file.written:
        if (":" in body or "=" in body) is not combined:
            continue
        try:
            text = _value(macros, file, name, body, form if combined else "written")
        except UsageError as error:
            problems += [] if str(error) in map(str, problems) else [error]
            continue
        if text is not None:
            yield safe(name), safe(text)


def _value(macros: Macros, file: MacroFile, name: str, body: str, form: Form) -> str | None:
    """Return what is shown for a macro, None if it has nothing of this form."""
    if form == "expanded":
        return macros.value(name, str(file.path.absolute()))
    if form == "calls":
        return ":".join(call.name for call in calls(body)) or None
    return body


def problems(macros: Macros, file: MacroFile) -> list[UsageError]:
    """Return what is wrong with the macros of a file."""
    found: list[UsageError] = []
    for name in file.bodies:
        try:
            macros.value(name, str(file.path.absolute()))
        except UsageError as error:
            found.append(error)
    return found


def nesting(macros: Macros, call: Call, depth: int | None = None) -> Iterator[str]:
    """Return the tree of the macros that a macro calls, each with its body; depth is how many levels."""
    macros.body(call)  # a missing one is an error where it is asked for, and a remark further below
    drawn = _nested(macros, call, (), ("", ""), min(depth or DEPTH_LIMIT, DEPTH_LIMIT))
    yield from islice(drawn, _LINES_LIMIT)
    if next(drawn, None) is not None:
        yield f"... and more than {_LINES_LIMIT} lines"


def _nested(
    macros: Macros, call: Call, chain: tuple[tuple[Path, str], ...], indent: tuple[str, str], depth: int
) -> Iterator[str]:
    """Return the lines of one macro; `indent` stands before its own line and before those below it."""
    try:
        there = macros.body(call, chain[-1][0] if chain else None)
        inner = calls(there[1]) if there else []
    except UsageError as error:
        yield f"{indent[0]}{safe(str(error))}"
        return
    path, body = there or (Path(), "")
    looped = (path, call.name) in chain
    yield f"{indent[0]}{safe(call.name)} = {safe(body)}{'  (calls itself)' if looped else ''}"
    if looped or len(chain) >= depth:
        return
    for number, called in enumerate(inner, 1):
        last = number == len(inner)
        deeper = (indent[1] + ("`-- " if last else "|-- "), indent[1] + ("    " if last else "|   "))
        yield from _nested(macros, called, (*chain, (path, call.name)), deeper, depth)


def safe(text: str) -> str:
    """Return text of a file as it may go to a terminal; blanks, tabs and `;` stay."""
    return "\t".join(";".join(escape(part) for part in words.split(";")) for words in text.split("\t"))
