"""The tree of a folder in plain ASCII, as `tree --charset=ascii` draws it.

/home/me/.ctys/groups
|-- lab
`-- sub
    `-- qemuhosts

2 directories, 2 files
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from vhost.text import escape

_ENTRIES_LIMIT = 10_000
_DEPTH_LIMIT = 100


def tree(root: Path, depth: int | None = None, *, files: bool = True) -> Iterator[str]:
    """Return the lines of a folder's tree and its counts; links are shown, never followed.

    `depth` is how many levels are shown, None all of them. A folder that cannot be read is empty.
    """
    below = list(_below(root, min(depth or _DEPTH_LIMIT, _DEPTH_LIMIT), files=files))
    yield escape(str(root))
    for indent, name, _ in below[:_ENTRIES_LIMIT]:
        yield indent + escape(name)
    if len(below) > _ENTRIES_LIMIT:
        yield f"... and {len(below) - _ENTRIES_LIMIT} more"
    folders = sum(is_folder for _, _, is_folder in below)
    counts = _counted(folders + bool(below), "directory", "directories")
    yield ""
    yield f"{counts}, {_counted(len(below) - folders, 'file', 'files')}" if files else counts


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _below(folder: Path, depth: int, indent: str = "", *, files: bool) -> Iterator[tuple[str, str, bool]]:
    """Return the drawing before a name, the name, and whether it is a folder."""
    if depth < 1:
        return
    shown = _entries(folder, files=files)
    for number, (name, is_folder) in enumerate(shown, 1):
        last = number == len(shown)
        yield indent + ("`-- " if last else "|-- "), name, is_folder
        if is_folder:
            yield from _below(folder / name, depth - 1, indent + ("    " if last else "|   "), files=files)


def _entries(folder: Path, *, files: bool) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as found:
            entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found]
    except OSError:
        return []
    return sorted((name, is_folder) for name, is_folder in entries if not name.startswith(".") and (files or is_folder))
