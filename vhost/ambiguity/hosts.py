"""Which physical machine (PM) is meant by a host's name: short, in full, an alias or an address.

A PM is known by what stands in field 1 of the records. `lab00` and `lab00.soho` are the same unless another
`lab00.` is known. Its own record (type PM) adds aliases: label, name and address of its interfaces. A name that
fits several PMs names none.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import duckdb

from vhost.errors import Ambiguous, UsageError
from vhost.normal import address

UNKNOWN_HOST = "no record names it as a PM"
"""The problem with a name that is no host's."""

_NEAR_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Host:
    """One PM: its name, the longest that is known, and the spellings by which records name it."""

    name: str
    spellings: tuple[str, ...]


class Hosts:
    """The PMs of a snapshot by everything that may name them."""

    def __init__(self, spellings: Iterable[str], aliases: Mapping[str, Iterable[str]]) -> None:
        """Take the PMs as records spell them, and for each the aliases that its own records state."""
        by_name: dict[str, list[str]] = defaultdict(list)
        for spelling in spellings:
            by_name[plain(spelling)].append(spelling)
        self._whole: dict[str, set[Host]] = defaultdict(set)
        self._short: dict[str, set[Host]] = defaultdict(set)
        self._full: set[str] = set()
        for names in _one_host_each(by_name):
            found = tuple(sorted(spelling for name in names for spelling in by_name[name]))
            known = {plain(alias) for spelling in found for alias in aliases.get(spelling, ())} | names
            self._add(Host(max(names, key=lambda name: (len(name), name)), found), known)

    def _add(self, host: Host, names: set[str]) -> None:
        for name in names:
            self._whole[name].add(host)
            self._short[_short(name)].add(host)
            if name != _short(name):
                self._full.add(_short(name))

    def find(self, name: str) -> Host:
        """Return the PM that a name, perhaps `user@name`, fits.

        Raises `Ambiguous` where it fits several, `UsageError` where it fits none.
        """
        asked = plain(name.rpartition("@")[2])
        short = _short(asked)
        fits = self._whole.get(asked, set()) | self._short.get(asked, set())
        if short not in self._full:  # then records name the host by its short name, whatever its domain
            fits |= self._whole.get(short, set())
        if len(fits) > 1:
            listed = ", ".join(sorted(host.name for host in fits)[:10])
            raise Ambiguous(f"host {name[:80]!r}", f"fits {len(fits)} PMs: {listed}", "name one of them in full")
        if not fits:
            raise UsageError(f"host {name[:80]!r}", UNKNOWN_HOST, self._near(asked))
        return next(iter(fits))

    def _near(self, asked: str) -> str:
        names = islice(self._whole, _NEAR_LIMIT)
        close = difflib.get_close_matches(asked, list(names), n=3, cutoff=0.6)
        return f"perhaps {', '.join(close)}" if close else "see those that are known: vhost query -M usort -o pm"


def loaded(con: duckdb.DuckDBPyConnection) -> Hosts:
    """Return the PMs of a snapshot."""
    spellings = con.execute("SELECT DISTINCT pm FROM machine WHERE pm IS NOT NULL").fetchall()
    stated = con.execute(
        "SELECT DISTINCT pm, UNNEST([label, netname, tcp]) AS alias FROM machine WHERE type = 'PM' AND pm IS NOT NULL"
    ).fetchall()
    aliases: dict[str, list[str]] = defaultdict(list)
    for pm, alias in stated:
        if alias:
            aliases[pm].append(alias)
    return Hosts([spelling for (spelling,) in spellings], aliases)


def plain(name: str) -> str:
    """Return a host's name in lower case without the dot at its end, an address in normal form."""
    return address(name) or name.lower().rstrip(".")


def _short(name: str) -> str:
    return name if address(name) else name.partition(".")[0]


def _one_host_each(names: Iterable[str]) -> list[set[str]]:
    """Return names of the same host together: a short one and the only full one that begins so."""
    by_short: dict[str, set[str]] = defaultdict(set)
    for name in names:
        by_short[_short(name)].add(name)
    together: list[set[str]] = []
    for short, found in by_short.items():
        full = found - {short}
        together += [found] if len(full) <= 1 else [{name} for name in found]
    return together
