"""The words of a shell script, with quotes and escapes taken away and known variables put in.

    -name "$NAME" -append 'root=/dev/sda1 ro'     gives  -name  tst1  -append  root=/dev/sda1 ro

Comments, continued lines, redirections and here-documents are passed over. Source: POSIX.1-2017,
Shell Command Language, 2.2 to 2.7; arrays and `$'...'` as in bash(1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scanners.shell_expansions import closing, expansion
from scanners.shell_variables import UNKNOWN, Value, Variables

MOST_EXPANDED = 4 * 1024 * 1024
"""Characters that variables may put into the words of one script; further ones are unknown."""

MOST_BROKEN_JSON = 100
"""After so many attempts a script's words are no longer looked at as JSON."""

INTRODUCING = frozenset(
    {"if", "while", "until", "then", "elif", "else", "do", "!", "time", "{", "}", "fi", "done", "esac"}
)
"""Reserved words that a command may follow."""

DECLARING = frozenset({"export", "local", "declare", "typeset", "readonly"})
"""Commands whose arguments are assignments."""

_TOKEN = re.compile(
    r"""
      (?P<join>\\\r?\n)
    | (?P<blank>[ \t\r]+)
    | (?P<line>\n)
    | (?P<process>[<>]\()
    | (?P<redirect>(?:[0-9]+|&)?(?:<<<|<<-?|[<>]&|>>|>\||<>|[<>]))
    | (?P<operator>&&|\|\||;;&?|;&|\|&|[;&|()])
    | (?P<single>'[^']*'?)
    | (?P<double>\$?")
    | (?P<ansi>\$'(?:[^'\\]|\\.)*+'?)
    | (?P<expansion>[$`])
    | (?P<escape>\\.?)
    | (?P<plain>[^\s\\'"$`;&|()<>]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SEPARATING = frozenset({"blank", "line", "redirect", "operator"})
_BLANK_LINES = re.compile(r"\s*")
_COMMENT = re.compile(r"#[^\n]*")
_IN_DOUBLE = re.compile(r'[^"\\$`]+|\\?.', re.DOTALL)
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\s]{0,80}\])?(\+?)=")
_FUNCTION = re.compile(r"\([ \t]*\)")
_SPACE = re.compile(r"[ \t\r\n]+")
_ANSI = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\'": "'", '\\"': '"'}
_ANSI_ESCAPE = re.compile(r"\\.", re.DOTALL)


@dataclass(slots=True)
class Token:
    """A word (`values`: none, one or several), an assignment to `name`, or what ends a command."""

    kind: Literal["word", "assignment", "operator", "arithmetic", "function"]
    at: int
    values: list[str] = field(default_factory=list)
    name: str = ""
    appends: bool = False
    is_array: bool = False
    is_element: bool = False

    @property
    def value(self) -> Value | None:
        """The value that is assigned, None for one element of an array."""
        return None if self.is_element else tuple(self.values)


@dataclass(slots=True)
class _Word:
    """A word while it is read: its fields, which are several where a variable held blanks."""

    at: int
    target: Token | None = None
    fields: list[list[str]] = field(default_factory=lambda: [[]])
    quoted: bool = False

    def add(self, text: str) -> None:
        self.fields[-1].append(text)

    def splice(self, pieces: Sequence[str]) -> None:
        """Put in several values: the first one ends the open field, the others begin new ones."""
        self.fields[-1].extend(pieces[:1])
        self.fields.extend([piece] for piece in pieces[1:])

    def values(self) -> list[str]:
        joined = ["".join(parts) for parts in self.fields]
        return joined if self.quoted or self.target else [value for value in joined if value]


class Words:
    """The tokens of one text; the reader of `tokens` keeps `variables` up to date between them."""

    def __init__(self, text: str, variables: Variables) -> None:
        self._text = text.replace(UNKNOWN, "\ufffd")
        self._variables = variables
        self._at = 0
        self._word: _Word | None = None
        self._array: Token | None = None
        self._redirect = ""
        self._documents: list[str] = []
        self._assignable = True
        self._declaring = False
        self._expanded = 0
        self._broken_json = 0

    def tokens(self) -> Iterator[Token]:
        """Yield words, assignments and operators in their order, an operator at the end."""
        while self._at < len(self._text):
            if self._word is None and self._begins():
                continue
            found = _TOKEN.match(self._text, self._at)
            start, kind = self._at, found.lastgroup if found else None
            self._at = found.end() if found else len(self._text)
            token = self._text[start : self._at]
            if kind in _SEPARATING:
                yield from self._end_word()
                yield from self._separated(kind or "", token, start)
            elif kind != "join":
                self._extend(kind or "", token, start)
        yield from self._end_word()
        yield Token("operator", len(self._text), [";"])

    def _begins(self) -> bool:
        """Pass over what only stands where a word may begin, and tell whether there was something."""
        if comment := _COMMENT.match(self._text, self._at):
            self._at = comment.end()
            return True
        if self._text.startswith('{"', self._at) and self._begin_json():
            return True
        assigned = _ASSIGNED.match(self._text, self._at) if self._assignable and not self._array else None
        if assigned:
            self._begin_assignment(assigned)
        return assigned is not None

    def _begin_assignment(self, assigned: re.Match[str]) -> None:
        name, indexed, appends = assigned.groups()
        target = Token("assignment", self._at, name=name, appends=bool(appends), is_element=bool(indexed))
        self._at = assigned.end()
        if self._text.startswith("(", self._at):
            self._at += 1
            target.is_array = True
            self._array = target
        else:
            self._word = _Word(target.at, target)

    def _begin_json(self) -> bool:
        """Take a JSON object as it stands: a shell would unquote it, so it comes from `ps`, which has no quotes."""
        end = _json_end(self._text, self._at) if self._broken_json < MOST_BROKEN_JSON else None
        if end is None:
            self._broken_json += 1
            return False
        self._word = _Word(self._at)
        self._word.add(self._text[self._at : end])
        self._at = end
        return True

    def _end_word(self) -> Iterator[Token]:
        word, self._word = self._word, None
        if word is None:
            return
        values = word.values()
        if self._redirect:
            if self._redirect in {"<<", "<<-"}:
                self._documents.append("".join(values))
            self._redirect = ""
        elif self._array:
            self._array.values.extend(values)
        elif word.target:
            word.target.values.append("".join(values))
            yield word.target
        elif values:
            self._declaring = self._declaring or values[0] in DECLARING
            self._assignable = self._assignable and (self._declaring or values[0] in INTRODUCING)
            yield Token("word", word.at, values)

    def _separated(self, kind: str, sign: str, start: int) -> Iterator[Token]:
        if kind == "redirect":
            self._redirect = sign.lstrip("0123456789&")
        elif self._array:
            if sign == ")":
                array, self._array = self._array, None
                yield array
        elif kind == "line":
            self._skip_documents()
            blank = _BLANK_LINES.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            yield self._operator("operator", start, "\n")
        elif kind == "operator":
            yield self._parenthesis(start) if sign == "(" else self._operator("operator", start, sign)

    def _operator(self, kind: Literal["operator", "arithmetic", "function"], start: int, *values: str) -> Token:
        self._assignable, self._declaring, self._redirect = True, False, ""
        return Token(kind, start, list(values))

    def _parenthesis(self, start: int) -> Token:
        if function := _FUNCTION.match(self._text, start):
            self._at = function.end()
            return self._operator("function", start)
        if self._text.startswith("((", start):
            self._at = closing(self._text, start + 1, "()")
            return self._operator("arithmetic", start, self._text[start : self._at])
        return self._operator("operator", start, "(")

    def _skip_documents(self) -> None:
        for mark in self._documents:
            line = None
            while line != mark and self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end].strip("\t\r")
                self._at = end + 1
        self._documents.clear()

    def _extend(self, kind: str, token: str, start: int) -> None:
        self._word = self._word or _Word(start)
        self._word.quoted = self._word.quoted or kind in {"single", "double", "ansi", "escape"}
        if kind == "double":
            self._double(self._word)
        elif kind == "process":
            self._at = closing(self._text, self._at, "()")
            self._word.add(UNKNOWN)
        elif kind == "expansion":
            self._at = start
            self._expand(self._word, quoted=False)
        else:
            self._word.add(_literal(kind, token))

    def _double(self, word: _Word) -> None:
        while self._at < len(self._text):
            start, found = self._at, _IN_DOUBLE.match(self._text, self._at)
            piece = found[0] if found else ""
            self._at += len(piece)
            if piece == '"':
                return
            if piece in {"$", "`"}:
                self._at = start
                self._expand(word, quoted=True)
            elif piece != "\\\n":
                word.add(piece[1:] if piece in {'\\"', "\\\\", "\\$", "\\`"} else piece)

    def _expand(self, word: _Word, *, quoted: bool) -> None:
        value, self._at = expansion(self._text, self._at, self._variables)
        self._expanded += sum(map(len, value or ()))
        if value is None or self._expanded > MOST_EXPANDED:
            word.add(UNKNOWN)
        elif word.target:
            word.add(" ".join(value))
        elif quoted:
            word.splice(value)
        else:
            word.splice([piece for element in value for piece in _SPACE.split(element)])


def _literal(kind: str, token: str) -> str:
    if kind == "single":
        return token[1:].removesuffix("'")
    if kind == "ansi":
        return _ANSI_ESCAPE.sub(lambda found: _ANSI.get(found[0], found[0]), token[2:].removesuffix("'"))
    return token[1:] if kind == "escape" else token


def _json_end(text: str, at: int) -> int | None:
    """Return the place behind the JSON object that begins here, None if there is no whole one."""
    try:
        return json.JSONDecoder().raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return None
