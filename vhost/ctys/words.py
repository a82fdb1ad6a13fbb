r"""Words that know where they stand, so that every complaint can say where it is.

    Line(("-a", "create=l:tst100")).word(1)[7:].wrong("no such thing") -> ctys: argument 2, column 8: no such thing

Arguments are joined with blanks to one text; a word is a part of it, perhaps with quotes left out. In a word
`\` protects what would separate: `,` `:` `%` `=` blanks, brackets, quotes, `$`, `~`, `@` and itself. Any other
backslash stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from vhost.errors import UsageError

LONGEST = 200_000
"""Characters of a whole command line."""

_ESCAPED = re.compile(r"\\([,:%=\\$~@\"'()\[\]{} ])")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Line:
    """The arguments of a call, or the options in a group file; `name` is the file and line of the latter."""

    arguments: tuple[str, ...]
    name: str = ""
    text: str = field(init=False)
    starts: Sequence[int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", " ".join(self.arguments))
        lengths = (len(argument) + 1 for argument in self.arguments[:-1])
        object.__setattr__(self, "starts", tuple(accumulate(lengths, initial=0)))
        if len(self.text) > LONGEST:
            raise UsageError("ctys", f"the call is longer than {LONGEST} characters")

    def word(self, number: int) -> Word:
        """Return an argument; they count from 0."""
        start = self.starts[number]
        return self.part(start, start + len(self.arguments[number]))

    def part(self, start: int, end: int | None = None) -> Word:
        """Return a part of the text."""
        text = self.text[start:end]
        return Word(text, range(start, start + len(text)), self, start)

    def where(self, place: int) -> str:
        """Return the place in words: arguments and columns count from 1."""
        number = bisect_right(self.starts, place) - 1
        column = place - self.starts[number] + 1
        return f"{self.name}: column {column}" if self.name else f"ctys: argument {number + 1}, column {column}"


@dataclass(frozen=True, slots=True)
class Word:
    """Some text of a line, and the place of each of its characters; `place` is where it begins, if only in theory."""

    text: str
    places: Sequence[int] = field(compare=False, repr=False)
    line: Line = field(compare=False, repr=False)
    place: int = field(compare=False, repr=False)

    def __getitem__(self, part: slice) -> Word:
        start = part.indices(len(self.text))[0]
        return Word(self.text[part], self.places[part], self.line, self._place(start))

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def plain(self) -> str:
        """Return the text without the backslashes that protected something."""
        return _ESCAPED.sub(r"\1", self.text) if "\\" in self.text else self.text

    @property
    def keyword(self) -> str:
        """Return the text in capitals."""
        return self.text.upper()

    def strip(self) -> Word:
        """Return the word without the blanks around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def find(self, separator: str) -> int:
        """Return where the separator stands unprotected, -1 if it does not."""
        return next(self._finds(separator), -1)

    def cut(self, separator: str) -> tuple[Word, Word | None]:
        """Return what stands before the first unprotected separator, and what behind it; None without one."""
        at = self.find(separator)
        return (self, None) if at < 0 else (self[:at], self[at + 1 :])

    def split(self, separator: str) -> list[Word]:
        """Return the parts between unprotected separators."""
        ends = [*self._finds(separator), len(self.text)]
        starts = [0, *(end + 1 for end in ends)]
        return [self[start:end] for start, end in zip(starts, ends, strict=False)]

    def _finds(self, separator: str) -> Iterator[int]:
        if separator not in self.text:
            return
        at, text = 0, self.text
        while at < len(text):
            if text[at] == "\\":
                at += 1
            elif text[at] == separator:
                yield at
            at += 1

    def wrong(self, problem: str, advice: str = "", at: int = 0) -> UsageError:
        """Return the complaint about the character `at` of this word."""
        return UsageError(self.line.where(self._place(at)), problem, advice)

    def _place(self, at: int) -> int:
        """Return the place of a character, or the one behind the last."""
        if at < len(self.places):
            return self.places[at]
        return self.places[-1] + 1 if self.places else self.place

    @property
    def shown(self) -> str:
        """Return the word as a complaint quotes it."""
        return repr(self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "...")
