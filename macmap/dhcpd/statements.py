"""The statements of a dhcpd.conf: words up to `;`, `{` or `}`, whatever they mean.

Where a `;` was forgotten, the word that can only begin a statement begins one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat
from typing import Final, NamedTuple

from macmap.dhcpd.tokens import MARK, STRING, WORD, Token, scan

LONGEST: Final = 10_000
"""The words of a statement that are kept; no statement of use is that long."""

_ALWAYS_FIRST: Final = frozenset({"hardware", "fixed-address", "fixed-address6", "fixed-prefix6", "host-identifier"})
_BEGINNINGS = (
    "host group subnet subnet6 shared-network pool pool6 class subclass if option range range6 prefix6 include"
    " filename next-server server-name default-lease-time max-lease-time min-lease-time authoritative"
    " ddns-update-style allow deny ignore zone interface"
)
_FIRST_ON_LINE: Final = frozenset(_BEGINNINGS.split())
_OPERATORS = (
    "= , ( != ~= ~~ + - * / % & | ^ not and or if elsif else match with exists of option code host group"
    " subnet subnet6 class subclass shared-network"
)
_UNFINISHED: Final = frozenset(_OPERATORS.split())
_LABELS: Final = frozenset({"case", "default", "default:"})
_BLANK: Final = re.compile(r"(?:[ \t\r\f\v\n]++|\#[^\n]*+)*+")
_PLAIN: Final = re.compile(
    r"(?:[ \t\r\f\v\n]++|\#[^\n]*+)*+(?:([A-Za-z][A-Za-z0-9_.:\-]*+(?:[ \t]++[A-Za-z0-9_.:\-]++){0,12}+)"
    r'(?:[ \t]++"([^"\\\n;{}]*+)")?+[ \t]*+)?+([;{}])'
)
"""A statement as nearly all are: in one line, without marks, perhaps with one string at its end."""


class Statement(NamedTuple):
    """Words and how they ended: `;`, `{`, `}`, `:` (a label), `end` (of the file), or "" (a `;` is missing).

    `checked` says that its words are complete: no string lacks its quote, no `;` is missing.
    """

    words: list[Token]
    end: str
    line: int
    checked: bool = False


def statements(text: str) -> Iterator[Statement]:
    """Return the statements of a text in their order, those without words only if a brace ends them."""
    assembly = _Assembly()
    position, line, size = 0, 1, len(text)
    while position < size:
        if not assembly.words:
            done, behind = _plain(text, position, line)
            line += text.count("\n", position, behind)
            position = behind
            if done:
                yield done
                continue
        found, position, line = scan(text, position, line)
        yield from assembly.add(found)
    if assembly.words:
        yield assembly.taken("end", line)


def _plain(text: str, position: int, line: int) -> tuple[Statement | None, int]:
    """Return a statement that stands in one line and holds no marks, and the position behind it.

    Without one, or if it needs a closer look, only blanks, empty lines and comments are passed.
    """
    match = _PLAIN.match(text, position)
    texts = match[1].split() if match and match[1] else []
    if match is None or _is_odd(texts):
        blank = _BLANK.match(text, position)
        return None, blank.end() if blank else position
    line += text.count("\n", position, match.end())
    words = list(map(Token, texts, repeat(line), repeat(WORD)))
    if match[2] is not None:
        words.append(Token(match[2], line, STRING))
    end = match[3]
    return Statement(words, end, line, checked=end != "}"), match.end()


def _is_odd(texts: list[str]) -> bool:
    """Tell whether the words may be more than one statement."""
    if not texts:
        return False
    return texts[0].lower() in _LABELS or (len(texts) > 3 and not _ALWAYS_FIRST.isdisjoint(texts[1:]))


class _Assembly:
    """The statement that is being read, token by token."""

    def __init__(self) -> None:
        self.words: list[Token] = []
        self.parentheses = 0
        self.record = 0

    def add(self, found: list[Token]) -> Iterator[Statement]:
        """Add tokens, and return the statements that they end."""
        for token in found:
            done = self.mark(token) if token.kind == MARK else self.word(token)
            if done:
                yield done

    def taken(self, end: str, line: int) -> Statement:
        """Return the statement, and begin a new one."""
        done = Statement(self.words, end, line)
        self.words, self.parentheses, self.record = [], 0, 0
        return done

    def mark(self, token: Token) -> Statement | None:
        """Add a punctuation mark; return the statement if it ends with it."""
        mark = token.text
        if mark == ";":
            return self.taken(mark, token.line) if self.words else None
        if mark in "{}" and not self._in_record(mark):
            return self.taken(mark, token.line)
        self.parentheses = max(0, self.parentheses + (mark == "(") - (mark == ")"))
        self._add(token)
        return None

    def _in_record(self, mark: str) -> bool:
        """Tell whether the brace belongs to the type of an option: `option x code 9 = { text, boolean };`."""
        if mark == "}" and self.record:
            self.record -= 1
            return True
        if mark == "{" and self.words and (self.record or self.words[-1].text in {"=", "of"}):
            self.record += self.words[0].text == "option"
            return self.words[0].text == "option"
        return False

    def word(self, token: Token) -> Statement | None:
        """Add a word or a string; return the statement that it ends as a label, or that lacked its `;`."""
        if self._is_label(token):
            if token.text not in {":", ""}:
                self._add(token._replace(text=token.text.removesuffix(":")))
            return self.taken(":", token.line)
        done = self.taken("", self.words[-1].line) if self.words and self._is_first(token) else None
        self._add(token)
        return done

    def _is_label(self, token: Token) -> bool:
        """Tell whether a word ends `case VALUE:` or `default:`."""
        if token.kind != WORD or not token.text.endswith(":") or self.parentheses:
            return False
        first = self.words[0].text if self.words else token.text
        return first.lower() in _LABELS

    def _is_first(self, token: Token) -> bool:
        last = self.words[-1]
        begins = token.text in _ALWAYS_FIRST or (token.line != last.line and token.text in _FIRST_ON_LINE)
        return (
            begins
            and token.kind == WORD
            and not self.parentheses
            and (last.kind == STRING or last.text not in _UNFINISHED)
        )

    def _add(self, token: Token) -> None:
        if len(self.words) <= LONGEST:
            self.words.append(token)
