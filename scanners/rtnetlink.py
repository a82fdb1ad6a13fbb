"""Dumps of the kernel's tables over a netlink socket; no privilege is needed.

A message is a header, a fixed part and attributes; see netlink(7), rtnetlink(7) and
linux/netlink.h, linux/rtnetlink.h. All numbers are in the byte order of the machine.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from vhost.errors import SourceMissing

LINKS: Final = 18
ADDRESSES: Final = 22
NEIGHBOURS: Final = 30

_FIXED: Final = {LINKS: 16, ADDRESSES: 8, NEIGHBOURS: 12}
_HEADER: Final = struct.Struct("=IHHII")
_ATTRIBUTE: Final = struct.Struct("=HH")
_DUMP: Final = 0x301
"""NLM_F_REQUEST and NLM_F_DUMP."""
_INTERRUPTED: Final = 0x10
_ERROR, _DONE = 2, 3
_KIND_BITS: Final = 0x3FFF
"""An attribute's type without NLA_F_NESTED and NLA_F_NET_BYTEORDER."""
_BUFFER: Final = 1 << 18
_PATIENCE: Final = 5.0
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One row of a table: its fixed part, and its attributes by their types."""

    fixed: bytes
    attributes: Mapping[int, bytes]


def dump(table: int) -> list[Message]:
    """Return the rows of a table. Raises `SourceMissing` where the kernel does not answer.

    A table that changed meanwhile is asked for again, a few times.
    """
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
            kernel.settimeout(_PATIENCE)
            for serial in range(1, _TRIES + 1):
                rows, steady = _asked(kernel, table, serial)
                if steady:
                    break
            return rows
    except OSError as error:
        raise SourceMissing("netlink", f"the kernel does not answer: {error.strerror or error}") from error


def _asked(kernel: socket.socket, table: int, serial: int) -> tuple[list[Message], bool]:
    """Return the rows, and whether the table stayed as it was meanwhile."""
    size = _FIXED[table]
    kernel.send(_HEADER.pack(_HEADER.size + size, table, _DUMP, serial, 0) + bytes(size))
    rows: list[Message] = []
    steady = True
    while True:
        for kind, flags, number, body in messages(kernel.recv(_BUFFER)):
            if number != serial:
                continue
            steady = steady and not flags & _INTERRUPTED
            if kind == _DONE:
                return rows, steady
            if kind == _ERROR:
                raise OSError(-struct.unpack("=i", body[:4])[0], "the request was refused")
            rows.append(Message(body[:size], attributes(body[size:])))


def messages(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Return type, flags, serial number and body of each message; what is cut off is left out."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, flags, serial, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size or at + length > len(data):
            return
        yield kind, flags, serial, data[at + _HEADER.size : at + length]
        at += _aligned(length)


def attributes(data: bytes) -> dict[int, bytes]:
    """Return the attributes by their types; what is cut off is left out."""
    found: dict[int, bytes] = {}
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size or at + length > len(data):
            break
        found[kind & _KIND_BITS] = data[at + _ATTRIBUTE.size : at + length]
        at += _aligned(length)
    return found


def _aligned(length: int) -> int:
    return (length + 3) & ~3
