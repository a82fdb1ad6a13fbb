"""What a file that binds names, MACs and addresses says: entries, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name, MAC and address that a file binds together; a part that it does not give is None.

    `mac` is in lower case with colons, `ip` an address in normal form or a name that stands for
    one, `duid` hex digits with colons. `hostname` is what the client is told to call itself.
    `line` counts from 1 in `file`, which is empty for the text itself, else the name of an include.
    """

    name: str | None = None
    mac: str | None = None
    ip: str | None = None
    line: int
    duid: str | None = None
    hostname: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad spot: its line from 1, what was expected there, and the include it stands in."""

    line: int
    problem: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """A file that shall be read in this place, by its name as it is spelled."""

    name: str
    line: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything a text says: entries and problems by line, and the includes that were not given."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    includes: tuple[Include, ...] = ()
