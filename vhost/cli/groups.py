"""Listing, showing and editing groups: what `vhost groups` and the door `ctys-groups` both call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vhost.cli.outcome import show, tell
from vhost.cli.streams import out
from vhost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vhost.groups import Groups, Listed

_MOST_PROBLEMS = 50


def searched(databases: str | None) -> Groups:
    """Return the groups that a call with these databases sees."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.groups import Groups, search_path  # noqa: PLC0415 - as above

    return Groups(search_path(chosen(databases)))


def hosts(words: Sequence[str], databases: str | None) -> list[str]:
    """Return the words with the name of a group replaced by those of its hosts."""
    groups = searched(databases)
    expanded: list[str] = []
    for word in words:
        if word.startswith("/") or groups.files.find(word) is None:
            expanded.append(word)
        else:
            expanded += [member.host for member in groups.members(word)]
    return expanded


def _rows(groups: Groups, names: Sequence[str]) -> tuple[list[Listed], int]:
    """Return the groups that can be listed and the exit code; what is wrong with the others is told.

    A group that was named must be right: nothing is shown in its place.
    """
    problems: list[UsageError] = []
    rows = groups.listed(names, problems)
    if names and problems:
        raise problems[0]
    for problem in problems[:_MOST_PROBLEMS]:
        tell(str(problem))
    if len(problems) > _MOST_PROBLEMS:
        tell(f"and {len(problems) - _MOST_PROBLEMS} more groups that are wrong")
    return rows, int(bool(problems))


def _hint(groups: Groups, names: Sequence[str], *, terse: bool) -> None:
    for name in names:
        if not terse and not groups.known(name):
            tell(f"{name}: no such group; as a host it has no file that could be listed")


def run_check(names: Sequence[str], databases: str | None) -> int:
    """Resolve the groups, all of them without a name; return 1 if one is wrong."""
    rows, code = _rows(searched(databases), names)
    if not code:
        show([f"{len(rows)} groups, {sum(len(row.members) for row in rows)} hosts, all of them sound"])
    return code


def run_hosts(names: Sequence[str], databases: str | None) -> int:
    """Show the hosts of groups, one in a line, and return the exit code."""
    groups = searched(databases)
    show([member.written() for name in names for member in groups.members(name)])
    return 0


def run_list(names: Sequence[str], databases: str | None, *, terse: bool) -> int:
    """Show the table of groups and return the exit code."""
    from vhost.render import groups as forms  # noqa: PLC0415 - --help needs no group

    groups = searched(databases)
    rows, code = _rows(groups, names)
    _hint(groups, names, terse=terse)
    show(forms.listing(rows, groups.files.directories, names, terse=terse))
    return code


def run_overview(names: Sequence[str], databases: str | None, *, contents: bool, terse: bool) -> int:
    """Show the table of groups, or what stands in their files, and return the exit code.

    Groups that are wrong are told and shown as they are written; one that was named must be right.
    """
    from vhost.render import groups as forms  # noqa: PLC0415 - as above

    groups = searched(databases)
    problems: list[UsageError] = []
    rows = groups.listed(names, problems, as_written=True)
    if names and problems:
        raise problems[0]
    for problem in problems[:_MOST_PROBLEMS]:
        tell(str(problem))
    directories = groups.files.directories
    show(forms.includes(rows, directories) if contents else forms.overview(rows, directories, names, terse=terse))
    return 0


def run_members(names: Sequence[str], databases: str | None, form: str, *, terse: bool) -> int:
    """Show the members of groups in one of the old forms and return the exit code."""
    from vhost.render import groups as forms  # noqa: PLC0415 - as above

    groups = searched(databases)
    if form not in forms.FORMS:
        raise UsageError("-m", f"unknown form {form!r}", f"known are {', '.join(forms.FORMS)}")
    if form in forms.BY_FILE:
        rows, code = _rows(groups, names)
        _hint(groups, names, terse=terse)
        show(forms.by_file(rows, groups.files.directories, form, terse=terse))
        return code
    found = [member for name in names or groups.names() for member in groups.members(name)]
    text = forms.hosts(found, groups.files.directories, form, terse=terse)
    out().write(text.encode("utf-8", "backslashreplace"))  # these forms have no line end of their own
    return 0


def run_tree(
    folders: Sequence[str], databases: str | None, depth: int | None, *, files: bool, head: Sequence[str] = ()
) -> int:
    """Show the search path, or these folders below it, as trees, and return the exit code."""
    from vhost.render.folders import tree as drawn  # noqa: PLC0415 - as above

    directories = searched(databases).files.directories
    roots = [directory / folder for directory in directories for folder in folders or ["."]]
    found = [root for root in roots if os.path.isdir(root)]  # noqa: PTH112 - never raises
    if folders and not found:
        raise UsageError(folders[0], "no such folder of groups", "vhost groups list shows what is searched")
    show([*head, *(line for root in found for line in drawn(root, depth, files=files))])
    return 0


def run_edit(names: Sequence[str], databases: str | None) -> int:
    """Open the groups, or without a name the directories that are searched, in an editor."""
    from vhost.cli import editor  # noqa: PLC0415 - as above
    from vhost.groups import own_directory  # noqa: PLC0415 - as above

    words = editor.command("CTYS_GROUPSEDIT")
    directories = searched(databases).files.directories
    paths = [editor.existing_or_own(name, directories, own_directory()) for name in names]
    for path in paths:
        editor.prepare(path, "")  # no file: an empty group would stand for no host
    editor.edit(words, paths or [directory for directory in directories if directory.is_dir()])


def run_caches() -> int:
    """Show the list of cached groups and return the exit code."""
    from vhost.home import login  # noqa: PLC0415 - beside its use
    from vhost.render import inventory  # noqa: PLC0415 - as above

    show(inventory.group_caches(login(), terse=False))
    return 0
