"""The macmap of the old tool (macmap.fdb), and what `vhost macmap extract` prints: `name;MAC;IP;` lines.

tst100;00:50:56:13:11:40;192.168.1.220;
"""

from __future__ import annotations

from collections.abc import Iterable

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems
from vhost.text import unescape


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each line; a part may be empty, but not all of them."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        name, hardware, ip = ([unescape(part.strip()) for part in text.split(";")] + ["", "", ""])[:3]
        mac, address = spellings.mac(hardware), spellings.address(ip)
        if ";" not in text or (hardware and mac is None) or not (name or hardware or ip):
            form = "a name, a MAC and an address with ';' behind each"
            problems.expected(number, f"{form} expected, not {spellings.shown(text)}")
        else:
            entries.append(Entry(name=name or None, mac=mac, ip=address or ip or None, line=number))
    return problems.parsed(entries)
