"""ARP requests as they are sent: made once with scapy, then only the address that is asked for changes.

scapy takes 36 MiB for as long as a process lives, so a sweep lets it work in a process of its own:

    python -P -m scanners.arp.frames 52:54:00:12:34:56 10.77.0.1 none     one line of hex digits for each template
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Final

from vhost.errors import VhostError
from vhost.process import ProgramFailed, run

BROADCAST: Final = "ff:ff:ff:ff:ff:ff"
UNKNOWN: Final = IPv4Address(0)
_SHORTEST: Final = 60
"""Bytes of the shortest frame of an Ethernet, without its checksum."""
_PATIENCE: Final = 60.0
_NO_VLAN: Final = "none"

Frames = Callable[[int], bytes]
"""Makes the frame that asks for an address."""


def template(mac: str, sender: IPv4Address, vlan: int | None = None) -> bytes:
    """Return a request from `mac` and `sender` up to the address that it asks for, which ends every request.

    With the sender 0.0.0.0 it is a probe of RFC 5227: it does not say that the sender has an address, so that
    nobody's table changes.
    """
    from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: PLC0415 - takes 200 ms, which only a sweep may cost

    ethernet = Ether(dst=BROADCAST, src=mac)
    request = ARP(op="who-has", hwsrc=mac, psrc=str(sender), hwdst="00:00:00:00:00:00", pdst="255.255.255.255")
    return bytes(ethernet / request if vlan is None else ethernet / Dot1Q(vlan=vlan) / request)[:-4]


def filled(head: bytes) -> Frames:
    """Return the maker of the requests of a template."""
    tail = bytes(max(0, _SHORTEST - len(head) - 4))
    return lambda address: head + address.to_bytes(4, "big") + tail


def templates(mac: str, sender: IPv4Address, vlan: int | None = None) -> tuple[bytes, bytes]:
    """Return the templates of requests and of probes, made in another process if that can be started.

    Who has given up privileges may not be allowed to start the interpreter again. Raises `VhostError`.
    """
    arguments = [mac, str(sender), _NO_VLAN if vlan is None else str(vlan)]
    try:
        done = run([sys.executable, "-P", "-m", "scanners.arp.frames", *arguments], seconds=_PATIENCE)
    except ProgramFailed:
        return template(mac, sender, vlan), template(mac, UNKNOWN, vlan)
    if done.code:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise VhostError("scapy", f"cannot make a frame: {last}", "is it installed? pip install scapy")
    request, probe = map(bytes.fromhex, done.stdout.decode("ascii").split())
    return request, probe


def main(mac: str, sender: str, vlan: str) -> None:
    """Write the templates of requests and of probes."""
    tag = None if vlan == _NO_VLAN else int(vlan)
    for address in (IPv4Address(sender), UNKNOWN):
        sys.stdout.write(template(mac, address, tag).hex() + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
