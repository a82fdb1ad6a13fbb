"""The blocks of a leases file of ISC dhcpd: what stands in one, and the entry that it gives when it closes.

    lease 10.0.10.72 { ... }      ia-na "..." { iaaddr 2001:db8::1 { ... } }      host db01 { ... }

Each statement has a rule; one that nothing is taken from has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from macmap import spellings
from macmap.dhcpd.tokens import unescaped
from macmap.entry import Entry, Problems

_DEEPEST: Final = 200
_IAID: Final = 4
_NEVER_INSIDE: Final = frozenset({"lease", "ia-na", "ia-ta", "ia-pd"})


@dataclass(slots=True)
class Block:
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


class Log:
    """What was read so far: the open blocks, and the last entry of each address."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.stack: list[Block] = []
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


def opened(log: Log, keyword: str, rest: str) -> None:
    """Begin a block."""
    if keyword in _NEVER_INSIDE:
        log.abandon()
    if len(log.stack) >= _DEEPEST:
        log.expected(f"at most {_DEEPEST} blocks in each other expected")
        log.stack.clear()
    block = Block(keyword, log.line)
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


def _address(log: Log, block: Block, rest: str) -> None:
    block.address = spellings.address(rest)
    if block.address is None:
        log.expected(f"an address expected after {block.kind}, not {spellings.shown(rest)}")
    if block.kind == "iaaddr" and log.stack:
        block.duid = log.stack[-1].duid
        block.seen = log.stack[-1].seen


def closed(log: Log) -> None:
    """End the innermost block, and take what it says."""
    if not log.stack:
        log.expected("a lease expected; '}' closes nothing")
        return
    block = log.stack.pop()
    if block.kind == "host" and block.name:
        _declare(log, block)
    elif block.kind in {"lease", "iaaddr"} and block.address:
        log.leases.pop(block.address, None)
        log.leases[block.address] = _entry(block, block.address)


def _declare(log: Log, block: Block) -> None:
    """Take a host, or what there was of one that is deleted now."""
    if block.name is not None:
        log.hosts.pop(block.name, None)
        if block.state != "deleted":
            log.hosts[block.name] = [_entry(block, address) for address in block.fixed or (None,)]


def _entry(block: Block, address: str | None) -> Entry:
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


def _hardware(log: Log, block: Block, rest: str) -> None:
    kind, _, digits = rest.partition(" ")
    if kind in {"ethernet", "token-ring", "fddi"}:
        block.mac = spellings.mac(digits.strip())
        if block.mac is None:
            log.expected(f"a MAC of 6 bytes expected, not {spellings.shown(digits)}")


def _binding(log: Log, block: Block, rest: str) -> None:
    word, _, state = rest.partition(" ")
    if word != "state" or not state:
        log.expected(f"'state' and a state expected after binding, not {spellings.shown(rest)}")
    else:
        block.state = state.strip()


def _ends(log: Log, block: Block, rest: str) -> None:
    block.ends = _time(log, rest)


def _seen(log: Log, block: Block, rest: str) -> None:
    block.seen = _time(log, rest)


def _time(log: Log, text: str) -> datetime | None:
    """Return a time in UTC; None for `never`."""
    try:
        return moment(text)
    except ValueError:
        log.expected(f"a time as 4 2017/10/05 15:22:29, 'epoch' and seconds, or 'never' expected, not {text!r}")
        return None


def moment(text: str) -> datetime | None:
    """Return a time in UTC, None for `never`. Raises `ValueError` for what is none."""
    form, _, rest = text.partition(" ")
    if form == "epoch":
        return spellings.moment(rest.strip())
    return None if form == "never" else datetime.fromisoformat(f"{rest.strip().replace('/', '-')}+00:00")


def _hostname(log: Log, block: Block, rest: str) -> None:  # noqa: ARG001 - the form of every rule
    block.name = _text(rest) or block.name


def _set(log: Log, block: Block, rest: str) -> None:  # noqa: ARG001 - as above
    """Take the name under which dhcpd registered the client, for one that did not name itself."""
    variable, _, value = rest.partition("=")
    if variable.strip() == "ddns-fwd-name" and not block.name:
        block.name = _text(value.strip()).rstrip(".") or None


def _fixed(log: Log, block: Block, rest: str) -> None:
    for item in rest.split(","):
        address = spellings.address(item.strip())
        if address is None:
            log.expected(f"an address expected, not {spellings.shown(item)}")
        else:
            block.fixed += (address,)


def _state(word: str) -> Callable[[Log, Block, str], None]:
    def taken(log: Log, block: Block, rest: str) -> None:  # noqa: ARG001 - as above
        block.state = word

    return taken


def _text(rest: str) -> str:
    return unescaped(rest[1:-1]) if rest.startswith('"') else rest


def _duid(rest: str) -> str | None:
    """Return the DUID of an IA, as hex digits with colons; None if there is none."""
    data = _text(rest).encode("utf-8", "surrogateescape")
    return data[_IAID:].hex(":") or None


RULES: Final[dict[str, Callable[[Log, Block, str], None]]] = {
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
