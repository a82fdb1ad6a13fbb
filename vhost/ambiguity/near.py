"""Addresses like one that fits nothing, which do fit something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vhost import normal
from vhost.address import Address, Kind, Part, address, part
from vhost.ambiguity.resolve import Resolver
from vhost.text import escape, unescape

_MOST = 5
_LIKE = 3
"""How many similar values of one part are tried."""

_COLUMNS: dict[Kind, str] = {"l": "label", "u": "uuid", "m": "mac", "t": "tcp", "p": "id"}


@dataclass(frozen=True, slots=True)
class Near:
    """An address and the number of machines that it fits."""

    address: str
    machines: int


def near(resolver: Resolver, asked: Address) -> list[Near]:
    """Return up to five addresses that fit something: another spelling, a part or the host left out."""
    tried = list(dict.fromkeys(one for one in _variants(resolver, asked) if one != asked))
    answers = resolver.answers(tried)
    fitting = [Near(str(one), answer.machines) for one, answer in zip(tried, answers, strict=True) if answer.machines]
    return fitting[:_MOST]


def _variants(resolver: Resolver, asked: Address) -> Iterator[Address]:
    """Yield what may have been meant, the likeliest first."""
    for one in asked.parts:
        yield from (_with(asked, one, other) for other in _other_kinds(one))
    if asked.host is not None:
        yield replace(asked, host=None)
    for one in asked.parts:
        yield from (_with(asked, one, other) for other in _similar(resolver, one))
    if len(asked.parts) > 1:
        yield from (_with(asked, one) for one in asked.parts)


def _with(asked: Address, dropped: Part, *added: Part) -> Address:
    return address(*(one for one in asked.parts if one != dropped), *added, host=asked.host)


def _other_kinds(one: Part) -> Iterator[Part]:
    """Yield the part with other keywords that its value may belong to."""
    value = one.values[0]
    kinds: dict[Kind, bool] = {
        "u": normal.uuid(value) is not None,
        "m": normal.mac(value) is not None,
        "t": normal.address(value) is not None or one.kind == "l",
        "p": value.startswith("/"),
        "f": "/" in value or one.kind == "p",
        "l": one.kind == "t",
    }
    yield from (part(kind, value) for kind, likely in kinds.items() if likely and kind != one.kind)
    if one.kind == "p" and (name := value.rpartition("/")[2]):
        yield part("f", name)


def _similar(resolver: Resolver, one: Part) -> Iterator[Part]:
    column = _COLUMNS.get(one.kind)
    if column is None:
        return
    text = escape(one.values[0])
    distance = f"damerau_levenshtein(lower({column}), lower($text))"
    rows = resolver.con.execute(
        f"SELECT {column} FROM (SELECT DISTINCT {column} FROM machine WHERE {column} IS NOT NULL"
        f" AND abs(length({column}) - length($text)) <= $most) WHERE {distance} <= $most"
        f" ORDER BY {distance}, {column} LIMIT {_LIKE}",
        {"text": text, "most": max(1, min(len(text) // 4, 4))},
    ).fetchall()
    yield from (part(one.kind, unescape(value)) for (value,) in rows)
