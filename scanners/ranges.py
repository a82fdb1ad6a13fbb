"""Sets of addresses as ranges of numbers: a /12 takes no more room than one host."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

Pair = tuple[int, int]
"""The first and the last address of a range."""


class Ranges:
    """A set of addresses; each has an index, by which what is known of it can stand in an array."""

    __slots__ = ("_firsts", "_offsets", "pairs", "size")

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self.pairs = tuple(_merged(pairs))
        self._firsts = [first for first, _ in self.pairs]
        self._offsets: list[int] = []
        self.size = 0
        for first, last in self.pairs:
            self._offsets.append(self.size)
            self.size += last - first + 1

    def __iter__(self) -> Iterator[int]:
        for first, last in self.pairs:
            yield from range(first, last + 1)

    def __contains__(self, address: int) -> bool:
        return self.index(address) is not None

    def index(self, address: int) -> int | None:
        """Return the place of an address in the order of iteration, None if it is no member."""
        at = bisect_right(self._firsts, address) - 1
        if at < 0 or address > self.pairs[at][1]:
            return None
        return self._offsets[at] + address - self._firsts[at]

    def within(self, first: int, last: int) -> Ranges:
        """Return the members from `first` to `last`."""
        return Ranges((max(first, low), min(last, high)) for low, high in self.pairs if low <= last and high >= first)

    def without(self, first: int, last: int) -> Ranges:
        """Return the members that are not from `first` to `last`."""
        kept = [(low, min(high, first - 1)) for low, high in self.pairs]
        kept += [(max(low, last + 1), high) for low, high in self.pairs]
        return Ranges((low, high) for low, high in kept if low <= high)


def _merged(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Return ranges in order that neither overlap nor touch."""
    current: Pair | None = None
    for first, last in sorted(pairs):
        if current is None:
            current = (first, last)
        elif first <= current[1] + 1:
            current = (current[0], max(current[1], last))
        else:
            yield current
            current = (first, last)
    if current is not None:
        yield current
