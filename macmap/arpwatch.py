"""The database of arpwatch (arp.dat): each pair of MAC and address that it ever saw, and when it saw it last.

0:16:3e:58:0:1	192.168.1.33	1508141363	db01	eth0
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each line; the columns behind the address may be missing."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        parts = line.rstrip("\r\n").split("\t")
        if line.strip() and (entry := _entry(problems, number, parts)):
            entries.append(entry)
    return problems.parsed(entries)


def _entry(problems: Problems, number: int, parts: Sequence[str]) -> Entry | None:
    hardware, text, time, name, interface = (*(part.strip() for part in parts[:5]), "", "", "", "", "")[:5]
    mac, address = spellings.mac(hardware), spellings.address(text)
    if mac is None or address is None or len(parts) > 5:
        form = "a MAC, an address, a time, a name and an interface with tabs between them"
        problems.expected(number, f"{form} expected, not {spellings.shown(' '.join(parts))}")
        return None
    try:
        seen_at = spellings.moment(time) if time else None
    except ValueError:
        problems.expected(number, f"seconds since 1970 expected, not {spellings.shown(time)}")
        seen_at = None
    return Entry(name=name or None, mac=mac, ip=address, line=number, seen_at=seen_at, segment=interface or None)
