"""/etc/ethers (ethers(5)): a MAC, and the name or the address of its host.

52:54:00:4e:01:33 db01        0:16:3e:58:0:1 192.168.1.33   # a comment
"""

from __future__ import annotations

from collections.abc import Iterable

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each line that has a MAC and a host."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        parts = line.partition("#")[0].split()
        if not parts:
            continue
        mac = spellings.mac(parts[0])
        if mac is None or len(parts) != 2:
            problems.expected(number, f"a MAC and a name or an address expected, not {spellings.shown(line)}")
            continue
        address = spellings.address(parts[1])
        entries.append(Entry(name=None if address else parts[1], mac=mac, ip=address, line=number))
    return problems.parsed(entries)
