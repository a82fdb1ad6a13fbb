"""Machines as entries of an ssh configuration and of /etc/hosts.

Host tst100                          192.168.1.220  tst100
    HostName 192.168.1.220
    Port 22
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from vhost.export.estate import Exported, Keep

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?")


def ssh_config(machines: Mapping[str, Exported], left_out: Keep) -> Iterator[str]:
    """Return entries of an ssh configuration; names with characters that mean something there are left out."""
    for name, machine in machines.items():
        address = _address(name, machine, left_out)
        if address is None:
            continue
        yield f"Host {name}"
        yield f"    HostName {address}"
        if machine.ssh_port is not None and 0 < machine.ssh_port < 65536:
            yield f"    Port {machine.ssh_port}"


def hosts(machines: Mapping[str, Exported], left_out: Keep) -> Iterator[str]:
    """Return lines of /etc/hosts, one for each address that is numeric."""
    for name, machine in machines.items():
        if _address(name, machine, left_out) is not None:
            yield from (f"{address}\t{name}" for address in machine.addresses if _numeric(address))


def _address(name: str, machine: Exported, left_out: Keep) -> str | None:
    """Return the address to use, None (and say why) where the machine cannot be written."""
    if _NAME.fullmatch(name) is None:
        left_out(name, "is no host name")
        return None
    usable = [address for address in machine.addresses if _numeric(address)]
    if not usable:
        left_out(name, "has no numeric address")
        return None
    return usable[0]


def _numeric(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True
