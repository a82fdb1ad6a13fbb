"""Hosts of a segment that say whatever a test wants them to: frames made byte by byte, sent over a packet socket."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.lab.namespaces import Namespace

BROADCAST = "ff:ff:ff:ff:ff:ff"
_ARP = 0x0806
_PATIENCE = 0.05
_ALL = 3  # a socket for one protocol gets its frames after the kernel has cleared their tags
_SOL_PACKET, _AUXDATA = 263, 8
_AUXILIARY_SPACE = socket.CMSG_SPACE(20)
_TAGGED = 0x10


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def ip(text: str) -> bytes:
    return socket.inet_aton(text)


def arp(operation: int, sender_mac: str, sender: str, target_mac: str, target: str) -> bytes:
    """Return the ARP message without the frame around it."""
    head = bytes.fromhex("0001 0800 06 04") + operation.to_bytes(2, "big")
    return head + mac(sender_mac) + ip(sender) + mac(target_mac) + ip(target)


def frame(to: str, source: str, payload: bytes, *, kind: int = _ARP, tags: Sequence[int] = ()) -> bytes:
    """Return an Ethernet frame with 802.1Q tags of these VLANs, padded to the shortest length."""
    tagged = b"".join(b"\x81\x00" + tag.to_bytes(2, "big") for tag in tags)
    return (mac(to) + mac(source) + tagged + kind.to_bytes(2, "big") + payload).ljust(60, b"\0")


def reply(source: str, address: str, to: str, *, sender: str | None = None, tags: Sequence[int] = ()) -> bytes:
    """Return the frame in which `sender` (else `source`) says that `address` is at `source`."""
    return frame(to, sender or source, arp(2, source, address, to, "10.77.0.1"), tags=tags)


def send(host: Namespace, *frames: bytes) -> None:
    """Send frames from the `eth0` of a host."""
    with host.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as out:
        out.bind(("eth0", 0))
        for one in frames:
            out.send(one)


@contextmanager
def answering(host: Namespace, answer: Callable[[str, str], Sequence[bytes]]) -> Iterator[list[bytes]]:
    """Let a host send what `answer` makes of each request for (address, MAC of the asker); give the requests,

    with their VLAN tags."""
    done, ready = threading.Event(), threading.Event()
    heard: list[bytes] = []

    def work() -> None:
        with host.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as line:
            line.setsockopt(_SOL_PACKET, _AUXDATA, 1)
            line.bind(("eth0", _ALL))
            ready.set()
            while not done.is_set():
                if not select.select([line], [], [], _PATIENCE)[0]:
                    continue
                data, extra, _, (_, _, kind, _, _) = line.recvmsg(2048, _AUXILIARY_SPACE)
                if kind == socket.PACKET_OUTGOING or data[12:14] != b"\x08\x06" or data[20:22] != b"\0\1":
                    continue
                heard.append(data[:12] + _tag(extra[0][2]) + data[12:])
                for one in answer(socket.inet_ntoa(data[38:42]), data[6:12].hex(":")):
                    line.send(one)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert ready.wait(10)
        yield heard
    finally:
        done.set()
        worker.join(10)


def _tag(auxiliary: bytes) -> bytes:
    """Return the 802.1Q tag that the kernel took off a frame, nothing if there was none."""
    status, _, _, _, _, tag, _ = struct.unpack("=IIIHHHH", auxiliary)
    return struct.pack("!HH", 0x8100, tag) if status & _TAGGED else b""
