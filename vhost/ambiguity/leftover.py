"""Addresses of machines that are so much alike that counting small sets of parts did not tell them apart.

All that a machine says, on one of its hosts, is the address that fits the fewest; if that fits others too, none
is the machine's alone. Otherwise parts are tried set by set, or left out one by one where that would be too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

from vhost.address import MOST_PARTS, Address, Part, address, parse
from vhost.ambiguity.resolve import Resolver

_BLOCK = 4_096
_MOST_SETS = 5_000
"""How many sets of parts are tried for all machines together before they are left out one by one."""


def addresses(resolver: Resolver, machines: Sequence[str], size: int) -> dict[str, str]:
    """Return the texts of the addresses of those machines that have one; it has `size` parts or more."""
    alone = _alone(resolver, list(_whole(resolver, machines)))
    return {machine: str(_shrunk(resolver, machine, every, size)) for machine, every in alone.items()}


def _alone(resolver: Resolver, tried: Sequence[tuple[str, Address]]) -> dict[str, list[Address]]:
    """Return, by machine, the addresses that fit it and no other."""
    alone: dict[str, list[Address]] = {}
    for begin in range(0, len(tried), _BLOCK):
        block = tried[begin : begin + _BLOCK]
        for (machine, one), answer in zip(block, resolver.answers([one for _, one in block]), strict=True):
            if answer.machine_id == machine:
                alone.setdefault(machine, []).append(one)
    return alone


def _whole(resolver: Resolver, machines: Sequence[str]) -> Iterator[tuple[str, Address]]:
    """Return the addresses of all that machines say: with each path, on each host and on none."""
    rows = resolver.con.execute(_OFFERS, [[*machines]]).fetchall()
    for (machine, host), group in groupby(rows, key=lambda row: row[:2]):
        parts = dict.fromkeys(parse(text).parts[0] for *_, text in group)
        paths = [[one] for one in parts if one.kind == "p"] or [[]]
        others = [one for one in parts if one.kind not in {"p", "f"}][: MOST_PARTS - 1]
        name = None if host is None else parse(f"l:x,h:{host}").host
        yield from ((machine, address(*others, *path, host=name)) for path in paths if others or path)


_OFFERS = """
SELECT machine_id, host_text, text FROM (
    FROM own UNION ALL SELECT machine_id, NULL AS host, number FROM own WHERE host IS NOT NULL
) JOIN wanted USING (number) LEFT JOIN (SELECT DISTINCT host, host_text FROM pm_host) USING (host)
WHERE machine_id IN (SELECT UNNEST(?::VARCHAR[])) ORDER BY machine_id, host_text, number
"""


def _shrunk(resolver: Resolver, machine: str, whole: Sequence[Address], size: int) -> Address:
    """Return the smallest of the addresses that some of the parts of these make."""
    tried = 0
    for count in range(size, MOST_PARTS + 1):
        sets = list(dict.fromkeys(made for one in whole for made in _sets(one, count, _MOST_SETS - tried)))
        tried += len(sets)
        if tried >= _MOST_SETS:
            break
        alone = _alone(resolver, [(machine, made) for made in sets]).get(machine)
        if alone:
            return min(alone, key=_length)
    return min((_pared(resolver, machine, one) for one in whole), key=lambda one: (_size(one), _length(one)))


def _sets(whole: Address, count: int, most: int) -> Iterator[Address]:
    """Return at most so many addresses of this size that parts of `whole` make."""
    parts = count - (whole.host is not None)
    for number, chosen in enumerate(combinations(whole.parts, parts)):
        if number >= most:
            return
        if chosen:
            yield address(*chosen, host=whole.host)


def _pared(resolver: Resolver, machine: str, whole: Address) -> Address:
    """Return what is left of an address when every part is left out that is not needed, the longest first."""
    kept = whole
    for dropped in sorted(whole.parts, key=lambda part: -len(str(part))):
        smaller = _without(kept, dropped)
        if smaller and _alone(resolver, [(machine, smaller)]):
            kept = smaller
    return kept


def _without(whole: Address, dropped: Part) -> Address | None:
    left = [part for part in whole.parts if part != dropped]
    return address(*left, host=whole.host) if left else None


def _size(one: Address) -> int:
    return len(one.parts) + (one.host is not None)


def _length(one: Address) -> tuple[int, str]:
    return len(str(one)), str(one)
