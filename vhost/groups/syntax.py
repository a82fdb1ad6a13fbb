"""The text of a group file, parsed to a value.

    # a comment
    #include lab, sub/qemuhosts          the hosts of other groups
    lab00 lab01, root@lab02              hosts, separated by blanks or commas
    lab03'(-a create=l:LAB03,reuse)'     a host with context options
    CONTEXT'(-b sync,par -c off)'        options for every host and include on the lines that follow

Parsing is pure: nothing is opened here. Context options are kept as they were written; those of a
CONTEXT line stand before a host's own, so that the host's own win where a later option does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from vhost.errors import UsageError
from vhost.text import escape

HOSTS_LIMIT = 100_000
_INCLUDE = re.compile(r"\s*#include(?:\s+(?P<names>[^#]*)(?:#.*)?)?")
_HOST = re.compile(r"[^\s,'()]+")
_GAP = re.compile(r"[\s,]*")
_QUOTED = re.compile(r"'\((?P<inner>.*?)\)'")
_PARENTHESIS = re.compile(r"[()]")
_WORD_LIMIT = 255
_CONTEXT_LIMIT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One host: its user and context options if it has any, and the file it stands in (None: the call itself).

    `outer` are the options of the CONTEXT lines that hold for it, the outermost first; `separator`
    is what stands behind it in its file, `, ` or a blank.
    """

    host: str
    user: str | None = None
    own: str = ""
    outer: tuple[str, ...] = ()
    file: Path | None = None
    line: int = 0
    separator: str = " "

    @property
    def account(self) -> str:
        """Return `user@host`, or the host alone."""
        return f"{self.user}@{self.host}" if self.user else self.host

    @property
    def context(self) -> str:
        """Return the context options: its own as they were written, after those of CONTEXT lines; "" without any."""
        return f" {' '.join(self.outer)} {self.own.lstrip()}" if self.outer else self.own

    def written(self, quote: str = "'") -> str:
        """Return `user@host'(context)'`; an empty quote gives the form that a command gets from its shell."""
        return f"{self.account}{quote}({self.context}){quote}" if self.context else self.account

    def within(self, context: str) -> Member:
        """Return the same host where these options hold around it."""
        return replace(self, outer=(context.strip(), *self.outer)) if context.strip() else self


@dataclass(frozen=True, slots=True)
class Include:
    """One included group and the context options that hold where it is included."""

    name: str
    line: int
    context: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group file: its own hosts and what it includes, each in the order of the file."""

    path: Path
    hosts: tuple[Member, ...]
    includes: tuple[Include, ...]


def parse(text: str, path: Path) -> Group:
    """Return the content of a group file. Raises `UsageError` naming the line that is wrong."""
    hosts: list[Member] = []
    includes: list[Include] = []
    context = ""
    for number, line in enumerate(text.split("\n"), 1):
        if include := _INCLUDE.fullmatch(line.rstrip("\r")):
            includes += (Include(name, number, context) for name in _included(include["names"], path, number))
            continue
        for member in entries(line, path, number):
            if member.host != "CONTEXT":
                hosts.append(member.within(context))
            elif member.own:
                context = member.own
            else:
                raise _wrong(path, number, "CONTEXT without options", "write CONTEXT'(OPTIONS)'")
        if len(hosts) > HOSTS_LIMIT:
            raise _wrong(path, number, f"more than {HOSTS_LIMIT} hosts")
    return Group(path, tuple(hosts), tuple(includes))


def _included(names: str | None, path: Path, number: int) -> list[str]:
    found = [name for name in re.split(r"[\s,]+", names or "") if name]
    if not found:
        raise _wrong(path, number, "#include without a name", "write #include GROUP")
    return found


def entries(line: str, path: Path | None = None, number: int = 0) -> Iterator[Member]:
    """Return the hosts of one line; a `#` where a host could begin opens a comment. Raises `UsageError`."""
    position = _gap(line, 0)
    while position < len(line) and line[position] != "#":
        match = _HOST.match(line, position)
        if match is None:
            raise _wrong(path, number, f"a host is missing before {line[position : position + 20]!r}")
        context, end = _context(line, match.end(), path, number)
        position = _gap(line, end)
        separator = ", " if "," in line[end:position] else " "
        yield _member(match.group(), context, separator, path, number)


def _gap(line: str, position: int) -> int:
    match = _GAP.match(line, position)
    return match.end() if match else position


def _context(line: str, position: int, path: Path | None, number: int) -> tuple[str, int]:
    """Return the options that begin here and where they end; empty where none do."""
    if line.startswith("'", position):
        quoted = _QUOTED.match(line, position)
        if quoted is None:
            raise _wrong(path, number, "context options are not closed", "write HOST'(OPTIONS)'")
        return quoted["inner"], quoted.end()
    if not line.startswith("(", position):
        return "", position
    depth = 0
    for match in _PARENTHESIS.finditer(line, position):
        depth += 1 if match.group() == "(" else -1
        if depth == 0:
            return line[position + 1 : match.start()], match.end()
    raise _wrong(path, number, "context options are not closed", "write HOST'(OPTIONS)'")


def _member(word: str, context: str, separator: str, path: Path | None, number: int) -> Member:
    user, at, host = word.rpartition("@")
    if not host or (at and not user):
        raise _wrong(path, number, f"{word[:40]!r} is no host", "write HOST or USER@HOST")
    if word.startswith("-") or host.startswith("-"):  # a program that is given it would read an option
        raise _wrong(path, number, f"{word[:40]!r} cannot be the name of a host")
    if len(word) > _WORD_LIMIT or len(context) > _CONTEXT_LIMIT:
        raise _wrong(path, number, f"{word[:40]!r} or its options are too long")
    if any(escape(part) != part for part in (word, *context.replace("\t", " ").split(";"))):
        raise _wrong(path, number, f"{word[:40]!r} or its options hold characters that are none of text")
    return Member(host=host, user=user or None, own=context, file=path, line=number, separator=separator)


def _wrong(path: Path | None, number: int, problem: str, advice: str = "") -> UsageError:
    return UsageError(f"{path}:{number}" if path else "host", problem, advice)
