"""Runs the installed commands as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import warm

BIN = Path(sys.executable).parent


def run(
    *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Return the finished command, whatever its exit code; the program is one that the environment holds.

    It is a process of its own. A command of ours has its imports behind it, unless the variables steer how it starts.
    """
    name, *arguments = map(str, command)
    if warm.fits(name, env or {}):
        return warm.run([str(BIN / name), *arguments], {**os.environ, **(env or {})}, cwd, timeout)
    return subprocess.run(
        [str(BIN / name), *arguments],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    )


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line on stderr of a command that failed; a traceback or several lines fail the test."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def rows(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the lines on stdout of a command that must have succeeded."""
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.splitlines()


def xen(label: str, uuid: str = "", mac: str = "", **more: str) -> str:
    """Return a small configuration of a Xen guest."""
    lines = [f'name = "{label}"', "memory = 512"]
    lines += [f'uuid = "{uuid}"'] if uuid else []
    lines += [f"vif = ['mac={mac},bridge=xenbr0']"] if mac else []
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in more.items())]) + "\n"


def tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Return the directory after the files were written into it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def names(files: Sequence[Path]) -> list[str]:
    """Return the last parts of the paths, sorted."""
    return sorted(path.name for path in files)
