r"""The statements of an xl or xm configuration, each as one line of plain ASCII Python.

    disk = [ 'phy:/dev/vg/tst100,xvda,w',   # root
             'file:/iso/x.iso,hdc:cdrom,r' ]

The syntax of xl (xl.cfg(5), libxlu) and that of xm, which was Python 2, differ from Python in
their strings, their numbers (`0644`, `512L`, `12ab`) and their line ends; all of that is settled
here: comments, continuation lines, string prefixes and escapes are gone, a number is a decimal
integer or else a string. A statement that is not closed ends where the next assignment begins.
Most statements are plain assignments to a line; those are read at once, without taking them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

MOST_UNCLOSED = 8
"""Long strings without an end that are looked for; each search reads the rest of the file."""

Plain: TypeAlias = "str | int | list[str | int]"

_WORD = r"[^\W\d]\w*+"
_PLAIN = r"""
    (?P<blank>[ \t\f\r]++|\\\r?\n)
    |(?P<comment>\#[^\n]*+)
    |(?P<newline>\n)
    |(?P<prefix>[rRuUbBfF]{{0,2}})(?P<string>{}'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")
    |(?P<number>[0-9]\w*+(?:\.[0-9]++)?)
    |(?P<word>{})
    |(?P<other>[^\n])
"""
_LONG = r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|"
_TOKEN = re.compile(_PLAIN.format(_LONG, _WORD), re.VERBOSE | re.DOTALL)
_TOKEN_SHORT = re.compile(_PLAIN.format("", _WORD), re.VERBOSE | re.DOTALL)
_ASSIGNMENT = re.compile(rf"([ \t]*+){_WORD}[ \t]*+\+?=(?!=)")
_INTEGER = re.compile(r"(0|[1-9][0-9]{0,18})[lL]?")
_ITEM = r"""(?:'[^'\\\n]*+'|"[^"\\\n]*+"|(?:0|[1-9][0-9]{0,17}+)(?![\w.]))"""
_PLAIN_ITEM = re.compile(r"""'([^']*+)'|"([^"]*+)"|([0-9]++)""")
_PLAIN_ASSIGNMENT = re.compile(
    rf"""((?:[ \t\f\r]*+(?:\#[^\n]*+)?\n)*+)
    ([ \t]*+)([a-z][a-z0-9_]*+)[ \t]*+=[ \t]*+
    (?:({_ITEM})|(\[\s*+(?:{_ITEM}\s*+(?:,\s*+|(?=\])))*+\]))
    [ \t]*+\r?(?:\#[^\n]*+)?(?:\n|\Z)""",
    re.VERBOSE,
)
_NOTHING = re.compile(r"(?:[ \t\f\r]*+(?:\#[^\n]*+)?\n)*+")
_CLOSES = {")": "(", "]": "[", "}": "{"}

_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: where it begins, its source, and why it cannot be read ("" if it can)."""

    line: int
    column: int
    source: str
    behind: bool = False
    """It stands behind a `;` in the line of the statement before it."""
    broken: str = ""
    plain: tuple[str, Plain] | None = None
    """What a plain assignment assigns to which name."""


@dataclass(slots=True)
class _Draft:
    line: int = 0
    column: int = 0
    behind: bool = False
    broken: str = ""
    parts: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)

    def add(self, part: str) -> None:
        self.parts.append(part)

    def bracket(self, char: str) -> None:
        if char in _CLOSES.values():
            self.brackets.append(char)
        elif not self.brackets or self.brackets.pop() != _CLOSES[char]:
            self.broken = f"a `{char}` that nothing opens"

    def statement(self) -> Statement:
        broken = self.broken or (f"a `{self.brackets[-1]}` that is not closed" if self.brackets else "")
        return Statement(self.line, self.column, "".join(self.parts).strip(), self.behind, broken)


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a file in their order; there is none in an empty one."""
    return iter(_Reader(text))


class _Reader:
    """Goes through a text, statement by statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.begin = len(text) - len(text.removeprefix("\ufeff"))
        self.line = 1
        self.unclosed = 0
        self.draft = _Draft()

    def __iter__(self) -> Iterator[Statement]:
        while self.at < len(self.text):
            fresh = self.at == self.begin and not self.draft.parts
            found = (self._plain() if fresh else None) or self._step()
            if found:
                yield found
        if self.draft.parts:
            yield self.draft.statement()

    def _plain(self) -> Statement | None:
        """Return the next statement if it is a plain assignment; else take off only what is no statement."""
        found = _PLAIN_ASSIGNMENT.match(self.text, self.at)
        if found is None:
            if nothing := _NOTHING.match(self.text, self.at):
                self._pass(nothing)
            return None
        before, blank, name, item, several = found.groups()
        values: list[str | int] = [_item(each) for each in _PLAIN_ITEM.finditer(item or several)]
        line, self.line = self.line + before.count("\n"), self.line + found.group().count("\n")
        self.at = self.begin = found.end()
        return Statement(line, len(blank), f"{name}=0", plain=(name, values if several else values[0]))

    def _step(self) -> Statement | None:
        """Take the next token; return the statement that it ends."""
        pattern = _TOKEN_SHORT if self.unclosed >= MOST_UNCLOSED else _TOKEN
        token = pattern.match(self.text, self.at)
        if token is None:  # no character is none of the tokens
            self.at = len(self.text)
            return None
        kind, found, draft = token.lastgroup, token.group(), self.draft
        if kind not in ("blank", "comment", "newline") and not draft.parts:
            draft.line, draft.column = self.line, token.start() - self.begin
        self.unclosed += kind == "string" and _unclosed(self.text, token)
        self._pass(token)
        if kind != "newline" and (found != ";" or draft.brackets):
            _take(draft, token)
            return None
        if draft.parts and draft.brackets and not _resumes(self.text, self.at, draft.brackets[-1]):
            return None
        self.draft = _Draft(behind=found == ";")
        return draft.statement() if draft.parts else None

    def _pass(self, found: re.Match[str]) -> None:
        self.at = found.end()
        if newlines := found.group().count("\n"):
            self.line += newlines
            self.begin = self.text.rfind("\n", 0, self.at) + 1


def _item(found: re.Match[str]) -> str | int:
    single, double, digits = found.groups()
    return int(digits) if digits else single or double or ""


def _resumes(text: str, at: int, bracket: str) -> bool:
    """Tell whether an assignment begins here, so that the open bracket was never closed."""
    found = _ASSIGNMENT.match(text, at)
    # Inside `dict(` such a line is an argument, as long as it is indented.
    return found is not None and (bracket != "(" or not found.group(1))


def _unclosed(text: str, token: re.Match[str]) -> bool:
    """Tell whether an empty string is the beginning of a long one that has no end."""
    return token.end() - token.start("string") == 2 and text[token.end() : token.end() + 1] == token.group()[-1]


def _take(draft: _Draft, token: re.Match[str]) -> None:
    kind, found = token.lastgroup, token.group()
    if kind == "blank":
        if draft.parts:
            draft.add(" ")
    elif kind == "string":
        draft.add(_string(token.group("prefix").lower(), token.group("string")))
    elif kind == "number":
        draft.add(_number(found))
    elif kind == "word":
        draft.add(found if found.isascii() else "_")
    elif kind == "other":
        _other(draft, found)


def _other(draft: _Draft, char: str) -> None:
    if char in "([{}])":
        draft.bracket(char)
    elif char in "'\"":
        draft.broken = "a string that is not closed"
    elif not "!" <= char <= "~":
        draft.broken = f"the character {char!a}"
    draft.add(char)


def _number(text: str) -> str:
    """Return a number as Python spells it, quoted where it is another thing to Python or none."""
    integer = _INTEGER.fullmatch(text)
    return integer.group(1) if integer else ascii(text)


def _string(prefix: str, quoted: str) -> str:
    """Return a string literal without prefix, escapes and line ends; an f-string is no literal."""
    if "f" in prefix:
        return " _.format() "
    width = 3 if len(quoted) >= 6 and quoted[:3] in ("'''", '"""') else 1
    body = quoted[width:-width]
    return ascii(body if "r" in prefix or "\\" not in body else _decoded(body)) + " "


def _decoded(body: str) -> str:
    """Return the string with its escapes replaced; those of bytes may spell a UTF-8 character."""
    text = _ESCAPE.sub(_escaped, body)
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text


def _escaped(match: re.Match[str]) -> str:
    octal, wide, newline, char = match.groups()
    if newline:
        return ""
    if char:
        return _NAMED.get(char, match.group())
    code = (int(octal, 8) & 0xFF) if octal else int(wide, 16)
    return chr(code) if code < 0x80 else chr(0xDC00 + code)
