"""The `-D LEVEL` of the old doors."""

from __future__ import annotations

from vhost.errors import UsageError


def level(program: str, text: str | None) -> int | None:
    """Return how many levels of a tree are wanted, None where nothing was said. Raises `UsageError`."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise UsageError(program, f"-D takes a number of levels, not {text!r}")
    return int(text[:9])
