r"""POSIX extended regular expressions, as the old tool took them, in the syntax of DuckDB's engine (RE2).

    tst(100|103);        *inst (a leading `*` is a literal)        192\.168\.1\.22        x{2,3}

Differences that matter: a repeated operator (`a**`) and `a+?` (which is greedy in ERE), `*`, `+`
and `?` with nothing before them, `{` that opens no interval, unknown escapes, and letters of a MAC,
which match in either case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vhost.errors import UsageError

_MAC_PART = re.compile(r"[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}")
_MAC_RUN = re.compile(r"[0-9A-Fa-f:.\[\]*+?^-]+")
_COLLATED = re.compile(r"\[([.=])(.*?)\1\]", re.DOTALL)
_INTERVAL = re.compile(r"\{(\d*)(,?)(\d*)\}")
_CLASS = re.compile(r"\[:(alpha|digit|alnum|upper|lower|space|blank|punct|print|graph|cntrl|xdigit):\]")
_GNU = {
    "<": r"\b",
    ">": r"\b",
    "y": r"\b",
    "B": r"\B",
    "w": r"\w",
    "W": r"\W",
    "s": r"\s",
    "S": r"\S",
    "`": r"\A",
    "'": r"\z",
}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_UNDECODED = re.compile("[\udc80-\udcff]")
_META = set("\\[](){}.*+?^$|")
_REPEAT_LIMIT = 1000
_LENGTH_LIMIT = 65_536
_DEPTH_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression for the engine; `literal` is set where it is plain text and needs no engine."""

    regex: str
    literal: str | None = None


def translate(text: str) -> Pattern:
    """Return the expression in RE2's syntax. Raises `UsageError` naming the position of what is wrong."""
    text = _UNDECODED.sub(lambda match: rf"\\x{ord(match.group()) & 0xFF:02x}", text)  # as records spell such bytes
    if len(text) > _LENGTH_LIMIT:
        raise UsageError("term", f"the expression is {len(text)} characters long, {_LENGTH_LIMIT} are allowed")
    either_case = _case_blind(text)
    if not either_case and not _META.intersection(text):
        return Pattern(re.escape(text), literal=text)
    return Pattern(_Translation(text, either_case).alternatives())


def _case_blind(text: str) -> set[int]:
    """Return the positions of letters that belong to something like a MAC."""
    runs = (range(*match.span()) for match in _MAC_RUN.finditer(text) if _MAC_PART.search(match.group()))
    return {position for run in runs for position in run if text[position].isalpha()}


