r"""The leases of ISC dhcpd, v4 and v6 (dhcpd.leases(5)): for each address the last one that is written wholly.

    lease 10.0.10.72 { ends 1 2015/07/06 08:20:42; binding state active; hardware ethernet 64:5a:04:6a:07:a2; }
    ia-na "\001\000\000\000\000\001..." { iaaddr 2001:10:10::106 { binding state active; ends never; } }

The file is a log that dhcpd appends to; one that is just being written ends in the middle of a
lease, which is then named and left out. An IA's text is its IAID (4 bytes) and the DUID. Hosts that
OMAPI has declared stand in the same file and come out as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from macmap import spellings
from macmap.dhcpd.tokens import unescaped
from macmap.entry import Entry, Parsed, Problems

_MOST_BROKEN: Final = 8
"""The lines that a statement may go on for; dhcpd itself breaks none."""
_LONGEST: Final = 4_096
_DEEPEST: Final = 200

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
_IAID: Final = 4
_NEVER_INSIDE: Final = frozenset({"lease", "ia-na", "ia-ta", "ia-pd"})


@dataclass(slots=True)
class _Block:
    """An open `{`: its keyword and line, and what has been said in it."""

    kind: str
    line: int
    address: str | None = None
    duid: str | None = None
    name: str | None = None
    mac: str | None = None
    state: str | None = None
    ends: datetime | None = None
    seen: datetime | None = None
    fixed: tuple[str, ...] = ()


class _Log:
    """What was read so far: the open blocks, and the last entry of each address."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.stack: list[_Block] = []
        self.leases: dict[str, Entry] = {}
        self.hosts: dict[str, list[Entry]] = {}
        self.line = 0
        self.carried = ""

    def expected(self, text: str) -> None:
        """Note that something else was expected in the line that is being read."""
        self.problems.expected(self.line, text)

    def abandon(self) -> None:
        """Forget the blocks that are still open, and name the outermost."""
        if self.stack:
            block = self.stack[0]
            what = f"{block.kind} {block.address or block.name or ''}".strip()
            self.expected(f"'}}' expected: {what} of line {block.line} is still open")
            self.stack.clear()


def parse(lines: Iterable[str]) -> Parsed:
    """Return the last lease of each address, and the hosts, of a leases file whose lines still have their ends."""
    log = _Log()
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


def _plain(log: _Log, number: int, lease: re.Match[str]) -> bool:
    """Take a lease as dhcpd writes it, and tell whether nothing in it needs a closer look."""
    if any(lease[0].count(statement) > 1 for statement in _DECIDING):
        return False  # the last one counts, but what is wrong with the others shall be named
    head, text, ends, seen, state, kind, digits, name = lease.groups()
    address, mac = spellings.address(text), spellings.mac(digits) if digits else None
    if address is None or (digits and (mac is None or kind != "ethernet")):
        return False
    try:
        expires_at, seen_at = _moment(ends or "never"), _moment(seen or "never")
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


def _read(log: _Log, number: int, lines: Iterable[str]) -> None:
    """Read lines statement by statement."""
    for log.line, line in enumerate(lines, start=number):
        text, at = log.carried + line, 0
        while match := _STATEMENT.match(text, at):
            at = match.end()
            keyword, rest = (*match[1].split(None, 1), "", "")[:2]
            _take(log, keyword, rest.strip(), match[2])
        log.carried = _carried(log, text[at:])


def _take(log: _Log, keyword: str, rest: str, end: str) -> None:
    if end == "{":
        _open(log, keyword, rest)
    elif keyword and log.stack and (rule := _RULES.get(keyword)):
        rule(log, log.stack[-1], rest)
    if end == "}":
        _close(log)


def _carried(log: _Log, text: str) -> str:
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


def _open(log: _Log, keyword: str, rest: str) -> None:
    if keyword in _NEVER_INSIDE:
        log.abandon()
    if len(log.stack) >= _DEEPEST:
        log.expected(f"at most {_DEEPEST} blocks in each other expected")
        log.stack.clear()
    block = _Block(keyword, log.line)
    if keyword in {"lease", "iaaddr"}:
        _address(log, block, rest)
    elif keyword in {"ia-na", "ia-ta"}:
        block.duid = _duid(rest)
    elif keyword == "host":
        block.name = _text(rest) or None
    elif keyword not in {"ia-pd", "iaprefix"} and not log.stack and keyword not in _OTHERS:
        log.expected(f"lease, ia-na or host expected, not {spellings.shown(f'{keyword} {rest}')}")
    log.stack.append(block)


