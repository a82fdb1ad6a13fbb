"""The leases that Kea keeps in memory and appends to a CSV file (memfile), v4 and v6: the last line of each.

    address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,...
    10.0.0.5,08:00:27:12:34:56,,3600,1508141363,1,0,0,pc&#x2c1,0,...

The columns are found by their names. A line with a lifetime of 0 takes the lease back; 0xffffffff never
ends. A comma in a value is `&#x2c`. Source: Kea's memfile backend, Administrator Reference Manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems

_STATES: Final = {"0": "active", "1": "declined", "2": "expired", "3": "released", "4": "registered"}
_FOREVER: Final = "4294967295"
_ESCAPE: Final = re.compile(r"&#x([0-9a-fA-F]{2})")
_NEEDED: Final = ("address", "hwaddr", "valid_lifetime", "expire", "hostname", "state")


def parse(lines: Iterable[str]) -> Parsed:
    """Return the leases of a memfile, each address as its last line says."""
    problems = Problems()
    leases: dict[str, Entry] = {}
    columns: _Columns | None = None
    for number, line in enumerate(lines, start=1):
        parts = line.rstrip().split(",")
        if parts[0] == "address":
            columns = _Columns(parts, problems, number)
        elif columns is None:
            problems.expected(number, f"a line with the names of the columns expected, not {spellings.shown(line)}")
            break
        elif len(parts) != columns.count:
            if line.strip():
                problems.expected(number, f"{columns.count} values expected, not {len(parts)}: {spellings.shown(line)}")
        else:
            columns.take(leases, parts, number)
    return problems.parsed(leases.values())


class _Columns:
    """Where the values stand that a lease is made of."""

    def __init__(self, names: Sequence[str], problems: Problems, number: int) -> None:
        self.count = len(names)
        self.problems = problems
        at = {name: place for place, name in enumerate(names)}
        missing = [name for name in _NEEDED if name not in at and name not in {"hwaddr", "state"}]
        if missing:
            problems.expected(number, f"a column {missing[0]} expected")
        self.at = at

    def _value(self, parts: Sequence[str], name: str) -> str:
        place = self.at.get(name)
        return "" if place is None else parts[place]

    def take(self, leases: dict[str, Entry], parts: Sequence[str], number: int) -> None:
        """Take a line as the last word on its address."""
        text = self._value(parts, "address")
        address = spellings.address(text)
        if address is None:
            self.problems.expected(number, f"an address expected, not {spellings.shown(text)}")
            return
        if self._value(parts, "lease_type") == "2":  # a prefix that is delegated
            return
        leases.pop(address, None)
        lifetime = self._value(parts, "valid_lifetime")
        if lifetime != "0":
            leases[address] = self._entry(parts, number, address, lifetime)

    def _entry(self, parts: Sequence[str], number: int, address: str, lifetime: str) -> Entry:
        name = _unescaped(self._value(parts, "hostname").rstrip(".")) or None
        state = self._value(parts, "state")
        expires_at, seen_at = self._times(parts, number, lifetime)
        return Entry(
            name=name,
            mac=self._mac(parts, number),
            ip=address,
            line=number,
            duid=spellings.hexadecimal(self._value(parts, "duid")),
            hostname=name,
            state=_STATES.get(state, state or None),
            expires_at=expires_at,
            seen_at=seen_at,
        )

    def _mac(self, parts: Sequence[str], number: int) -> str | None:
        text = self._value(parts, "hwaddr")
        made = spellings.mac(text) if text else None
        if text and made is None:
            self.problems.expected(number, f"a MAC of 6 bytes expected, not {spellings.shown(text)}")
        return made

    def _times(self, parts: Sequence[str], number: int, lifetime: str) -> tuple[datetime | None, datetime | None]:
        """Return when the lease ends, and when the client was heard last: its lifetime before that."""
        text = self._value(parts, "expire")
        try:
            ends = spellings.moment(text)
            begun = spellings.moment(str(max(0, int(text) - int(lifetime))))
        except ValueError:
            self.problems.expected(number, f"seconds since 1970 and a lifetime expected, not {text!r}, {lifetime!r}")
            return None, None
        return (None if lifetime == _FOREVER else ends), begun


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "&#x" in text else text
