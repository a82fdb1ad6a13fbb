"""The `#@#` tags in the comments of a file: what people say of a machine beside its format.

    #@#MAGICID-XEN
    #@#LABEL="tst100"
    #@#IP0="192.168.1.220%255.255.255.0%xenbr0%eth0%22%192.168.1.1"

A tag is the first thing in its line, alone or behind the comment sign of the format (`#`, `//`,
`;`, `REM`, `<!--`, ...); several may follow each other. A value stands in double or single quotes
or bare. It is text: `$(reboot)` stays as it is, and so does every escape. Of several values the
first that is not empty counts. Source: the configuration files of the UnifiedSessionsManager
(ctys-genmconf(1), ctys-createConfVM(1)), which every wrapper of that tool carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import unquote
from xml.sax.saxutils import unescape

from scanners.config import Interface

MOST_TAGS = 2000
"""Tags of one file beyond this number are not read."""

MOST_ADDRESSES = 64
"""Addresses of one `IPn` beyond this number are not read."""

LONGEST_LINE = 16_384
"""What stands behind this column of a line is not read."""

_MARK = "#@#"
_LEADER = re.compile(
    r"[\ufeff \t]*(?:(?:#[ \t]|//|;|<!--|/\*+|\*|--|'|%|[Rr][Ee][Mm][ \t]|::|(?:<[\w:]+>)+)[ \t]*)?(?=#@#)"
)
_KEY = re.compile(r"#@#(?:MAGICID-(\w+)|([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*)")
_QUOTED = (
    re.compile(r'"((?:[^"\\]|\\.)*+)"'),
    re.compile(r'"([^"]*)"'),
    re.compile(r"'([^']*)'"),
    re.compile(r"&quot;(.*?)&quot;"),
    re.compile(r"&apos;(.*?)&apos;"),
)
_NEXT = re.compile(r"[ \t]+(?=#@#)")
_NUMBERED = re.compile(r"(MAC|IP)([0-9]{0,3})")
_LINES = re.compile(r"\r\n?|\n")

_DESCRIBED = re.compile(r"##(?=@#)")
_PROXMOX = re.compile(
    r"^(?:net\d+|(?:scsi|virtio|ide|sata)\d+|rootfs|smbios1|ostype|vmgenid|cores|memory): *\S", re.MULTILINE
)
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tags of one file. `macs` and `addresses` are the values of `MACn` and `IPn` by their n."""

    magic: frozenset[str] = frozenset()
    """What follows `MAGICID-`: XEN, QEMU, Linux, IGNORE, ..."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Every other tag that has a value, by its key."""
    macs: Mapping[int, str] = field(default_factory=dict)
    addresses: Mapping[int, tuple[Interface, ...]] = field(default_factory=dict)
    """One entry for each address of `IPn`, without a MAC."""

    @property
    def hidden(self) -> bool:
        """Tell whether the file asks to be left out of an inventory."""
        return bool(self.magic & {"IGNORE", "NOENUM"})

    @property
    def identifies(self) -> bool:
        """Tell whether the tags name a machine: by LABEL, UUID, MACn or IPn."""
        return bool(self.macs or self.addresses or self.values.keys() & {"LABEL", "UUID"})

    def claims(self, session_type: str) -> bool:
        """Tell whether the tags say that the file is a machine of this type."""
        return session_type in self.magic or self.values.get("SESSIONTYPE") == session_type

    def without_identity(self) -> Tags:
        """Return what may be said of each of several machines in one file."""
        kept = {key: value for key, value in self.values.items() if key not in {"LABEL", "UUID"}}
        return replace(self, values=kept, macs={}, addresses={})


def read(text: str) -> Tags:
    """Return the tags of a file; without tags an empty `Tags`. Never raises."""
    if _MARK not in text:
        return Tags()
    magic: set[str] = set()
    values: dict[str, str] = {}
    for key, value in _found(text):
        if key == "MAGICID":
            magic.add(value)
        else:
            values.setdefault(key, value)
    return _sorted_out(frozenset(magic), values)


