"""Claims as a table of comma-separated values (RFC 4180), as `vhost macmap export csv` writes them.

    name,mac,ip,segment,expires_at,seen_at
    db01,52:54:00:4e:01:33,192.168.1.33,,2026-11-28T12:00:00+00:00,

The columns are found by their names, others are passed. Values are escaped as in every record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems
from vhost.text import unescape

COLUMNS: Final = ("name", "mac", "ip", "segment", "expires_at", "seen_at")


def parse(lines: Iterable[str]) -> Parsed:
    """Return an entry for each row behind the row of names."""
    problems = Problems()
    entries: list[Entry] = []
    reader = csv.reader(lines)
    names: list[str] = []
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            problems.expected(reader.line_num, f"values with commas between them expected: {error}")
            continue
        if row is None:
            break
        if not names:
            names = row
            if not {"name", "mac", "ip"} & set(names):
                problems.expected(reader.line_num, f"a row with the names of the columns expected, not {row}")
                break
        elif row and (entry := claim(problems, reader.line_num, dict(zip(names, row, strict=False)))):
            entries.append(entry)
    return problems.parsed(entries)


def claim(problems: Problems, line: int, values: Mapping[str, str]) -> Entry | None:
    """Return the entry that values by the names of their columns make; None if they bind nothing."""
    name, hardware, ip, segment = (unescape(values.get(key, "")) or None for key in ("name", "mac", "ip", "segment"))
    mac = spellings.mac(hardware) if hardware else None
    if hardware and mac is None:
        problems.expected(line, f"a MAC of 6 bytes expected, not {spellings.shown(hardware)}")
    if not (name or mac or ip):
        return None
    return Entry(
        name=name,
        mac=mac,
        ip=spellings.address(ip) or ip if ip else None,
        line=line,
        expires_at=_time(problems, line, values.get("expires_at", "")),
        seen_at=_time(problems, line, values.get("seen_at", "")),
        segment=segment,
    )


def _time(problems: Problems, line: int, text: str) -> datetime | None:
    try:
        return spellings.time(text) if text else None
    except ValueError:
        problems.expected(line, f"a time as 2017-10-16T08:09:23Z expected, not {spellings.shown(text)}")
        return None
