"""Asks for ICMP echoes: an unprivileged socket where the kernel has them, else a raw one, else the program `ping`.

RFC 792 and RFC 4443: type, code, checksum, identifier, sequence number, data. The data of a request is a
secret and the number of its host; only one who got the request can answer with it.

    08 00 f7 c9 1a 2b 00 01 | 8 bytes of secret | 00 00 00 05
"""

from __future__ import annotations

import errno
import os
import secrets
import select
import socket
import struct
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from vhost.reach.reply import LATE, SILENT, Limits, Reply

_HEAD = struct.Struct("!BBHHH")
_NUMBER = struct.Struct("!I")
_SECRET = 8
_BURST = 32
_PACKET = 2048
_FULL = {errno.ENOBUFS, errno.EAGAIN}

Told = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Family:
    """What differs between IPv4 and IPv6."""

    family: socket.AddressFamily
    protocol: int
    request: int
    reply: int


V4 = Family(socket.AF_INET, socket.IPPROTO_ICMP, 8, 0)
V6 = Family(socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129)


def ask(addresses: Collection[str], limits: Limits, told: Told | None = None) -> dict[str, Reply]:
    """Return the reply of every numeric address. Raises `vhost.process.ProgramFailed` where nothing can ask."""
    found: dict[str, Reply] = {}
    for family in (V4, V6):
        mine = [one for one in addresses if (":" in one) == (family is V6)]
        if not mine:
            continue
        opened = _socket(family)
        if opened is None:
            from vhost.reach import ping_program  # noqa: PLC0415 - few kernels lack both kinds of sockets

            found |= ping_program.ask(mine, limits, told)
            continue
        with opened:
            found |= _Asking(family, opened, mine, limits, told).answers()
    return found


def _socket(family: Family) -> socket.socket | None:
    """Return a socket for echo requests, None where this user may have none."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with suppress(OSError):
            opened = socket.socket(family.family, kind, family.protocol)
            opened.setblocking(False)  # noqa: FBT003 - how it is called
            return opened
    return None


@dataclass(slots=True)
class _Asking:
    """One run over the addresses of a family; hosts are numbered by their place."""

    family: Family
    socket: socket.socket
    addresses: Sequence[str]
    limits: Limits
    told: Told | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(_SECRET))
    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    found: dict[int, Reply] = field(default_factory=dict)
    failed: dict[int, Reply] = field(default_factory=dict)

    def answers(self) -> dict[str, Reply]:
        """Ask in rounds, everybody who has not answered yet, and return what came."""
        end = monotonic() + self.limits.total
        for turn in range(1, self.limits.tries + 1):
            left = [number for number in range(len(self.addresses)) if number not in self.found]
            self._round(left, turn, end)
            if len(self.found) + len(self.failed) >= len(self.addresses) or monotonic() >= end:
                break
        return {one: self._reply(number) for number, one in enumerate(self.addresses)}

    def _reply(self, number: int) -> Reply:
        silent = SILENT if (number, 1) in self.sent else LATE
        return self.found.get(number) or self.failed.get(number, silent)

    def _round(self, numbers: Sequence[int], turn: int, end: float) -> None:
        """Send a burst at a time, at the pace that is allowed, then wait for the last answers."""
        for start in range(0, len(numbers), _BURST):
            if monotonic() >= end:
                return
            burst = numbers[start : start + _BURST]
            for number in burst:
                self._send(number, turn)
            self._receive(monotonic() + len(burst) / self.limits.rate, whole=True)
            if self.told is not None:
                self.told(len(self.found), len(self.addresses) - len(self.found), len(self.found))
        self._receive(min(end, monotonic() + self.limits.seconds))

    def _send(self, number: int, turn: int) -> None:
        packet = _packet(self.family.request, turn, self.secret + _NUMBER.pack(number))
        try:
            target = socket.getaddrinfo(self.addresses[number], None, flags=socket.AI_NUMERICHOST)[0][4]
            self._sent(packet, (target[0], 0, *target[2:]))
        except OSError as error:
            self.failed[number] = Reply(up=False, problem=error.strerror or "cannot be reached")
        else:
            self.failed.pop(number, None)
            self.sent[number, turn] = monotonic()

    def _sent(self, packet: bytes, target: tuple[object, ...]) -> None:
        try:
            self.socket.sendto(packet, target)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._receive(monotonic() + 0.05, whole=True)
            self.socket.sendto(packet, target)

    def _receive(self, until: float, *, whole: bool = False) -> None:
        """Take what comes until then, or until everybody has answered; `whole`: the time is a pace to be kept."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        while whole or len(self.found) + len(self.failed) < len(self.addresses):
            left = until - monotonic()
            if left <= 0:
                return
            if not poll.poll(left * 1000):
                continue
            try:
                self._take(self.socket.recv(_PACKET))
            except OSError:  # an error that an earlier request met; its host stays silent
                continue

    def _take(self, data: bytes) -> None:
        if self.family is V4 and self.socket.type == socket.SOCK_RAW:
            data = data[(data[0] & 15) * 4 :]  # a raw socket of IPv4 gives the header of IP as well
        if len(data) < _HEAD.size + _SECRET + _NUMBER.size or data[0] != self.family.reply:
            return
        turn, payload = _HEAD.unpack_from(data)[4], data[_HEAD.size :]
        number = _NUMBER.unpack_from(payload, _SECRET)[0]
        began = self.sent.get((number, turn))
        if payload[:_SECRET] == self.secret and began is not None:
            self.found.setdefault(number, Reply(up=True, seconds=monotonic() - began))


def _packet(kind: int, turn: int, data: bytes) -> bytes:
    identifier = os.getpid() & 0xFFFF  # an unprivileged socket puts its own in
    empty = _HEAD.pack(kind, 0, 0, identifier, turn) + data
    return _HEAD.pack(kind, 0, checksum(empty), identifier, turn) + data


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