class _Translation:
    """One pass over an expression; `position` is the next character."""

    def __init__(self, text: str, either_case: set[int]) -> None:
        self.text = text
        self.either_case = either_case
        self.position = 0
        self.depth = 0

    def alternatives(self) -> str:
        """Return the whole expression."""
        made = self._group()
        if self.position < len(self.text):
            self._fail("`)` without `(`")
        return made

    def _fail(self, problem: str) -> None:
        raise UsageError("term", f"broken expression {self.text[:80]!r}: {problem} at position {self.position + 1}")

    def _group(self) -> str:
        branches = [self._branch()]
        while self.text[self.position : self.position + 1] == "|":
            self.position += 1
            branches.append(self._branch())
        return "|".join(branches)

    def _branch(self) -> str:
        atoms: list[str] = []
        repeatable = repeated = False
        while self.position < len(self.text) and (char := self.text[self.position]) not in "|)":
            quantifier = self._quantifier(char) if repeatable else None
            if quantifier is None:
                atoms.append(self._atom(char, first=not repeatable))
                repeatable, repeated = atoms[-1] not in {"^", "$"}, False
                continue
            atoms[-1] = f"(?:{atoms[-1]}){quantifier}" if repeated else atoms[-1] + quantifier
            repeated = True
        return "".join(atoms)

    def _quantifier(self, char: str) -> str | None:
        if char in "*+?":
            self.position += 1
            return char
        match = _INTERVAL.match(self.text, self.position) if char == "{" else None
        if match is None or not (match[1] or match[3]):
            return None
        return self._interval(match)

    def _interval(self, match: re.Match[str]) -> str:
        low, comma, high = match.groups()
        if max(int(low or 0), int(high or 0)) > _REPEAT_LIMIT:
            self._fail(f"more than {_REPEAT_LIMIT} repetitions")
        if high and int(high) < int(low or 0):
            self._fail("an interval that ends before it begins")
        self.position = match.end()
        return f"{{{low or 0}{comma}{high}}}"

    def _atom(self, char: str, *, first: bool) -> str:
        if char == "(":
            return self._parenthesis()
        if char == "[":
            return self._bracket()
        if char == "\\":
            return self._escape()
        position, self.position = self.position, self.position + 1
        if char in ".^$":
            return char
        if char in "*+?" and not first:
            self._fail("nothing to repeat")
        if position in self.either_case:
            return f"[{char.lower()}{char.upper()}]"
        return re.escape(char)

    def _parenthesis(self) -> str:
        self.depth += 1
        if self.depth > _DEPTH_LIMIT:
            self._fail(f"more than {_DEPTH_LIMIT} nested groups")
        opened = self.position
        self.position += 1
        inner = self._group()
        if self.text[self.position : self.position + 1] != ")":
            self.position = opened
            self._fail("`(` without `)`")
        self.position += 1
        self.depth -= 1
        return f"(?:{inner})"

    def _escape(self) -> str:
        char = self.text[self.position + 1 : self.position + 2]
        if not char:
            self._fail("a backslash with nothing behind it")
        if char in "123456789":
            self._fail("a back-reference, which the engine does not have,")
        self.position += 2
        if char in _GNU:
            return _GNU[char]
        return re.escape(_CONTROL.get(char, char))

    def _bracket(self) -> str:
        opened, self.position = self.position, self.position + 1
        negated = self.text[self.position : self.position + 1] == "^"
        self.position += negated
        items: list[str] = []
        while not (items and self.text[self.position : self.position + 1] == "]"):
            if self.position >= len(self.text):
                self.position = opened
                self._fail("`[` without `]`")
            items.append(self._bracket_item())
        self.position += 1
        return f"[{'^' if negated else ''}{''.join(items)}]"

    def _bracket_item(self) -> str:
        if match := _CLASS.match(self.text, self.position):
            self.position = match.end()
            return match.group()
        if self.text.startswith("[:", self.position) and ":]" in self.text[self.position + 2 : self.position + 20]:
            self._fail("an unknown class of characters")
        either_case = self.position in self.either_case
        start = self._bracket_char()
        if self.text[self.position : self.position + 1] == "-" and self.text[
            self.position + 1 : self.position + 2
        ] not in {"", "]"}:
            self.position += 1
            end = self._bracket_char()
            if end < start:
                self._fail("a range that ends before it begins")
            return _span(start, end, either_case=either_case)
        return _span(start, start, either_case=either_case)

    def _bracket_char(self) -> str:
        char = self.text[self.position]
        if match := _COLLATED.match(self.text, self.position):
            if len(match[2]) != 1:
                self._fail("a collating element that is no single character")
            self.position = match.end()
            return match[2]
        if char == "\\" and self.position + 1 < len(self.text):
            self.position += 1
            char = self.text[self.position]
            char = _CONTROL.get(char, char)
        self.position += 1
        return char


def _span(start: str, end: str, *, either_case: bool) -> str:
    spans = {(start, end)}
    if either_case:
        spans |= {(start.lower(), end.lower()), (start.upper(), end.upper())}
    return "".join(_quoted(a) if a == b else f"{_quoted(a)}-{_quoted(b)}" for a, b in sorted(spans))


def _quoted(char: str) -> str:
    return "\\" + char if char in "\\]^-[" else char
