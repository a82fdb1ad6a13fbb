"""Takes a document apart; what does not fit is a problem, noted with its line, and left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vhost.config.keys import Key
from vhost.config.lines import nearest
from vhost.config.near import near
from vhost.config.values import Value, Wrong, path, value
from vhost.errors import UsageError

At = tuple[str, ...]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NAMES = "letters, digits, `_`, `.` and `-`, 64 at most"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and in which line (None: not known)."""

    line: int | None
    problem: str
    advice: str = ""

    def error(self, file: Path, more: int = 0) -> UsageError:
        """Return it as an error; `more` is how many others there are."""
        others = f"{more} more problems: vhost config check" if more else ""
        advice = "; ".join(filter(None, (self.advice, others)))
        return UsageError(f"{file}:{self.line}" if self.line else str(file), self.problem, advice)


@dataclass(slots=True)
class Checker:
    """Notes the problems of a file; `places` are the lines of its keys."""

    file: Path
    places: Mapping[At, int]
    problems: list[Problem] = field(default_factory=list)

    def note(self, at: At, problem: str, advice: str = "") -> None:
        """Note a problem of a key."""
        self.problems.append(Problem(nearest(self.places, at), problem, advice))

    def known(self, at: At, given: Iterable[str], names: Iterable[str]) -> None:
        """Note the keys of a table that are none of the names, with near misses."""
        known = sorted(set(names))
        for name in given:
            if name not in known:
                where = f" in [{'.'.join(at)}]" if at else ""
                self.note((*at, name), f"unknown key {name[:80]!r}{where}", near(name, known, "known are"))

    def values(self, at: At, given: Mapping[str, Any], forms: Iterable[Key]) -> dict[str, Value]:
        """Return the values of the keys of a table that are given and right."""
        found: dict[str, Value] = {}
        for key in forms:
            if key.name in given:
                try:
                    found[key.name] = value(key, given[key.name], self.file.parent)
                except Wrong as wrong:
                    self.note((*at, key.name), f"{'.'.join((*at, key.name))} {wrong}")
        return found

    def only(self, at: At, given: Mapping[str, Any], forms: Iterable[Key]) -> dict[str, Value]:
        """Return the values of a table that may hold no other keys."""
        listed = list(forms)
        self.known(at, given, [key.name for key in listed])
        return self.values(at, given, listed)

    def table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return a table of the document, empty if it is none."""
        found = document.get(name, {})
        if isinstance(found, dict):
            return found
        self.note((name,), f"{name} must be a table", f"write [{name}] in a line of its own")
        return {}

    def is_name(self, at: At) -> bool:
        """Tell whether the last part of a key may be the name of a database or job."""
        if _NAME.fullmatch(at[-1]):
            return True
        self.note(at, f"{at[-1][:80]!r} is no name", f"names are made of {_NAMES}")
        return False

    def directory(self, at: At, name: str) -> str | None:
        """Return the path of a database, None if lists of databases could not hold it."""
        if ":" not in name and "," not in name:
            return name
        self.note(at, f"{name[:80]!r} cannot be a database", "choose a path without `:` and `,`")
        return None

    def database(self, at: At, found: Mapping[str, object], databases: Iterable[str]) -> str | None:
        """Return the database that a key names: a name as it is, a path as an absolute one."""
        named = found.get("database")
        if not isinstance(named, str):
            return None
        if "/" in named:
            return self.directory((*at, "database"), path(named, self.file.parent))
        if named not in databases:
            advice = near(named, databases, "write ./NAME for a directory; known are")
            self.note((*at, "database"), f"{named[:80]!r} is no name of [databases]", advice)
        return named
