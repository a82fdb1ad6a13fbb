"""Opens the user's editor in place of this process; no shell reads what is edited or where."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from vhost.errors import UsageError


def command(variable: str) -> list[str]:
    """Return the editor's command: that of the variable, of VISUAL, of EDITOR, or vi. Raises `UsageError`."""
    named = next((name for name in (variable, "VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "EDITOR")
    try:
        words = shlex.split(os.environ.get(named, "").strip() or "vi")
    except ValueError as error:
        raise UsageError(named, f"is no command: {error}", "name an editor, as EDITOR=vi") from error
    if not words or shutil.which(words[0]) is None:
        raise UsageError(named, f"no such editor: {words[:1]}", "name one that is installed, as EDITOR=vi")
    return words


def existing_or_own(name: str, directories: Sequence[Path], own: Path) -> Path:
    """Return the first file of this name along the directories, else where the user's own would be.

    An absolute name is the file itself. Raises `UsageError` for what cannot be the name of a file.
    """
    if not name.strip() or ".." in name.split("/") or name.endswith("/"):
        raise UsageError(name, "is no name of a file", "write it as it is called, without `..`")
    if name.startswith("/"):
        return Path(name)
    found = (directory / name for directory in directories)
    return next((path for path in found if os.path.isfile(path)), own / name)  # noqa: PTH113 - never raises


def prepare(path: Path, content: str) -> None:
    """Make the folder of a file, and the file where content is given for a new one. Raises `UsageError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if content and not path.exists():
            path.write_text(content, "utf-8")
    except OSError as error:
        raise UsageError(str(path), f"cannot be created: {error.strerror}", "name another file") from error


def edit(words: Sequence[str], paths: Sequence[Path]) -> NoReturn:
    """Open the files and never come back: the exit code is the editor's. Raises `UsageError` if it cannot be run."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        os.execvp(words[0], [*words, *(str(path.absolute()) for path in paths)])  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise UsageError(words[0], f"the editor cannot be run: {error.strerror}", "set EDITOR") from error
