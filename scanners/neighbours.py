"""The kernel's table of neighbours: who it spoke with lately, on which interface.

What `ip neigh` shows. Entries that were never confirmed, or that failed, bind nothing.
Source: rtnetlink(7), linux/neighbour.h.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from scanners import rtnetlink
from scanners.ethernet import single, spelled
from scanners.links import links
from scanners.rtnetlink import Message

_ROW: Final = struct.Struct("=BxxxiHBB")
_CACHE: Final = struct.Struct("=IIII")
_DESTINATION, _LINK_LAYER, _CACHE_INFO, _VLAN = 1, 2, 3, 5
_STATES: Final = {0x02: "reachable", 0x04: "stale", 0x08: "delay", 0x10: "probe", 0x80: "permanent"}
_PERMANENT: Final = 0x80
_FAMILIES: Final = frozenset({2, 10})


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One entry; `state` as `ip neigh` names it, `age` in seconds since it was confirmed (None: set by hand)."""

    ip: str
    mac: str
    link: str
    state: str
    age: float | None = None
    vlan: int | None = None


def neighbours() -> list[Neighbour]:
    """Return the entries that bind an address to a MAC, in the kernel's order. Raises `SourceMissing`."""
    names = {link.index: link.name for link in links()}
    return read(rtnetlink.dump(rtnetlink.NEIGHBOURS), names)


def read(rows: Iterable[Message], names: Mapping[int, str]) -> list[Neighbour]:
    """Return the entries of the table's rows; `names` are those of the interfaces by their numbers."""
    found = []
    for row in rows:
        family, index, state, _, _ = _ROW.unpack(row.fixed)
        address, mac = row.attributes.get(_DESTINATION, b""), row.attributes.get(_LINK_LAYER, b"")
        if family not in _FAMILIES or state not in _STATES or len(mac) != 6 or not single(mac):
            continue
        found.append(
            Neighbour(
                ip=str(ip_address(address)),
                mac=spelled(mac),
                link=names.get(index, str(index)),
                state=_STATES[state],
                age=None if state == _PERMANENT else _age(row),
                vlan=int.from_bytes(row.attributes.get(_VLAN, b""), "little") or None,
            )
        )
    return found


def _age(row: Message) -> float | None:
    """Return the seconds since an entry was confirmed; the kernel counts in ticks of its clock for programs."""
    info = row.attributes.get(_CACHE_INFO, b"")
    return _CACHE.unpack_from(info)[0] / os.sysconf("SC_CLK_TCK") if len(info) >= _CACHE.size else None
