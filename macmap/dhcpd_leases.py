r"""The leases of ISC dhcpd, v4 and v6 (dhcpd.leases(5)): for each address the last one that is written wholly.

    lease 10.0.10.72 { ends 1 2015/07/06 08:20:42; binding state active; hardware ethernet 64:5a:04:6a:07:a2; }
    ia-na "\001\000\000\000\000\001..." { iaaddr 2001:10:10::106 { binding state active; ends never; } }

The file is a log that dhcpd appends to; one that is just being written ends in the middle of a
lease, which is then named and left out. An IA's text is its IAID (4 bytes) and the DUID. Hosts that
OMAPI has declared stand in the same file and come out as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from macmap import spellings
from macmap.dhcpd.tokens import unescaped
from macmap.dhcpd_lease_blocks import RULES, Log, closed, moment, opened
from macmap.entry import Entry, Parsed

_MOST_BROKEN: Final = 8
"""The lines that a statement may go on for; dhcpd itself breaks none."""
_LONGEST: Final = 4_096

_MOST_LINES: Final = 10_000
"""How many lines are looked at together."""

_LEASE: Final = re.compile(
    r"((?:[ \t]*(?:#.*)?\n)*+)lease (\S+) \{\n(?:  (?:ends ([^;\"{}\n]+)|cltt ([^;\"{}\n]+)|binding state ([a-z]+)"
    r'|hardware (\S+) ([^\s;]+)|client-hostname "((?:[^"\\\n]|\\.)*+)"'
    r'|(?!set|abandoned|deleted|hardware|ends|cltt|binding|client-hostname)[a-z][^;"{}#\n]*+(?:"(?:[^"\\\n]|\\.)*+")?);\n)++\}\n'
)
_DECIDING: Final = ("\n  ends ", "\n  cltt ", "\n  binding ", "\n  hardware ", "\n  client-hostname ")
"""How the lines of the statements begin that `_LEASE` takes values from."""

_STATEMENT: Final = re.compile(r'\s*+((?:[^"{};#]|"(?:[^"\\]|\\.)*+")*+)([;{}])')
_BLANK: Final = re.compile(r"\s*+(?:#.*)?+\Z")
_COMMENT: Final = re.compile(r'((?:[^"#]|"(?:[^"\\]|\\.)*+")*+)#.*', re.DOTALL)


def parse(lines: Iterable[str]) -> Parsed:
    """Return the last lease of each address, and the hosts, of a leases file whose lines still have their ends."""
    log = Log()
    for number, group in _groups(lines):
        plain = None if log.stack or log.carried else _LEASE.fullmatch("".join(group))
        if plain is None or not _plain(log, number, plain):
            _read(log, number, group)
    if log.carried.strip():
        log.expected(f"';' expected after {spellings.shown(log.carried)}")
    log.abandon()
    hosts = [entry for entries in log.hosts.values() for entry in entries]
    return log.problems.parsed([*hosts, *log.leases.values()])


def _groups(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Return the lines with the number of the first, up to and with each line that is a brace alone."""
    group: list[str] = []
    number = 1
    for line in lines:
        group.append(line)
        if line == "}\n" or len(group) == _MOST_LINES:
            yield number, group
            number += len(group)
            group = []
    yield number, group


def _plain(log: Log, number: int, lease: re.Match[str]) -> bool:
    """Take a lease as dhcpd writes it, and tell whether nothing in it needs a closer look."""
    if any(lease[0].count(statement) > 1 for statement in _DECIDING):
        return False  # the last one counts, but what is wrong with the others shall be named
    head, text, ends, seen, state, kind, digits, name = lease.groups()
    address, mac = spellings.address(text), spellings.mac(digits) if digits else None
    if address is None or (digits and (mac is None or kind != "ethernet")):
        return False
    try:
        expires_at, seen_at = moment(ends or "never"), moment(seen or "never")
    except ValueError:
        return False
    name = unescaped(name) if name else None
    log.leases.pop(address, None)
    log.leases[address] = Entry(
        name=name,
        mac=mac,
        ip=address,
        line=number + head.count("\n"),
        hostname=name,
        state=state,
        expires_at=expires_at,
        seen_at=seen_at,
    )
    return True


def _read(log: Log, number: int, lines: Iterable[str]) -> None:
    """Read lines statement by statement."""
    for log.line, line in enumerate(lines, start=number):
        text, at = log.carried + line, 0
        while match := _STATEMENT.match(text, at):
            at = match.end()
            keyword, rest = (*match[1].split(None, 1), "", "")[:2]
            _take(log, keyword, rest.strip(), match[2])
        log.carried = _carried(log, text[at:])


def _take(log: Log, keyword: str, rest: str, end: str) -> None:
    if end == "{":
        opened(log, keyword, rest)
    elif keyword and log.stack and (rule := RULES.get(keyword)):
        rule(log, log.stack[-1], rest)
    if end == "}":
        closed(log)


def _carried(log: Log, text: str) -> str:
    """Return what is left of a line, as the beginning of a statement that goes on in the next."""
    if _BLANK.match(text):
        return ""
    comment = _COMMENT.fullmatch(text)
    left = comment[1] if comment else text
    if left.replace('\\"', "").count('"') % 2:
        log.expected(f"'\"' expected at the end of {spellings.shown(left)}")
        return ""
    if left.count("\n") > _MOST_BROKEN or len(left) > _LONGEST:
        log.expected(f"';' expected in the line of {spellings.shown(left)}")
        return ""
    return left + " "
