"""The reservations of a Kea configuration, at every level of it, v4 and v6.

    "reservations": [ { "hw-address": "1a:1b:1c:1d:1e:1f", "ip-address": "192.0.2.201", "hostname": "db01" },
                      { "duid": "01:02:03:04:05:0A", "ip-addresses": [ "2001:db8:1::100" ] } ]

Each bad spot is named with its line. Sources: Kea Administrator Reference Manual, JSON Configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems
from macmap.kea.document import Document, Object

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def parse(text: str, included: Mapping[str, str] = _NOTHING) -> Parsed:
    """Return the reservations of a configuration, what is wrong with it, and the includes it still needs.

    `included` holds the texts of included files by their names as they are spelled.
    """
    found: list[tuple[Object, Sequence[Object]]] = []
    document = Document(text, included, "reservations", lambda one, around: found.append((one, around)))
    document.read()
    entries = [entry for one, around in found for entry in _entries(document.problems, one, around)]
    document.problems.named.sort(key=lambda problem: (problem.file, problem.line))
    return document.problems.parsed(entries, document.includes)


def _entries(problems: Problems, one: Object, around: Sequence[Object]) -> Iterator[Entry]:
    name = _text(one, "hostname")
    mac, duid = _mac(problems, one), _duid(problems, one)
    segment = next((found for level in reversed(around) if (found := _text(level, "interface"))), None)
    addresses = (*_addresses(problems, one),)
    for address in addresses or ((None,) if name or mac or duid else ()):
        yield Entry(
            name=name, mac=mac, ip=address, line=one.line, duid=duid, hostname=name, file=one.file, segment=segment
        )


def _text(one: Object, key: str) -> str | None:
    value = one.get(key)
    return value if isinstance(value, str) and value else None


def _mac(problems: Problems, one: Object) -> str | None:
    """Return the MAC; the migration tool writes `fddi 00:...` for what is no Ethernet."""
    if "hw-address" not in one:
        return None
    text = str(one["hw-address"])
    made = spellings.mac(text.rpartition(" ")[2])
    if made is None:
        problems.expected(one.lines["hw-address"], f"a MAC of 6 bytes expected, not {spellings.shown(text)}", one.file)
    return made


def _duid(problems: Problems, one: Object) -> str | None:
    if "duid" not in one:
        return None
    text = str(one["duid"])
    if len(text) > 2 and text[0] == text[-1] == "'":
        return text[1:-1].encode("utf-8", "surrogateescape").hex(":")
    made = spellings.hexadecimal(text)
    if made is None:
        problems.expected(one.lines["duid"], f"a DUID in hex digits expected, not {spellings.shown(text)}", one.file)
    return made


def _addresses(problems: Problems, one: Object) -> Iterator[str]:
    for key in ("ip-address", "ip-addresses"):
        value = one.get(key)
        for item in value if isinstance(value, list) else [value] if key in one else []:
            made = spellings.address(str(item))
            if made is not None:
                yield made
            elif item != "":
                problems.expected(one.lines[key], f"an address expected, not {spellings.shown(str(item))}", one.file)
