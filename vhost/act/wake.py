"""The frame that wakes a machine up (wake-on-LAN): six bytes ff, then its MAC sixteen times, as a UDP broadcast.

Source: AMD, "Magic Packet Technology", publication 20213.
"""

from __future__ import annotations

import socket

from vhost import normal
from vhost.errors import UsageError, VhostError

PORT = 9
EVERYWHERE = "255.255.255.255"


def frame(mac: str) -> bytes:
    """Return the payload for a MAC in any spelling. Raises `UsageError` if it is none."""
    found = normal.mac(mac)
    if found is None:
        raise UsageError("MAC", f"{mac!r} is no MAC", "write it as 00:0e:0c:35:f8:48")
    return b"\xff" * 6 + bytes.fromhex(found.replace(":", "")) * 16


def send(mac: str, address: str = EVERYWHERE, port: int = PORT) -> None:
    """Send the frame to a broadcast address, by default on every link, of which the route to it is only one.

    Raises `VhostError` if no network takes it.
    """
    payload = frame(mac)
    every = [name for _, name in socket.if_nameindex() if name != "lo"] if address == EVERYWHERE else []
    links, failures = every or [""], []
    for link in links:
        try:
            _send(payload, address, port, link)
        except OSError as error:
            failures.append(error)
    if len(failures) == len(links):
        raise VhostError(f"wake {mac}", f"the frame cannot be sent to {address}: {failures[0].strerror}")


def _send(payload: bytes, address: str, port: int, link: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if link:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, link.encode())
        sender.sendto(payload, (address, port))
