"""What the parser knows while it reads: the open blocks, what was declared, what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from macmap.dhcpd.tokens import Token
from macmap.entry import MOST_PROBLEMS, Entry, Include, Problem


@dataclass(slots=True)
class Host:
    """A host declaration: its parameters as they are read."""

    name: str | None
    mac: str | None = None
    addresses: list[str] = field(default_factory=list)
    duid: str | None = None
    hostname: str | None = None
    deleted: bool = False


@dataclass(slots=True)
class Block:
    """An open `{`: what it belongs to, where it began, and how often a statement stood in it."""

    kind: str
    line: int
    name: str = ""
    host: Host | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """Return how often this was counted, this time included."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is used and must be declared somewhere; `kind` is class, option or space."""

    kind: str
    name: str
    line: int
    file: str


class Context:
    """The state of one parse; `file` is the include that is being read, empty for the text itself."""

    def __init__(self, included: Mapping[str, str]) -> None:
        self.included = included
        self.file = ""
        self.chain: tuple[str, ...] = ()
        self.spliced = 0
        self.seen: set[str] = set()
        self.repeated = 0
        self.stack = [Block("root", 1)]
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.untold = 0
        self.includes: list[Include] = []
        self.references: list[Reference] = []
        self.classes: dict[str, bool] = {}
        self.spaces: dict[str, dict[str, str]] = {}
        self.duids = 0

    @property
    def block(self) -> Block:
        """Return the innermost open block."""
        return self.stack[-1]

    def expected(self, line: int, text: str) -> None:
        """Note that something else was expected in a line."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, text, self.file))
        else:
            self.untold += 1

    def needed(self, kind: str, name: str, line: int) -> None:
        """Note a name that must be declared, here or in another place."""
        if len(self.references) < MOST_PROBLEMS:
            self.references.append(Reference(kind, name, line, self.file))


def shown(words: list[Token]) -> str:
    """Return words as a message shows them, in quotes and not too long."""
    text = " ".join(word.text for word in words)
    return repr(text if len(text) <= 40 else text[:37] + "...")
