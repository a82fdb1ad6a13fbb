r"""The address of a machine: a few of its values, joined by commas, that together fit it and no other.

    l:tst100        m:00:50:56:13:11:40        b:/vmpool/a%/vmpool/b,f:tst100/tst100.conf        l:tst100,h:lab00

    LABEL L                its label; a first word without a keyword is one too
    ID I PATHNAME PNAME P  the path of its configuration file
    BASEPATH BASE B        directories, separated by `%`, below one of which that file lies
    FILENAME FNAME F       an inner part of that path
    UUID U, MAC M, TCP T   its UUID, a MAC, an IP address or a name for it, in any spelling
    PM HOST H              the host whose view is meant, `[user@]host`

In a value `\` stands before `,`, `:` and `%` that belong to it; a colon and, but for `b:`, a percent sign are also
understood without. What would split a record or steer a terminal is written as in a record: `\x0a`, `\u202e`,
and `\x5c` for a backslash that would be misread. Nothing here looks anything up.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from vhost import normal
from vhost.errors import UsageError
from vhost.text import SEQUENCE, escape, unescape

Kind = Literal["l", "u", "m", "t", "p", "b", "f"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of parts, in the order in which they are written."""

_SPELLINGS: dict[Kind, str] = {
    "l": "LABEL L",
    "u": "UUID U",
    "m": "MAC M",
    "t": "TCP T",
    "p": "ID I PATHNAME PNAME P",
    "b": "BASEPATH BASE B",
    "f": "FILENAME FNAME F",
}
KEYWORDS: dict[str, Kind] = {word: kind for kind, words in _SPELLINGS.items() for word in words.split()}
HOST_KEYWORDS = ("PM", "HOST", "H")

LONGEST = 65_536
MOST_PARTS = 64

_AT_HOME = frozenset("umt")
"""Kinds whose values hold colons as a matter of course; those are written as they are."""