_OTHERS: Final = frozenset({"failover", "class", "subclass", "group", "zone", "key"})
"""What else opens a block in a leases file."""


def _address(log: _Log, block: _Block, rest: str) -> None:
    block.address = spellings.address(rest)
    if block.address is None:
        log.expected(f"an address expected after {block.kind}, not {spellings.shown(rest)}")
    if block.kind == "iaaddr" and log.stack:
        block.duid = log.stack[-1].duid
        block.seen = log.stack[-1].seen


def _close(log: _Log) -> None:
    if not log.stack:
        log.expected("a lease expected; '}' closes nothing")
        return
    block = log.stack.pop()
    if block.kind == "host" and block.name:
        _declare(log, block)
    elif block.kind in {"lease", "iaaddr"} and block.address:
        log.leases.pop(block.address, None)
        log.leases[block.address] = _entry(block, block.address)


def _declare(log: _Log, block: _Block) -> None:
    """Take a host, or what there was of one that is deleted now."""
    if block.name is not None:
        log.hosts.pop(block.name, None)
        if block.state != "deleted":
            log.hosts[block.name] = [_entry(block, address) for address in block.fixed or (None,)]


def _entry(block: _Block, address: str | None) -> Entry:
    return Entry(
        name=block.name,
        mac=block.mac,
        ip=address,
        line=block.line,
        duid=block.duid,
        hostname=None if block.kind == "host" else block.name,
        state=block.state,
        expires_at=block.ends,
        seen_at=block.seen,
    )


def _hardware(log: _Log, block: _Block, rest: str) -> None:
    kind, _, digits = rest.partition(" ")
    if kind in {"ethernet", "token-ring", "fddi"}:
        block.mac = spellings.mac(digits.strip())
        if block.mac is None:
            log.expected(f"a MAC of 6 bytes expected, not {spellings.shown(digits)}")


def _binding(log: _Log, block: _Block, rest: str) -> None:
    word, _, state = rest.partition(" ")
    if word != "state" or not state:
        log.expected(f"'state' and a state expected after binding, not {spellings.shown(rest)}")
    else:
        block.state = state.strip()


def _ends(log: _Log, block: _Block, rest: str) -> None:
    block.ends = _time(log, rest)


def _seen(log: _Log, block: _Block, rest: str) -> None:
    block.seen = _time(log, rest)


def _time(log: _Log, text: str) -> datetime | None:
    """Return a time in UTC; None for `never`."""
    try:
        return _moment(text)
    except ValueError:
        log.expected(f"a time as 4 2017/10/05 15:22:29, 'epoch' and seconds, or 'never' expected, not {text!r}")
        return None


def _moment(text: str) -> datetime | None:
    form, _, rest = text.partition(" ")
    if form == "epoch":
        return spellings.moment(rest.strip())
    return None if form == "never" else datetime.fromisoformat(f"{rest.strip().replace('/', '-')}+00:00")


def _hostname(log: _Log, block: _Block, rest: str) -> None:  # noqa: ARG001 - the form of every rule
    block.name = _text(rest) or block.name


def _set(log: _Log, block: _Block, rest: str) -> None:  # noqa: ARG001 - as above
    """Take the name under which dhcpd registered the client, for one that did not name itself."""
    variable, _, value = rest.partition("=")
    if variable.strip() == "ddns-fwd-name" and not block.name:
        block.name = _text(value.strip()).rstrip(".") or None


def _fixed(log: _Log, block: _Block, rest: str) -> None:
    for item in rest.split(","):
        address = spellings.address(item.strip())
        if address is None:
            log.expected(f"an address expected, not {spellings.shown(item)}")
        else:
            block.fixed += (address,)


def _state(word: str) -> Callable[[_Log, _Block, str], None]:
    def taken(log: _Log, block: _Block, rest: str) -> None:  # noqa: ARG001 - as above
        block.state = word

    return taken


def _text(rest: str) -> str:
    return unescaped(rest[1:-1]) if rest.startswith('"') else rest


def _duid(rest: str) -> str | None:
    """Return the DUID of an IA, as hex digits with colons; None if there is none."""
    data = _text(rest).encode("utf-8", "surrogateescape")
    return data[_IAID:].hex(":") or None


_RULES: Final[dict[str, Callable[[_Log, _Block, str], None]]] = {
    "hardware": _hardware,
    "binding": _binding,
    "ends": _ends,
    "cltt": _seen,
    "client-hostname": _hostname,
    "set": _set,
    "fixed-address": _fixed,
    "fixed-address6": _fixed,
    "abandoned": _state("abandoned"),
    "deleted": _state("deleted"),
}
"""What each statement says of the block that it stands in."""
