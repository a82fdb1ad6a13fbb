"""The answer of a survey script, taken apart.

    = node
     lab00.soho
    = end

A line of content has a blank before it that is not its own, so nobody can forge the beginning of a part.
"""

from __future__ import annotations

from collections.abc import Mapping

from vhost.errors import VhostError

LARGEST = 4_000_000
"""Characters of one answer that are looked at."""


def sections(text: str, where: str) -> Mapping[str, str]:
    """Return the parts by their names, each with a newline behind every line; one that is missing is not there.

    Raises `VhostError` naming `where` for an answer that is cut off, or too long to be one.
    """
    if len(text) > LARGEST:
        raise VhostError(where, f"answered with more than {LARGEST} characters")
    parts: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if line.startswith("= "):
            name = line[2:]
            parts[name] = []
        elif name and line:
            parts[name].append(f"{line[1:]}\n")
    if name != "end":
        raise VhostError(where, "its answer is cut off", "try it again; does it have awk and a POSIX shell?")
    return {key: "".join(lines) for key, lines in parts.items()}


def first(text: str) -> str | None:
    """Return the first line that holds anything, None without one."""
    return next((line.strip() for line in text.split("\n") if line.strip()), None)
