"""Captures, byte by byte, as libpcap and the pcapng draft describe them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

TIME = 1_700_000_000
ETHERNET, RAW, COOKED, COOKED_2 = 1, 101, 113, 276


def pcap(frames: Sequence[bytes], *, link: int = ETHERNET, nano: bool = False, order: str = "<") -> bytes:
    """Return a pcap file; frame n was captured n seconds and a half after TIME."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, link)]
    half = 500_000_000 if nano else 500_000
    for number, data in enumerate(frames):
        parts += [struct.pack(order + "IIII", TIME + number, half, len(data), len(data)), data]
    return b"".join(parts)


def pcapng(frames: Sequence[bytes], *, link: int = ETHERNET, order: str = "<") -> bytes:
    """Return a pcapng file with one interface; times as in `pcap`."""
    parts = [_block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))]
    parts.append(_block(order, 1, struct.pack(order + "HHI", link, 0, 0)))
    for number, data in enumerate(frames):
        at = (TIME + number) * 1_000_000 + 500_000
        head = struct.pack(order + "IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(data), len(data))
        parts.append(_block(order, 6, head + data))
    return b"".join(parts)


def _block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def cooked(sender: bytes, protocol: int, payload: bytes, *, hardware: int = 1) -> bytes:
    """Return a packet of LINKTYPE_LINUX_SLL."""
    return struct.pack("!HHH8sH", 0, hardware, 6, sender, protocol) + payload


def cooked_2(sender: bytes, protocol: int, payload: bytes) -> bytes:
    """Return a packet of LINKTYPE_LINUX_SLL2."""
    return struct.pack("!HHIHBB8s", protocol, 0, 3, 1, 0, 6, sender) + payload
