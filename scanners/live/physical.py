"""A physical machine: what answers at a host's name says who it is.

    name lab00.soho
    boot 0b6f4f5e-...
    uuid 9c3572d8-d8a3-4341-989c-32bf71c61315
    mac 00:1e:67:0a:10:00

Source: Linux, Documentation/ABI/testing/sysfs-class-net and sysfs-class-dmi; elsewhere ifconfig(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanners.live.guest import Running, State
from vhost import normal
from vhost.errors import VhostError
from vhost.transport import Site

TYPE = "PM"
SECONDS = 20.0

_ASKED = r"""
echo "name $(uname -n)"
read -r line </proc/sys/kernel/random/boot_id && echo "boot $line"
read -r line </sys/class/dmi/id/product_uuid && echo "uuid $line"
for file in /sys/class/net/*/address /sys/class/net/*/bonding_slave/perm_hwaddr; do
  read -r line <"$file" && echo "mac $line"
done
[ -d /sys/class/net ] || ifconfig -a | sed -n 's/.*\(ether\|lladdr\|HWaddr\) *\([0-9A-Fa-f:]*\).*/mac \2/p'
:
"""
_NO_UUID = re.compile(r"0+|f+|03000200040005000006000700080009")
"""What boards without a number of their own say; the last is a maker's default."""
_NO_MAC = "00:00:00:00:00:00"


def look(site: Site, name: str) -> list[Running]:
    """Return the machine that answers. Raises `Unreachable` if none does, `VhostError` if it says nothing of itself."""
    answer = site.run(["sh", "-c", f"{{ {_ASKED} }} 2>/dev/null"], timeout=SECONDS, raised=False)
    found = machine(answer.text, name)
    if found is None:
        raise VhostError(site.host.account, f"does not say who it is: {answer.complaint or f'exit {answer.status}'}")
    return [found]


def machine(text: str, host: str) -> Running | None:
    """Return the machine that these lines tell of, None if they tell nothing."""
    names = list(_values(text, "name"))
    if not names:
        return None
    macs = {mac for value in _values(text, "mac") if (mac := normal.mac(value)) and mac != _NO_MAC}
    uuids = [uuid for value in _values(text, "uuid") if (uuid := normal.uuid(value)) and not _NO_UUID.fullmatch(uuid)]
    return Running(
        host=host,
        type=TYPE,
        label=names[0],
        id=next(_values(text, "boot"), None),
        uuid=uuids[0] if uuids else None,
        macs=tuple(sorted(macs)),
        state=State.RUNNING,
        word="running",
    )


def _values(text: str, key: str) -> Iterator[str]:
    yield from (line[len(key) + 1 :].strip() for line in text.splitlines() if line.startswith(f"{key} "))
