"""The hosts of dnsmasq: the values of `dhcp-host`, which a hosts file holds one a line.

    52:54:00:4e:01:33,52:54:00:4e:01:34,set:blue,192.168.1.33,db01,12h      id:00:01:00:01,[2001:db8::33],db01

Forms: MACs, also several and with a type (`06-...`) or wildcards (`52:54:00:*:*:*`), which bind no single MAC;
`id:` with a client identifier or DUID, `id:*`; `set:`, `net:` and `tag:`; an IPv4 address, IPv6 ones in
brackets; a name; a lease time; `ignore`. Source: dnsmasq(8), --dhcp-host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from macmap import spellings
from macmap.dnsmasq.words import values
from macmap.entry import Entry, Parsed, Problems

_TYPED: Final = re.compile(r"([0-9a-f]{1,2})-([0-9a-f*]{1,2}(?::[0-9a-f*]{1,2})*)", re.IGNORECASE)
_WILD: Final = re.compile(r"(?:[0-9a-f]{1,2}|\*)(?:[:-](?:[0-9a-f]{1,2}|\*))*", re.IGNORECASE)
_TIME: Final = re.compile(r"infinite|\d+[smhdw]?", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9_\-\x80-\U0010ffff.]+")
_QUAD: Final = re.compile(r"[\d.]+")
_ETHERNET: Final = 1


@dataclass(slots=True)
class _Host:
    """One host: what its values say of it."""

    macs: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    duid: str | None = None
    name: str | None = None
    problems: list[str] = field(default_factory=list)


def parse(lines: Iterable[str]) -> Parsed:
    """Return the hosts of a hosts file, as `dhcp-hostsfile` and `dhcp-hostsdir` name them."""
    problems = Problems()
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        words = values(line)
        if words.open:
            problems.expected(number, f"'\"' expected at the end of {spellings.shown(line)}")
        elif words.values:
            entries += host(problems, number, words.values)
    return problems.parsed(entries)


def host(problems: Problems, number: int, words: Sequence[str]) -> list[Entry]:
    """Return an entry for each MAC and address of a host, and note what is wrong with its values."""
    found = _Host()
    for word in words:
        _take(found, word)
    for problem in found.problems:
        problems.expected(number, problem)
    return [
        Entry(name=found.name, mac=mac, ip=address, line=number, duid=found.duid, hostname=found.name)
        for mac in dict.fromkeys(found.macs) or (None,)
        for address in dict.fromkeys(found.addresses) or (None,)
        if found.name or mac or address
    ]


def _take(found: _Host, word: str) -> None:
    prefix, _, rest = word.partition(":")
    if (prefix in {"set", "net", "tag"} and rest) or word == "ignore":
        return
    if prefix == "id":
        _identify(found, rest)
    elif word.startswith("["):
        _bracketed(found, word)
    elif ":" in word or _TYPED.fullmatch(word):
        _hardware(found, word)
    elif _QUAD.fullmatch(word) and "." in word:
        _address(found, word)
    elif _TIME.fullmatch(word):
        return
    else:
        _named(found, word)


def _identify(found: _Host, text: str) -> None:
    if text and text != "*":
        found.duid = spellings.hexadecimal(text) if ":" in text else None
    elif not text:
        found.problems.append("a client identifier or '*' expected after 'id:'")


def _bracketed(found: _Host, word: str) -> None:
    """Take an IPv6 address; one of `::` and the host's part only stands for one in every network."""
    text = word[1:-1].partition("/")[0] if word.endswith("]") else ""
    address = spellings.address(text)
    if address is None or ":" not in address:
        found.problems.append(f"an IPv6 address in brackets expected, not {spellings.shown(word)}")
    elif not text.startswith("::"):
        found.addresses.append(address)


def _hardware(found: _Host, word: str) -> None:
    typed = _TYPED.fullmatch(word)
    digits = typed[2] if typed and ":" in word else word
    mac = spellings.mac(digits)
    if typed and ":" in word and int(typed[1], 16) != _ETHERNET:
        return
    if mac is not None:
        found.macs.append(mac)
    elif "*" not in digits or not _WILD.fullmatch(digits):
        found.problems.append(f"a MAC of 6 bytes expected, not {spellings.shown(word)}")


def _address(found: _Host, word: str) -> None:
    address = spellings.address(word)
    if address is None:
        found.problems.append(f"an IPv4 address expected, not {spellings.shown(word)}")
    else:
        found.addresses.append(address)


def _named(found: _Host, word: str) -> None:
    if _NAME.fullmatch(word):
        found.name = word
    else:
        found.problems.append(f"a MAC, an address, a name or a lease time expected, not {spellings.shown(word)}")
