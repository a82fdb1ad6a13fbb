"""The frame that wakes a machine up (wake-on-LAN): six bytes ff, then its MAC sixteen times, as a UDP broadcast.

Source: AMD, "Magic Packet Technology", publication 20213.
"""

from __future__ import annotations

import socket

from vhost import normal
from vhost.errors import UsageError, VhostError

PORT = 9


def frame(mac: str) -> bytes:
    """Return the payload for a MAC in any spelling. Raises `UsageError` if it is none."""
    found = normal.mac(mac)
    if found is None:
        raise UsageError("MAC", f"{mac!r} is no MAC", "write it as 00:0e:0c:35:f8:48")
    return b"\xff" * 6 + bytes.fromhex(found.replace(":", "")) * 16


def send(mac: str, address: str = "255.255.255.255", port: int = PORT) -> None:
    """Send the frame to a broadcast address. Raises `VhostError` if the network does not take it."""
    payload = frame(mac)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.sendto(payload, (address, port))
    except OSError as error:
        raise VhostError(f"wake {mac}", f"the frame cannot be sent to {address}: {error.strerror}") from error
