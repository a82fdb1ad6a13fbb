"""Search of the macmap: what `vhost macmap query` and `ctys-macmap` both call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vhost.cli import freshness
from vhost.cli.outcome import tell
from vhost.cli.rows import Columns, Row, form, write_rows
from vhost.cli.writing import write

if TYPE_CHECKING:
    from vhost.query.bindings import Found

_COLUMNS: Final[Columns] = {
    "name": "string",
    "mac": "string",
    "ip": "string",
    "kind": "string",
    "source": "string",
    "segment": "string",
    "seen_at": "string",
    "expires_at": "string",
    "stale": "bool",
    "vendor": "string",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as it was asked for: which parts of a claim are printed, none chosen is all three, and what else.

    With `source` every claim is printed with who makes it, without it what several sources say alike is printed once.
    """

    name: bool = False
    mac: bool = False
    ip: bool = False
    upper: bool = False
    source: bool = False
    vendor: bool = False
    format: str | None = None
    file: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the attributes of the chosen parts in their order."""
        wanted = tuple(part for part in ("name", "mac", "ip") if getattr(self, part))
        return wanted or ("name", "mac", "ip")


def run(patterns: Sequence[str], databases: str | None, asked: Search) -> int:
    """Show the claims that any of the patterns matches, and return the exit code."""
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.groups import hosts  # noqa: PLC0415 - as above
    from vhost.query import bindings  # noqa: PLC0415 - as above

    typed = form(asked.format, asked.file)
    words = hosts([word for pattern in patterns for word in pattern.split()], databases)
    every = asked.source or typed is not None
    with opened(bindings.searched(chosen(databases)), hint=tell, machines=False) as snapshot:
        found = bindings.search(snapshot, words, any_case=asked.upper, every=every)
    if typed is not None:
        write_rows(typed, _COLUMNS, _rows(found), asked.file)
    else:
        lines = _lines(found, asked)
        write(map(str.upper, lines) if asked.upper else lines, asked.file)
    freshness.mark_bindings(found, databases)
    return 0


def _lines(found: Iterable[Found], asked: Search) -> Iterator[str]:
    """Return a line for each claim; one of a scan that has nothing of what was asked for has none."""
    from vhost.precedence import MACMAP  # noqa: PLC0415 - beside its use

    parts = asked.parts
    for one in found:
        values = [getattr(one, part) for part in parts]
        if not any(values) and one.kind != MACMAP:
            continue
        if asked.vendor:
            values.append(_vendor(one.mac) or "")
        if asked.source:
            values += [one.kind, one.source]
        yield ";".join(values)


def _rows(found: Iterable[Found]) -> Iterator[Row]:
    """Return the claims as typed rows, their texts as the sources say them."""
    from vhost.normal import mac  # noqa: PLC0415 - as above
    from vhost.text import unescape  # noqa: PLC0415 - as above

    for one in found:
        texts = (one.name, mac(one.mac) or one.mac, one.ip, one.kind, one.source, one.segment)
        yield (
            *(unescape(text) or None for text in texts),
            one.seen_at or None,
            one.expires_at or None,
            one.stale,
            _vendor(one.mac),
        )


def _vendor(text: str) -> str | None:
    """Return who made the card of a MAC, None where nothing is known of it."""
    from macmap import vendor  # noqa: PLC0415 - as above
    from vhost.normal import mac  # noqa: PLC0415 - as above

    known = mac(text)
    return (vendor.described(known) or None) if known else None