def join(own: Tags, sibling: Tags) -> Tags:
    """Return a file's own tags, and where it says nothing those of the file beside it.

    A wrapper's `NAME.sh` says MAGICID-IGNORE, so that it does not count beside `NAME.ctys`: a magic
    of one file says nothing of another that has its own.
    """
    return Tags(
        magic=own.magic or sibling.magic,
        values={**sibling.values, **own.values},
        macs={**sibling.macs, **own.macs},
        addresses={**sibling.addresses, **own.addresses},
    )


def _found(text: str) -> Iterator[tuple[str, str]]:
    described = _DESCRIBED.search(text) is not None and _PROXMOX.search(text) is not None
    lines = (line[:LONGEST_LINE] for line in _LINES.split(text) if _MARK in line)
    tags = (tag for line in lines for tag in _in_line(line, described=described))
    yield from ((key, value) for key, value in islice(tags, MOST_TAGS) if value)


def _in_line(line: str, *, described: bool) -> Iterator[tuple[str, str]]:
    """Yield the tags of one line.

    `described` is True in a Proxmox configuration: there a line `##@#...` is a line of the
    machine's notes, with `%` and `:` as `%25` and `%3A`. Elsewhere it is a tag that somebody
    switched off.
    """
    if described and _DESCRIBED.match(line):
        line = unquote(line[1:]) if _is_encoded(line) else line[1:]
    leader = _LEADER.match(line)
    while leader:
        key = _KEY.match(line, leader.end())
        if not key:
            return
        value, end = (key[1], key.end()) if key[1] else _value(line, key.end())
        yield ("MAGICID" if key[1] else key[2]), value
        leader = _NEXT.match(line, end)


def _is_encoded(line: str) -> bool:
    return ":" not in line and line.count("%") == len(_PERCENT.findall(line))


def _value(line: str, start: int) -> tuple[str, int]:
    """Return the value that begins at `start`, and where it ends; an open quote ends with the line."""
    for pattern in _QUOTED:
        quoted = pattern.match(line, start)
        if quoted:
            value = quoted[1]
            is_xml = line[start] == "&"
            return (unescape(value, {"&quot;": '"', "&apos;": "'"}) if is_xml else value).strip(), quoted.end()
    following = line.find(_MARK, start)
    end = following if following > start and line[following - 1].isspace() else len(line)
    bare = line[start:end].partition("</")[0].strip()
    for closing in ("-->", "*/"):
        bare = bare.removesuffix(closing).rstrip()
    return bare.lstrip("\"'"), start + len(line[start:end].rstrip())


def _sorted_out(magic: frozenset[str], found: dict[str, str]) -> Tags:
    values: dict[str, str] = {}
    macs: dict[int, str] = {}
    addresses: dict[int, tuple[Interface, ...]] = {}
    for key, value in found.items():
        numbered = _NUMBERED.fullmatch(key)
        number = int((numbered and numbered[2]) or 0)
        if not numbered:
            values[key] = value
        elif numbered[1] == "MAC":
            macs.setdefault(number, value)
        elif entries := tuple(_addresses(value)):
            addresses.setdefault(number, entries)
    return Tags(magic=magic, values=values, macs=macs, addresses=addresses)


def _addresses(value: str) -> Iterator[Interface]:
    """Yield the entries `ip%netmask%relay%ifname%sshport%gateway`, between commas, of one `IPn`."""
    for entry in value.split(",", MOST_ADDRESSES)[:MOST_ADDRESSES]:
        parts = [part.strip() or None for part in entry.split("%", 6)[:6]]
        if any(parts):
            ip, netmask, relay, ifname, sshport, gateway = parts + [None] * (6 - len(parts))
            yield Interface(ip=ip, netmask=netmask, relay=relay, ifname=ifname, sshport=sshport, gateway=gateway)
