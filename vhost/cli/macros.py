"""Listing, showing and editing macros: what `vhost macros` and the door `ctys-macros` both call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vhost.cli.outcome import show, tell
from vhost.errors import SourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vhost.query.macros import Macros
    from vhost.render.macros import Form

_NEW = "# NAME = body; called as macro:NAME, in a body as {macro:NAME}\n"
_MOST_PROBLEMS = 50


def searched(databases: str | None) -> Macros:
    """Return the macros that a call with these databases sees."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    return Macros(search_path(chosen(databases)))


def _told(problems: Sequence[UsageError]) -> int:
    for problem in problems[:_MOST_PROBLEMS]:
        tell(str(problem))
    if len(problems) > _MOST_PROBLEMS:
        tell(f"and {len(problems) - _MOST_PROBLEMS} more macros that are wrong")
    return int(bool(problems))


def _file(macros: Macros, name: str) -> Path:
    """Return the first file of this name. Raises `SourceMissing` if there is none."""
    found = macros.files(name)
    if not found:
        raise SourceMissing(name, "no such macro file", "vhost macros files shows them")
    return found[0]


def run_files(databases: str | None, *, terse: bool) -> int:
    """Show the macro files of the search path and return the exit code."""
    from vhost.render import macros as forms  # noqa: PLC0415 - as above

    show(forms.files(searched(databases), terse=terse))
    return 0


def run_list(file: str, databases: str | None, form: Form, sections: Sequence[bool], *, terse: bool) -> int:
    """Show the macros of a file; what is wrong with others is told, and the exit code is 1."""
    from vhost.query.macros import read  # noqa: PLC0415 - as above
    from vhost.render import macros as forms  # noqa: PLC0415 - as above

    macros = searched(databases)
    lines, problems = forms.listing(macros, read(_file(macros, file)), sections, form, terse=terse)
    show(lines)
    return _told(problems)


def run_show(names: Sequence[str], file: str | None, databases: str | None, *, written: bool, named: bool) -> int:
    """Show the values of macros, expanded or as written, perhaps as `NAME=<value>`; a mistake shows nothing."""
    from vhost.query.macros import Call  # noqa: PLC0415 - as above
    from vhost.render.macros import safe  # noqa: PLC0415 - as above

    macros = searched(databases)
    if file is not None:
        _file(macros, file)
    values = []
    for name in names:
        there = macros.body(Call(name, file)) if written else None
        values.append(there[1] if there else macros.value(name, file))
    shown = zip(map(safe, names), map(safe, values), strict=True)
    show([f"{name}=<{value}>" if named else value for name, value in shown])
    return 0


def run_nesting(names: Sequence[str], file: str | None, databases: str | None, depth: int | None) -> int:
    """Show which macros each macro calls, as trees, and return the exit code."""
    from vhost.query.macros import Call  # noqa: PLC0415 - as above
    from vhost.render import macros as forms  # noqa: PLC0415 - as above

    macros = searched(databases)
    show([line for name in names for line in forms.nesting(macros, Call(name, file), depth)])
    return 0


def run_tree(
    names: Sequence[str], databases: str | None, depth: int | None, *, files: bool, head: Sequence[str] = ()
) -> int:
    """Show the search path, or these files and folders in it, as trees, and return the exit code."""
    from vhost.query.macro_files import BUILTIN  # noqa: PLC0415 - as above
    from vhost.render.folders import tree  # noqa: PLC0415 - as above

    directories = [*searched(databases).directories, BUILTIN]
    roots = [directory / name for directory in directories for name in names or ["."]]
    found = [root for root in roots if os.path.exists(root)]  # noqa: PTH110 - never raises
    if names and not found:
        raise UsageError(names[0], "no such macro file or folder", "vhost macros files shows what is searched")
    show([*head, *(line for root in found for line in tree(root, depth, files=files))])
    return 0


def run_edit(names: Sequence[str], databases: str | None) -> int:
    """Open macro files, the user's `default` without a name, in an editor."""
    from vhost.cli import editor  # noqa: PLC0415 - as above
    from vhost.query.macros import own_directory  # noqa: PLC0415 - as above

    words = editor.command("CTYS_MACROSEDIT")
    directories = searched(databases).directories
    paths = [editor.existing_or_own(name, directories, own_directory()) for name in names or ["default"]]
    for path in paths:
        editor.prepare(path, _NEW)
    editor.edit(words, paths)


def run_check(files: Sequence[str], databases: str | None) -> int:
    """Expand every macro of the files, of all without a name; return 1 if one is wrong."""
    from vhost.query.macros import read  # noqa: PLC0415 - as above
    from vhost.render import macros as forms  # noqa: PLC0415 - as above

    macros = searched(databases)
    paths = [_file(macros, name) for name in files] or forms.everything(macros)
    problems = [problem for path in paths for problem in forms.problems(macros, read(path))]
    if not problems:
        show([f"{sum(len(read(path).written) for path in paths)} macros in {len(paths)} files, all of them sound"])
    return _told(problems)
