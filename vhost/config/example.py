"""A configuration to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("example.toml")


def text() -> str:
    """Return an example of which every line is a comment."""
    return _FILE.read_text("utf-8")
