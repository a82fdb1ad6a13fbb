"""Small databases for tests: MACHINE lines by what matters in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vhost.record import Machine, line


def machine_line(**values: str) -> str:
    """Return a MACHINE line with these fields."""
    return line(Machine(**values))


def old_database(directory: Path, lines: Iterable[str], macmap: str = "") -> Path:
    """Return a directory that holds the files of the old tool."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "enum.fdb").write_text("".join(f"{text}\n" for text in lines))
    (directory / "macmap.fdb").write_text(macmap)
    return directory
