"""The forms in which entries are listed, sorted by their bytes.

name  tst100;00:50:56:13:11:40;192.168.1.220;      ip   192.168.1.220;tst100;00:50:56:13:11:40;
mac   00:50:56:13:11:40;tst100;192.168.1.220;      ethers   00:50:56:13:11:40 tst100

Values are escaped as in every record, so that none can forge a part or a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from macmap.entry import Entry
from vhost.text import escape

Order = Literal["name", "mac", "ip"]

_ORDERS: Final[dict[Order, tuple[int, int, int]]] = {"name": (0, 1, 2), "mac": (1, 0, 2), "ip": (2, 0, 1)}


def listed(entries: Iterable[Entry], order: Order = "name") -> list[str]:
    """Return a line for each entry, MACs in upper case, a part that it lacks empty; the named part stands first."""
    return sorted("".join(f"{parts[at]};" for at in _ORDERS[order]) for parts in map(_parts, entries))


def ethers(entries: Iterable[Entry], order: Order = "name") -> list[str]:
    """Return the lines of /etc/ethers: MAC and name, or MAC and address with `ip`, each pair once.

    They are sorted as `listed` sorts them. Entries without both parts are left out.
    """
    last = _ORDERS[order][0]
    pairs = (line.split(";") for line in listed(entries, order))
    mac, other = _ORDERS[order].index(1), _ORDERS[order].index(last)
    return list(dict.fromkeys(f"{parts[mac]} {parts[other]}" for parts in pairs if parts[mac] and parts[other]))


def _parts(entry: Entry) -> tuple[str, str, str]:
    return escape(entry.name or ""), (entry.mac or "").upper(), escape(entry.ip or "")
