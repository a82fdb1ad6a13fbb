"""Reads a Kea configuration and hands out the objects of some lists, and no more than that.

    "reservations": [ { "hw-address": "00:0b:fd:32:e6:fa", "ip-address": "10.5.5.1" }, ]

The document is never in memory as a whole. A bad spot is named and passed: what follows it is read.
Commas at the end of a list are taken, as Kea does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from macmap.entry import MOST_REPEATED, Entry, Include, Parsed, Problems
from macmap.kea.tokens import INCLUDE, MARK, OPEN, SCALAR, STRING, Token, tokens
from macmap.spellings import shown

DEEPEST: Final = 100
"""Objects and lists in each other; what stands deeper is not read."""

MOST_ITEMS: Final = 10_000
"""Items of a list in an object that is handed out."""

_DEEPEST_INCLUDE: Final = 16
_MOST_INCLUDES: Final = 1_000
_CLOSING: Final = {"{": "}", "[": "]"}
_ENDING: Final = frozenset({"}", "]", ","})

Value = str | int | float | bool | None


class Object(dict[str, "Value | list[Value]"]):
    """The plain values of an object, and the lists of such, with the lines that they stand in."""

    def __init__(self, line: int, file: str) -> None:
        super().__init__()
        self.line, self.file = line, file
        self.lines: dict[str, int] = {}


Found = Callable[[Object, Sequence[Object]], None]
"""Told of an object and of those around it, the outermost first; the latter may still grow."""


class Document:
    """One configuration while it is read."""

    def __init__(self, text: str, included: Mapping[str, str], wanted: str, found: Found) -> None:
        self.problems = Problems()
        self.includes: list[Include] = []
        self._included, self._wanted, self._found = included, wanted, found
        self._open: list[Object] = []
        self._files: list[tuple[str, Iterator[Token]]] = [("", tokens(text))]
        self._spliced = 0
        self._seen: set[str] = set()
        self._repeated = 0
        self._over = False
        self._again: Token | None = None
        self._line = 1

    def read(self) -> None:
        """Read everything."""
        if (token := self._next()) is None:
            self._expected("'{' expected: there is nothing")
            return
        self._value(token, depth=0, name="", keep=False)
        if (rest := self._next()) is not None:
            self._expected(f"the end expected, not {shown(rest.text)}")
            self._again = rest
            self._members_behind()

    def _members_behind(self) -> None:
        """Read what stands behind the end of a document, which a bracket too many has ended too early."""
        lost = Object(self._line, "")
        while (token := self._next()) is not None:
            if token.kind == STRING:
                self._member(lost, token, 0, keep=False)
            elif token.text in _CLOSING:
                self._value(token, depth=1, name="", keep=False)

    def _expected(self, text: str, line: int | None = None) -> None:
        self.problems.expected(line or self._line, text, self._files[-1][0])

    def _next(self) -> Token | None:
        """Return the next token, also out of an included file; None at the end."""
        again, self._again = self._again, None
        if again is not None:
            return again
        while True:
            token = next(self._files[-1][1], None)
            if token is None:
                if len(self._files) == 1:
                    return None
                self._files.pop()
            elif token.kind == INCLUDE:
                self._include(token)
            else:
                self._line = token.line
                return token

    def _include(self, token: Token) -> None:
        name, file = token.text, self._files[-1][0]
        if name in {opened for opened, _ in self._files}:
            self._expected(f"a file that does not include itself expected, not {name!r}", token.line)
        elif len(self._files) > _DEEPEST_INCLUDE or self._spliced >= _MOST_INCLUDES:
            limits = f"at most {_MOST_INCLUDES} includes, {_DEEPEST_INCLUDE} deep, expected"
            self._expected(f"{limits}; {name!r} is not read", token.line)
        elif name not in self._included:
            self.includes.append(Include(name, token.line, file))
        elif name in self._seen and self._repeated + len(self._included[name]) > MOST_REPEATED:
            limits = f"repeated includes of at most {MOST_REPEATED} bytes expected"
            self._expected(f"{limits}; {name!r} is not read", token.line)
        else:
            self._spliced += 1
            self._repeated += len(self._included[name]) if name in self._seen else 0
            self._seen.add(name)
            self._files.append((name, tokens(self._included[name])))

    def _value(self, token: Token, *, depth: int, name: str, keep: bool) -> Value | list[Value] | Object:
        """Read the value that begins with a token; lists and objects are returned only if they are kept."""
        if token.kind in {STRING, SCALAR}:
            return self._plain(token)
        if token.kind == OPEN:
            self._expected(f"the end of {shown(token.text)} expected")
        elif token.text not in _CLOSING:
            self._expected(f"a value expected, not {shown(token.text)}")
            if token.text in _ENDING:
                self._again = token
        elif depth >= DEEPEST:
            self._expected(f"at most {DEEPEST} objects and lists in each other expected; this one is not read")
            self._pass()
        elif token.text == "{":
            return self._object(depth, name, keep=keep)
        else:
            return self._list(depth, name, keep=keep)
        return None

    def _plain(self, token: Token) -> Value:
        try:
            value: Value = json.loads(token.text.removeprefix("+"))
        except ValueError:
            return self._fraction(token)
        return value

    def _fraction(self, token: Token) -> float | None:
        """Return a number as `.5`, which Kea takes and JSON does not."""
        try:
            return float(token.text)
        except ValueError:
            self._expected(f"a string or number of JSON expected, not {shown(token.text)}")
            return None

    def _pass(self) -> None:
        """Pass a list or object that is not read."""
        depth = 1
        while depth and (token := self._next()) is not None:
            if token.kind == MARK:
                depth += (token.text in "{[") - (token.text in "}]")

    def _object(self, depth: int, name: str, *, keep: bool) -> Object:
        made = Object(self._line, self._files[-1][0])
        outer = tuple(self._open)
        self._open.append(made)
        for token in self._items("}", made.line):
            self._member(made, token, depth, keep=keep)
        self._open.pop()
        if name == self._wanted:
            self._found(made, outer)
        return made

    def _member(self, made: Object, token: Token, depth: int, *, keep: bool) -> None:
        if token.kind != STRING:
            self._expected(f"a name in quotes expected, not {shown(token.text)}")
            if token.text in _CLOSING:
                self._pass()
            return
        key, line = str(self._plain(token)), token.line
        colon = self._next()
        if colon is None or colon.text != ":":
            self._expected(f"':' expected after {shown(token.text)}")
            self._again = colon
            return
        if (begin := self._next()) is None:
            return
        value = self._value(begin, depth=depth + 1, name=key, keep=keep)
        if not isinstance(value, Object):
            made[key], made.lines[key] = value, line

    def _list(self, depth: int, name: str, *, keep: bool) -> list[Value] | None:
        wanted, begun = name == self._wanted, self._line
        items: list[Value] = []
        for token in self._items("]", begun):
            value = self._value(token, depth=depth + 1, name=name if wanted else "", keep=keep or wanted)
            if keep and not isinstance(value, (Object, list)):
                items.append(value)
            if len(items) > MOST_ITEMS:
                self._expected(f"a list of at most {MOST_ITEMS} items expected")
                self._pass()
                break
        return items if keep else None

    def _items(self, closing: str, begun: int) -> Iterator[Token]:
        """Return the tokens that begin the items of a list or object, up to its end."""
        separated = True
        while (token := self._next()) is not None:
            if token.text == closing and token.kind == MARK:
                return
            if token.kind == MARK and token.text in "}]":
                self._expected(f"{closing!r} expected, not {token.text!r}: what began in line {begun} is still open")
                self._again = token
                return
            if token.kind == MARK and token.text == ",":
                separated = True
                continue
            if not separated:
                self._expected(f"',' expected before {shown(token.text)}")
            separated = False
            yield token
        if not self._over:  # what is around it is open as well, which need not be said again
            self._expected(f"{closing!r} expected at the end: what began in line {begun} is still open")
        self._over = True


def listed(text: str, rule: Callable[[Problems, Object], Iterable[Entry]]) -> Parsed:
    """Return what a rule makes of the objects of a list, and what is wrong with the text."""
    entries: list[Entry] = []

    def found(one: Object, around: Sequence[Object]) -> None:
        if not around:
            entries.extend(rule(document.problems, one))

    document = Document(text, {}, "", found)
    document.read()
    return document.problems.parsed(entries)
