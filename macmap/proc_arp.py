"""The IPv4 neighbours of Linux (/proc/net/arp, proc(5)).

    IP address       HW type     Flags       HW address            Mask     Device
    192.168.71.254   0x1         0x2         00:50:56:f3:2f:ae     *        ens33

Without the flag 0x2 nobody has answered, and the line binds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems

_COLUMNS: Final = 6
_COMPLETE: Final = 0x2
_PERMANENT: Final = 0x4
_ETHERNET: Final = 0x1


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each neighbour that has answered."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("IP address"):
            continue
        parts = line.split()
        if len(parts) == _COLUMNS and (entry := neighbour(problems, number, parts)):
            entries.append(entry)
        elif len(parts) != _COLUMNS:
            problems.expected(number, f"the 6 columns of /proc/net/arp expected, not {spellings.shown(line)}")
    return problems.parsed(entries)


def neighbour(problems: Problems, number: int, parts: Sequence[str]) -> Entry | None:
    """Return the entry of the six columns of a line, None if they bind nothing."""
    text, kind, flags, hardware, _, device = parts
    try:
        known, is_ethernet = int(flags, 16) & (_COMPLETE | _PERMANENT), int(kind, 16) == _ETHERNET
    except ValueError:
        problems.expected(number, f"a type and flags in hex digits expected, not {spellings.shown(f'{kind} {flags}')}")
        return None
    if not known or not is_ethernet:
        return None
    address, mac = spellings.address(text), spellings.mac(hardware)
    if address is None or mac is None:
        problems.expected(number, f"an address and a MAC expected, not {spellings.shown(f'{text} {hardware}')}")
        return None
    return Entry(mac=mac, ip=address, line=number, segment=device)
