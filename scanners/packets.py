"""Frames sent and received on one interface, over a packet socket; see packet(7).

All that is needed is CAP_NET_RAW. Whether the kernel had to drop frames because nobody fetched them
in time is known afterwards.
"""

from __future__ import annotations

import ctypes
import errno
import select
import socket
import struct
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, NamedTuple, Self

from vhost.errors import NotPermitted, SourceMissing

BUFFER: Final = 4 << 20
"""Bytes that received frames may take in the kernel: replies of 4,096 hosts that answer at once."""
PER_FRAME: Final = 1024
"""Bytes that one small frame takes there, with what the kernel keeps about it."""

_SOL_PACKET: Final = 263
_ADD_MEMBERSHIP, _STATISTICS, _AUXDATA, _IGNORE_OUTGOING = 1, 6, 8, 23
_ALL_MULTICAST: Final = 2
_ATTACH_FILTER, _RECEIVE_BUFFER_FORCE = 26, 33
_ALL: Final = 3
"""ETH_P_ALL: a socket for one protocol gets no VLAN tags, and no frames of a port of a bridge."""
_AUX: Final = struct.Struct("=IIIHHHH")
_AUX_SPACE: Final = socket.CMSG_SPACE(_AUX.size)
_HAS_TAG: Final = 0x10
_VLAN_BITS: Final = 0xFFF
_LONGEST: Final = 2048
_AT_ONCE: Final = 1024
_FULL: Final = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})
_PATIENCE: Final = 5.0
_STEP: Final = 0.001


class Frame(NamedTuple):
    """One frame, and the VLAN of the tag that the kernel took off it (None: there was none, or it named no VLAN)."""

    data: bytes
    vlan: int | None = None


class LinkFailed(Exception):
    """The interface does not work any more: it was taken down or away, or its queue stays full."""


class Packets:
    """An open packet socket. `buffer` is how many bytes the kernel holds for it, of those that were wanted."""

    def __init__(self, name: str, program: bytes, *, buffer: int = BUFFER, multicast: bool = False) -> None:
        """Open it, deaf until filter and buffer are in place. Raises `NotPermitted` and `SourceMissing`."""
        self.name = name
        self.wanted = buffer
        self._socket = _opened()
        try:
            self._prepare(program, multicast=multicast)
        except OSError as error:
            self.close()
            raise SourceMissing(name, f"frames cannot be received: {error.strerror}", "see ip link") from error
        except BaseException:
            self.close()
            raise

    def _prepare(self, program: bytes, *, multicast: bool) -> None:
        _attach(self._socket, program)
        self.buffer = _enlarged(self._socket, self.wanted)
        self._socket.setsockopt(_SOL_PACKET, _AUXDATA, 1)
        self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self._socket.bind((self.name, _ALL))
        if multicast:
            membership = struct.pack("=iHH8x", socket.if_nametoindex(self.name), _ALL_MULTICAST, 0)
            self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, membership)
        self._socket.settimeout(0)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def send(self, frame: bytes) -> None:
        """Send one frame; waits for a queue that is full, which wakes no poll. Raises `LinkFailed`."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._socket.send(frame)
            except OSError as error:
                if error.errno not in _FULL or time.monotonic() > until:
                    raise LinkFailed(error.strerror or str(error)) from error
                time.sleep(_STEP)
            else:
                return

    def received(self) -> Iterator[Frame]:
        """Return the frames that are there, a bounded number of them. Raises `LinkFailed`."""
        receive = self._socket.recvmsg
        for _ in range(_AT_ONCE):
            try:
                data, extra, _, _ = receive(_LONGEST, _AUX_SPACE)
            except BlockingIOError:
                return
            except OSError as error:
                raise LinkFailed(error.strerror or str(error)) from error
            yield Frame(data, _vlan(extra[0][2]) if extra else None)

    def wait(self, seconds: float) -> None:
        """Return when a frame is there, or after so many seconds."""
        self._poll.poll(max(0.0, seconds) * 1000)

    def lost(self) -> int:
        """Return how many frames the kernel dropped since the last call, because nobody fetched them in time."""
        _, dropped = struct.unpack("=II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        return int(dropped)


def _opened() -> socket.socket:
    try:
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
    except PermissionError as error:
        raise NotPermitted(
            "raw frames",
            "need the capability CAP_NET_RAW",
            "run it as root, or as: sudo setpriv --reuid USER --regid GROUP --init-groups --inh-caps=+net_raw"
            " --ambient-caps=+net_raw COMMAND",
        ) from error


def _attach(opened: socket.socket, program: bytes) -> None:
    held = ctypes.create_string_buffer(program, len(program))
    opened.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", len(program) // 8, ctypes.addressof(held)))


def _enlarged(opened: socket.socket, wanted: int) -> int:
    """Return the size of the receive buffer after asking for `wanted` bytes; more than rmem_max needs CAP_NET_ADMIN.

    The kernel reserves and reports twice what it is asked for.
    """
    try:
        opened.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER_FORCE, wanted)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, wanted)
    return opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2


def _vlan(auxiliary: bytes) -> int | None:
    """Return the VLAN that PACKET_AUXDATA names; the number 0 is a priority without a VLAN."""
    if len(auxiliary) < _AUX.size:
        return None
    status, _, _, _, _, tag, _ = _AUX.unpack_from(auxiliary)
    return (tag & _VLAN_BITS) or None if status & _HAS_TAG else None
