"""The leases of dnsmasq, v4 and v6 (dnsmasq.leases, `dhcp-leasefile`).

    1508141363 52:54:00:4e:01:33 192.168.1.133 db01 01:52:54:00:4e:01:33
    duid 00:01:00:01:21:4a:51:7b:52:54:00:4e:01:33
    1508141363 5128514 2001:db8::133 db01 00:01:00:01:21:4a:51:7b:52:54:00:4e:01:33

Time, MAC (behind `duid`: the IA), address, name, client identifier; `*` is unknown, 0 never ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems

_TYPED: Final = re.compile(r"([0-9a-f]{2})-(.*)", re.IGNORECASE)
_VALUES: Final = 5


def parse(lines: Iterable[str]) -> Parsed:
    """Return the leases of a file whose lines still have their ends; a line that is cut off is named."""
    problems = Problems()
    leases: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts or parts[0] == "duid":
            continue
        if len(parts) != _VALUES:
            form = "a time, a MAC, an address, a name and a client identifier"
            problems.expected(number, f"{form} expected, not {spellings.shown(line)}")
        elif entry := _lease(problems, number, parts):
            leases.pop(entry.ip or "", None)
            leases[entry.ip or ""] = entry
    return problems.parsed(leases.values())


def _lease(problems: Problems, number: int, parts: Sequence[str]) -> Entry | None:
    time, hardware, text, name, client = parts
    address = spellings.address(text)
    try:
        ends = spellings.moment(time)
    except ValueError:
        problems.expected(number, f"seconds since 1970 expected, not {spellings.shown(time)}")
        return None
    if address is None:
        problems.expected(number, f"an address expected, not {spellings.shown(text)}")
        return None
    is_v6 = ":" in address
    known = None if name == "*" else name
    return Entry(
        name=known,
        mac=None if is_v6 else _mac(problems, number, hardware),
        ip=address,
        line=number,
        duid=spellings.hexadecimal(client) if is_v6 else None,
        hostname=known,
        state="active",
        expires_at=None if time == "0" else ends,
    )


def _mac(problems: Problems, number: int, text: str) -> str | None:
    """Return the MAC; other hardware stands behind its type (`06-...`) and binds none."""
    if _TYPED.fullmatch(text) and text.count("-") == 1:
        return None
    made = spellings.mac(text)
    if made is None and text != "*":
        problems.expected(number, f"a MAC of 6 bytes expected, not {spellings.shown(text)}")
    return made
