"""What a file that binds names, MACs and addresses says: entries, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

MOST_PROBLEMS: Final = 1_000
"""The problems that are named; the rest is counted."""

MOST_REPEATED: Final = 4 * 1024 * 1024
"""The characters of includes that are read again because they are included again; they fit a small file many times."""

_LEASES_ENDED = ("abandoned", "backup", "declined", "expired", "free", "released", "reset")
_NEIGHBOURS_ENDED = ("failed", "incomplete")
ENDED: Final = frozenset((*_LEASES_ENDED, *_NEIGHBOURS_ENDED))
"""The states in which a lease or a neighbour is nobody's any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name, MAC and address that a file binds together; a part that it does not give is None.

    `mac` is in lower case with colons, `ip` an address in normal form or a name that stands for
    one; `duid` is hex digits with colons. `hostname` is what the client is told to
    call itself. `line` counts from 1 in `file`, which is empty for the text itself, else the name of
    an include. `state` is that of a lease or neighbour in the words of its server; `expires_at` is when
    a lease ends, `seen_at` when the source itself saw the client last (both UTC). `segment` is the VLAN or interface.
    """

    name: str | None = None
    mac: str | None = None
    ip: str | None = None
    line: int
    duid: str | None = None
    hostname: str | None = None
    file: str = ""
    state: str | None = None
    expires_at: datetime | None = None
    seen_at: datetime | None = None
    segment: str | None = None

    @property
    def ended(self) -> bool:
        """Tell whether the state says that the binding holds no more."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad spot: its line from 1, what was expected there, and the include it stands in."""

    line: int
    problem: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """A file that shall be read as well, by its name as it is spelled, or a directory of such files.

    `how` says what it is: a `file` of the same form, `hosts` in the form of the format's hosts files; with
    `directory` all files in it, but for those whose names end in one of `without`, or only those that
    end in one of `only`.
    """

    name: str
    line: int
    file: str = ""
    how: Literal["file", "hosts"] = "file"
    directory: bool = False
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything a text says: entries and problems by line, and the includes that were not given."""

    entries: Sequence[Entry] = ()
    problems: tuple[Problem, ...] = ()
    includes: tuple[Include, ...] = ()


class Problems:
    """The bad spots of one text: the first are named, the rest is counted."""

    def __init__(self) -> None:
        self.named: list[Problem] = []
        self.untold = 0

    def expected(self, line: int, text: str, file: str = "") -> None:
        """Note that something else was expected in a line."""
        if len(self.named) < MOST_PROBLEMS:
            self.named.append(Problem(line, text, file))
        else:
            self.untold += 1

    def parsed(self, entries: Iterable[Entry], includes: Iterable[Include] = ()) -> Parsed:
        """Return everything a text says, with the problems that were noted."""
        rest = [Problem(0, f"{self.untold} more problems are not listed")] if self.untold else []
        return Parsed(tuple(entries), (*self.named, *rest), tuple(includes))