_DECODED = re.compile(rf"\\(?:([,:%])|(x5c)|({SEQUENCE}))")
_MISREAD = re.compile(rf"\\(?=x5c|{SEQUENCE}|[,:%]|\Z)")
_STRUCTURE = re.compile(r"\\[,:%]|[,:%]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part, its value in normal form; only `b` may have several values, of which one has to fit."""

    kind: Kind
    values: tuple[str, ...]

    def __str__(self) -> str:
        """Return the part as it is written."""
        return f"{self.kind}:{'%'.join(_written(value, self.kind) for value in self.values)}"


@dataclass(frozen=True, slots=True)
class Address:
    """Parts that all have to fit, in their order, each once; `host` is `[user@]host`, or None for any."""

    parts: tuple[Part, ...]
    host: str | None = None

    def __str__(self) -> str:
        """Return the canonical text, which parses back to an equal address."""
        host = [] if self.host is None else [f"h:{_written(self.host, 'l')}"]
        return ",".join([*map(str, self.parts), *host])

    def quoted(self) -> str:
        """Return the text as one word of a shell."""
        return shlex.quote(str(self))

    def on(self, host: str | None) -> Address:
        """Return the address restricted to a host. Raises `UsageError` if it names another one itself."""
        if host is None or host == self.host:
            return self
        if self.host is not None:
            raise _wrong(str(self), f"names the host {self.host!r}, and {host!r} is asked for", "name one of them")
        if not host:
            raise _wrong(str(self), "the host is empty", "name one, or none")
        return replace(self, host=host)


def address(*parts: Part, host: str | None = None) -> Address:
    """Return the address of these parts."""
    return Address(tuple(sorted(dict.fromkeys(parts), key=lambda part: (KINDS.index(part.kind), part.values))), host)


def part(kind: Kind, *values: str) -> Part:
    """Return a part, its values in normal form."""
    return Part(kind, tuple(dict.fromkeys(_normal(kind, value) for value in values)))


def parse(text: str) -> Address:
    """Return the address that a text states. Raises `UsageError` with the position of what is wrong."""
    if len(text) > LONGEST:
        raise _wrong(text, f"is longer than {LONGEST} characters", "")
    parts: list[Part] = []
    hosts: list[str] = []
    for number, (at, piece, colon) in enumerate(_pieces(text)):
        keyword, values = _read(text, at, piece, colon, is_first=number == 0)
        if keyword in HOST_KEYWORDS:
            hosts.append(_decoded(values))
        else:
            parts.append(_part(text, at, KEYWORDS[keyword], values))
    if len(parts) > MOST_PARTS:
        raise _wrong(text, f"has more than {MOST_PARTS} parts", "")
    if len(set(hosts)) > 1:
        raise _wrong(text, "names two hosts", "name one of them")
    if not parts:
        raise _wrong(text, "says nothing of the machine", "add a part, as l:LABEL")
    return address(*parts, host=hosts[0] if hosts else None)


def _pieces(text: str) -> Iterator[tuple[int, str, int | None]]:
    """Yield what stands between commas: where it begins, its text, and where in it a keyword ends, else None."""
    begin, colon = 0, None
    for match in _STRUCTURE.finditer(text):
        if match[0] == ":" and colon is None:
            colon = match.start() - begin
        elif match[0] == ",":
            yield begin, text[begin : match.start()], colon
            begin, colon = match.end(), None
    yield begin, text[begin:], colon


def _read(text: str, at: int, piece: str, colon: int | None, *, is_first: bool) -> tuple[str, str]:
    """Return the keyword of a piece in capitals, and its value as it is written."""
    if not piece:
        raise _wrong(text, f"an empty part at character {at + 1}", "write KEYWORD:VALUE between commas")
    if colon is None:
        if is_first:
            return "LABEL", piece
        raise _wrong(
            text, f"{piece[:80]!r} at character {at + 1} has no keyword", r"write l:LABEL, or \, for a comma in a value"
        )
    keyword, value = piece[:colon], piece[colon + 1 :]
    if keyword.upper() not in KEYWORDS and keyword.upper() not in HOST_KEYWORDS:
        raise _wrong(text, f"unknown keyword {keyword[:80]!r} at character {at + 1}", _suggestion(text, keyword))
    if not value:
        raise _wrong(text, f"{keyword}: has no value at character {at + colon + 2}", "write KEYWORD:VALUE")
    return keyword.upper(), value


def _part(text: str, at: int, kind: Kind, written: str) -> Part:
    if kind != "b":
        return part(kind, _decoded(written))
    values = _split(written)
    if not all(values):
        raise _wrong(text, f"an empty directory at character {at + 1}", "write b:DIRECTORY%DIRECTORY")
    return part(kind, *map(_decoded, values))


def _split(written: str) -> list[str]:
    """Return what stands between percent signs."""
    if "\\" not in written:
        return written.split("%")
    found, begin = [], 0
    for match in _STRUCTURE.finditer(written):
        if match[0] == "%":
            found.append(written[begin : match.start()])
            begin = match.end()
    return [*found, written[begin:]]


def _suggestion(text: str, keyword: str) -> str:
    """Return the keyword that may be meant."""
    whole = next((kind for kind, form in _FORMS.items() if kind != "t" and form(text)), None)
    if whole is not None:
        return f"perhaps {whole}:{text}"
    close = difflib.get_close_matches(keyword.upper(), [*KEYWORDS, *HOST_KEYWORDS], n=1, cutoff=0.5)
    known = ", ".join(f"{kind} ({_SPELLINGS[kind].split()[0]})" for kind in KINDS)
    return f"perhaps {close[0]}" if close else f"known are {known} and h (HOST)"


def _decoded(written: str) -> str:
    if "\\" not in written:
        return written
    return _DECODED.sub(lambda match: match[1] or ("\\" if match[2] else unescape(match[0])), written)


def _written(value: str, kind: Kind) -> str:
    marks = "," if kind in _AT_HOME else ",:%" if kind == "b" else ",:"
    if value.isascii() and value.isprintable() and not any(mark in value for mark in (*marks, "\\", ";")):
        return value
    safe = "".join(char if char.isprintable() and char != ";" else escape(char) for char in _hidden(value))
    return "".join(f"\\{char}" if char in marks else char for char in safe)


def _hidden(value: str) -> str:
    return _MISREAD.sub(lambda _: r"\x5c", value)


_FORMS = {"m": normal.mac, "u": normal.uuid, "t": normal.address}


def _normal(kind: Kind, value: str) -> str:
    if form := _FORMS.get(kind):
        plain = (value.lower().rstrip(".") or value) if kind == "t" else value
        return form(plain) or plain
    return (value.rstrip("/") or "/") if kind == "b" else value


def _wrong(text: str, problem: str, advice: str) -> UsageError:
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return UsageError(f"address {shown!r}", problem, advice)
