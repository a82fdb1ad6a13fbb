"""Who made the network card of a MAC, and which hypervisor hands out MACs of its range.

    00:16:3e:58:00:01  Xensource, Inc. (Xen)        52:54:00:4e:01:33  QEMU (locally administered)

The names are those of the IEEE's public registry, as the package `aiooui` carries them; blocks of
28 and 36 bits, which the IEEE hands out in parts, are named as the IEEE's own. The data is read at
the first look-up and stays a map of the file.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

RANGES: Final[dict[str, str]] = {
    "00:16:3e": "Xen",
    "00:50:56": "VMware",
    "00:0c:29": "VMware",
    "00:05:69": "VMware",
    "00:1c:14": "VMware",
    "52:54:00": "QEMU",
    "08:00:27": "VirtualBox",
    "0a:00:27": "VirtualBox",
    "bc:24:11": "Proxmox",
    "00:15:5d": "Hyper-V",
    "00:1c:42": "Parallels",
    "58:9c:fc": "bhyve",
    "fa:16:3e": "OpenStack",
}
"""The hypervisors and the prefixes of the MACs that they give their guests, unless told otherwise."""

LOCAL: Final = "locally administered"
GROUP: Final = "multicast"
_LOCAL_BIT, _GROUP_BIT = 0x02, 0x01


def hypervisor(mac: str) -> str | None:
    """Return the hypervisor from whose range a MAC (lower case with colons) is; None if it is from none."""
    return RANGES.get(mac[:8])


def vendor(mac: str) -> str | None:
    """Return the organisation to which the IEEE gave the prefix of a MAC; None if it gave it to none.

    A locally administered MAC has none, whatever the registry says of its digits.
    """
    return None if _bits(mac) & (_LOCAL_BIT | _GROUP_BIT) else _registry()(mac)


def marks(mac: str) -> tuple[str, ...]:
    """Return what is to be said of a MAC beside its vendor: the hypervisor of its range, who administers it."""
    bits = _bits(mac)
    found = (hypervisor(mac), GROUP if bits & _GROUP_BIT else None, LOCAL if bits & _LOCAL_BIT else None)
    return tuple(mark for mark in found if mark)


def described(mac: str) -> str:
    """Return vendor and marks as one text for a table; empty where nothing is known."""
    first, *others = [name for name in (vendor(mac), *marks(mac)) if name] or [""]
    return f"{first} ({', '.join(others)})" if others else first


def _bits(mac: str) -> int:
    return int(mac[:2], 16)


@cache
def _registry() -> Callable[[str], str | None]:
    """Return the look-up, after the data was read once."""
    import asyncio  # noqa: PLC0415 - only who asks for vendors pays for it
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as above

    import aiooui  # noqa: PLC0415 - as above

    with ThreadPoolExecutor(1) as pool:  # a thread of its own, so that a caller may have a loop running
        pool.submit(lambda: asyncio.run(aiooui.async_load())).result()
    return aiooui.get_vendor
