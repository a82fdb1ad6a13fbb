"""Checks and edits the file of the configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

from vhost.cli import editor
from vhost.cli.outcome import show, tell
from vhost.config import example
from vhost.config.place import place
from vhost.config.reading import checked
from vhost.errors import SourceMissing, UsageError

_MOST = 100


def run_check() -> int:
    """Name everything that is wrong and return the exit code. Raises `SourceMissing` if there is no configuration."""
    path = place()
    if not path.exists():
        raise SourceMissing(str(path), "there is no configuration", "make one: vhost config edit")
    config, problems = checked(path)
    for problem in problems[:_MOST]:
        tell(str(problem.error(path)))
    if len(problems) > _MOST:
        tell(f"{path}: and {len(problems) - _MOST} more problems")
    if not problems:
        show([f"{path}: {len(config.databases)} databases, {len(config.jobs)} jobs, all of it sound"])
    return UsageError.exit_code if problems else 0


def run_edit() -> int:
    """Open the configuration in an editor, check it, and return the exit code: that of the editor if it failed."""
    path, words = place(), editor.command("VISUAL")
    editor.prepare(path, example.text())
    if code := _edited(words, path):
        raise UsageError(words[0], f"ended with exit code {code}", f"{path} was not checked: vhost config check")
    return run_check()


def _edited(words: list[str], path: Path) -> int:
    try:
        return subprocess.run([*words, str(path)], check=False).returncode  # noqa: S603 - the user's own editor, no shell
    except OSError as error:
        raise UsageError(words[0], f"the editor cannot be run: {error.strerror}", "set EDITOR") from error
