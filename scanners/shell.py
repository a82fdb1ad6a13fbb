r"""The simple commands of a shell script, in their order, read and never run.

    NAME=tst1; sudo qemu-system-x86_64 -name "$NAME" \
        -m 512

gives the words `sudo`, `qemu-system-x86_64`, `-name`, `tst1`, `-m`, `512`. A variable that the script
itself fixes is put in; every other expansion (`$1`, `$(hostname)`, `${NAME:-x}`) stands as `UNKNOWN`
in its word. Source: POSIX.1-2017, Shell Command Language, 2.9 and 2.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanners.shell_variables import Value, Variables
from scanners.shell_words import DECLARING, INTRODUCING, Token, Words

_OPENING = {"if": "if", "while": "loop", "until": "loop", "{": "{", "for": "loop", "select": "loop", "case": "case"}
_CLOSING = frozenset({"fi", "done", "}", "esac"})
_BRANCHING = frozenset({"else", "elif"})
_NAMING = frozenset({"read", "unset", "getopts", "mapfile", "readarray", "printf", "let"})
_REPLACING = frozenset({"eval", "source", "."})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command: the line that it begins in, from 1, and its words without assignments."""

    line: int
    words: tuple[str, ...]


def commands(text: str) -> list[Command]:
    """Return the simple commands of a script, none where it only assigns. Never raises."""
    first = _Reader(text, Variables({}))
    found = list(first.run())
    loops = first.variables.loops
    return list(_Reader(text, Variables(loops)).run()) if any(loops.values()) else found


def skim(text: str) -> Iterator[Command]:
    """Yield the simple commands one by one; a variable that a loop changes may have its first value."""
    return _Reader(text, Variables({})).run()


@dataclass(slots=True)
class _Statement:
    """A simple command while it is read."""

    start: int | None = None
    words: list[str] = field(default_factory=list)
    assignments: list[Token] = field(default_factory=list)


class _Reader:
    """One pass over a script. The first one only learns what is assigned in which loop."""

    def __init__(self, text: str, variables: Variables) -> None:
        self.variables = variables
        self._text = text
        self._statement = _Statement()
        self._operator = ";"
        self._line = 1
        self._counted = 0

    def run(self) -> Iterator[Command]:
        for token in Words(self._text, self.variables).tokens():
            command = self._take(token)
            if command:
                yield command
        while self.variables.block is not None:
            self.variables.leave()

    def _take(self, token: Token) -> Command | None:
        if token.kind == "word":
            self._take_words(token)
        elif token.kind == "assignment":
            self._statement.assignments.append(token)
        elif token.kind == "function":
            self._statement = _Statement()  # its name is no command
        else:
            command = self._end_statement()
            self._apply(token)
            return command
        return None

    def _take_words(self, token: Token) -> None:
        statement = self._statement
        for value in token.values:
            if statement.words[:1] == ["function"] and value == "{":
                statement.words.clear()
                statement.start = None
            if statement.words or value not in INTRODUCING:
                if statement.start is None:
                    statement.start = token.at
                statement.words.append(value)
            else:
                self._introduce(value)

    def _introduce(self, word: str) -> None:
        if word in _OPENING:
            self.variables.enter(_OPENING[word], loop=_OPENING[word] == "loop")
        elif word in _BRANCHING:
            self.variables.branch()
        elif word in _CLOSING:
            self.variables.leave()

    def _apply(self, token: Token) -> None:
        """Take over what an operator, or `((...))`, does to the blocks and the variables."""
        operator = token.values[0]
        if token.kind == "arithmetic":
            self.variables.forget(_NAME.findall(operator))
        elif operator == "(":
            self.variables.enter("(")
        elif operator == ")" and self.variables.block == "(":
            self.variables.leave()
        elif operator in {")", ";;", ";&", ";;&"} and self.variables.block == "case":
            self.variables.branch()
        self._operator = ";" if token.kind == "arithmetic" else operator

    def _end_statement(self) -> Command | None:
        statement, self._statement = self._statement, _Statement()
        first = statement.words[0] if statement.words else None
        if first is None or first in DECLARING:
            self._assign(statement.assignments)
        elif first in {"for", "select", "case"}:
            self.variables.enter(_OPENING[first], loop=first != "case")
            self.variables.forget(statement.words[1:2] if first != "case" else ())
        elif first in _REPLACING:
            self.variables.clear()
        elif first != "function":  # whose `{` stands in the next line
            if first in _NAMING:
                self.variables.forget(filter(_NAME.fullmatch, statement.words[1:]))
            return Command(self._line_of(statement.start or 0), tuple(statement.words))
        return None

    def _assign(self, assignments: list[Token]) -> None:
        perhaps = self._operator in {"&&", "||", "|", "|&"}
        for token in assignments:
            value = token.value
            if token.appends:
                value = _appended(self.variables[token.name], value, as_array=token.is_array)
            self.variables.assign(token.name, value, perhaps=perhaps)

    def _line_of(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = max(at, self._counted)
        return self._line


def _appended(before: Value | None, value: Value | None, *, as_array: bool) -> Value | None:
    if before is None or value is None:
        return None
    return before + value if as_array else ("".join((*before[:1], *value)), *before[1:])
