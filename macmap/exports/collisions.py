"""Where claims contradict each other: one MAC with two names, one address with two MACs, and so on.

A name and the same with a domain (`db01`, `db01.soho`) agree; upper and lower case as well. An IPv4 and
an IPv6 address of one host agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from macmap.exports.claim import Claim, family

Pair = tuple[str, str]
"""A part that must have one value, and the part that is this value."""

ALL: Final[tuple[Pair, ...]] = (
    ("mac", "name"), ("mac", "ip"), ("ip", "mac"), ("ip", "name"), ("name", "mac"), ("name", "ip"),
)  # fmt: skip
_WORDS: Final = {"mac": "MAC", "ip": "address", "name": "name"}


def found(claims: Sequence[Claim], pairs: Iterable[Pair] = ALL) -> dict[Claim, str]:
    """Return the claims that contradict others, each with what is wrong with it."""
    told: dict[Claim, list[str]] = defaultdict(list)
    for key, value in pairs:
        for alike in _groups(claims, key, value).values():
            values = list(dict.fromkeys(part for one in alike if (part := getattr(one, value))))
            if len(values) > 1 and not _agree(values, value):
                _tell(told, alike, key, value, values)
    return {one: "; ".join(reasons) for one, reasons in told.items()}


def _groups(claims: Iterable[Claim], key: str, value: str) -> dict[tuple[str, int], list[Claim]]:
    """Return the claims by the part that must have one value; addresses of different families are apart."""
    groups: dict[tuple[str, int], list[Claim]] = defaultdict(list)
    for one in claims:
        own, other = getattr(one, key), getattr(one, value)
        if own and other:
            groups[own.lower(), family(other) if value == "ip" else 0].append(one)
    return groups


def _agree(values: Sequence[str], part: str) -> bool:
    if part != "name":
        return False
    names = {value.lower().rstrip(".") for value in values}
    longest = max(names, key=len)
    return names <= {longest, longest.partition(".")[0]}


def _tell(told: dict[Claim, list[str]], alike: Sequence[Claim], key: str, value: str, values: Sequence[str]) -> None:
    others = f"{', '.join(values[:4])}{', ...' if len(values) > 4 else ''}"
    for one in alike:
        told[one].append(f"{_WORDS[key]} {getattr(one, key)} has {len(values)} {_plural(value)}: {others}")


def _plural(part: str) -> str:
    return f"{_WORDS[part]}es" if part == "ip" else f"{_WORDS[part]}s"
