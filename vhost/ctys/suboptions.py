r"""The suboptions of an action: `KEY[:ARGUMENT]` between commas, in any case.

    create=l:tst100,CONSOLE:cli,connect      the argument is everything behind the first `:`

Parts of a machine address stand among the other suboptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vhost.ctys.near import unknown
from vhost.ctys.requests import Address, Part, PartKind
from vhost.ctys.words import Word

MOST = 500
"""Suboptions of one action."""

PARTS: Mapping[str, PartKind] = {
    **dict.fromkeys(("ID", "I", "PATHNAME", "PNAME", "P"), "id"),
    **dict.fromkeys(("BASEPATH", "BASE", "B"), "base"),
    **dict.fromkeys(("LABEL", "L"), "label"),
    **dict.fromkeys(("FILENAME", "FNAME", "F"), "file"),
    **dict.fromkeys(("UUID", "U"), "uuid"),
    **dict.fromkeys(("MAC", "M"), "mac"),
    **dict.fromkeys(("TCP", "T"), "tcp"),
}
"""The kind of each part of a machine address by its keywords."""

_COLONS = frozenset({"uuid", "mac", "tcp"})
"""Kinds whose values may hold `:` as they are; `tcp` for IPv6."""

_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Item:
    """One suboption as it stands."""

    word: Word
    key: Word
    argument: Word | None

    @property
    def name(self) -> str:
        """Return the key in capitals."""
        return self.key.keyword

    def alone(self) -> None:
        """Raise `UsageError` if there is an argument."""
        if self.argument is not None:
            raise self.argument.wrong(f"{self.name} takes no argument")

    def value(self, example: str) -> Word:
        """Return the argument, which must be there."""
        if not self.argument:
            raise self.word.wrong(
                f"{self.name} lacks its argument", f"write {self.name}:{example}", len(self.word.text)
            )
        return self.argument

    def number(self, example: str = "30") -> int:
        """Return the argument, which must be a whole number."""
        return number(self.value(example), self.name)


def number(word: Word, name: str) -> int:
    """Return a whole number that is not negative."""
    if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= _LONGEST_NUMBER):
        raise word.wrong(f"{name} takes a whole number, not {word.shown}")
    return int(word.text)


def items(text: Word) -> list[Item]:
    """Return the suboptions; empty ones between two commas are left out."""
    found = []
    for word in text.split(","):
        if word := word.strip():
            key, argument = word.cut(":")
            found.append(Item(word, key, argument))
    if len(found) > MOST:
        raise found[MOST].word.wrong(f"more than {MOST} suboptions")
    return found


class Parts:
    """The parts of an address, collected one by one; each kind once, except base paths."""

    def __init__(self) -> None:
        self.found: list[Part] = []
        self.words: dict[PartKind, Word] = {}

    def take(self, item: Item) -> bool:
        """Tell whether the suboption was a part of an address, which is kept. Raises `UsageError` for a wrong one."""
        kind = PARTS.get(item.name)
        if kind is None:
            return False
        value = item.value("VALUE")
        if kind == "base":
            self.found += [_part(kind, one) for one in value.split("%") if one]
            return True
        part = _part(kind, value)
        if kind in self.words and part not in self.found:
            raise item.word.wrong(f"{item.word.shown} contradicts {self.words[kind].shown}", "write one of both")
        if part not in self.found:
            self.found.append(part)
        self.words.setdefault(kind, item.word)
        return True

    @property
    def address(self) -> Address:
        """Return what was collected."""
        return tuple(self.found)


def _part(kind: PartKind, word: Word) -> Part:
    if kind not in _COLONS and word.find(":") >= 0:
        raise word.wrong("a `:` stands in the value as it is", r"write \: if it belongs there", word.find(":"))
    return Part(kind, path(word) if kind in {"id", "base", "file"} else word.plain)


def path(word: Word) -> str:
    """Return a path; `$HOME` and `${HOME}` at its beginning become `~`."""
    text = word.plain
    for home in ("${HOME}", "$HOME"):
        if text == home or text.startswith(f"{home}/"):
            return f"~{text[len(home) :]}"
    return text


def no_such(item: Item, action: str, known: Mapping[str, object]) -> Exception:
    """Return the complaint about a suboption that the action does not have."""
    names = sorted({*known, *PARTS} - {name for name in PARTS if len(name) == 1})
    advice = "write l:LABEL for a machine of that name" if item.argument is None else ""
    return unknown(item.key, f"suboption of {action}", names, advice)
