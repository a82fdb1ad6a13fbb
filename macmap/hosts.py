"""/etc/hosts (hosts(5)): an address and the names of its host; each name is an entry.

192.168.1.33 db01.soho db01        fe80::1%eth0 gw   # a comment
"""

from __future__ import annotations

from collections.abc import Iterable

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each name of each line."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        parts = line.partition("#")[0].split()
        if not parts:
            continue
        address = spellings.address(parts[0])
        if address is None or len(parts) < 2:
            problems.expected(number, f"an address and names expected, not {spellings.shown(line)}")
            continue
        segment = parts[0].partition("%")[2] or None
        entries += (Entry(name=name, ip=address, line=number, segment=segment) for name in dict.fromkeys(parts[1:]))
    return problems.parsed(entries)
