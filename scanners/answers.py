"""What a sweep was told: every MAC that answered for an address, whether it was asked for or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple

from scanners.ranges import Ranges

MOST_UNASKED: Final = 65_536
"""Addresses that nobody asked for and that are kept; one host can make up as many as it likes."""
MOST_FOR_ONE: Final = 64
"""Answers that are kept for one address."""


class Reply(NamedTuple):
    """One reply: the MAC that it says the address has, the MAC that sent its frame, the VLAN of that."""

    address: int
    mac: bytes
    sender: bytes
    vlan: int | None = None


@dataclass(slots=True)
class Answer:
    """One MAC for one address.

    `attempt` is the one after which it came, 0 if the address was not asked for. `number` counts the MACs of the
    address from 1. `own` says that this host holds the address itself; its own claim is number 1 and no answer.
    """

    address: int
    mac: bytes
    sender: bytes
    vlan: int | None
    attempt: int
    number: int
    own: bool = False

    @property
    def text(self) -> str:
        """Return the address as it is written; no usable IPv6 address is a number below 2^32."""
        return str(ip_address(self.address))

    @property
    def foreign(self) -> bool:
        """Tell whether another MAC sent the frame than the one it speaks of."""
        return self.sender != self.mac


class Answers:
    """Every answer by its address. `own` are the addresses of this host that were asked for, with its MAC."""

    def __init__(self, asked: Ranges, own: Mapping[int, bytes]) -> None:
        self.asked = asked
        self.own = own
        self.attempts = bytearray(asked.size)
        self.answered = bytearray(asked.size)
        self.unusable = 0
        self.overflow = 0
        self._found: dict[int, list[Answer]] = {}
        self._unasked = 0

    def __iter__(self) -> Iterator[Answer]:
        for found in self.by_address():
            yield from found

    def __len__(self) -> int:
        return len(self._found)

    def by_address(self) -> Iterator[list[Answer]]:
        """Return the answers for each address, in the order of addresses, each list in the order they came."""
        return (self._found[address] for address in sorted(self._found))

    def firsts(self) -> Iterator[Answer]:
        """Return the first answer for each address, in no particular order."""
        return (found[0] for found in self._found.values())

    def add(self, reply: Reply) -> Answer | None:
        """Return the answer if it is news, None if it is known, our own, or one too many."""
        index = self.asked.index(reply.address)
        if index is not None:
            self.answered[index] = 1
        known = self._found.get(reply.address, ())
        if any(one.mac == reply.mac and one.sender == reply.sender and one.vlan == reply.vlan for one in known):
            return None
        if self.own.get(reply.address) == reply.mac == reply.sender:
            return None
        if len(known) >= MOST_FOR_ONE or (index is None and not known and self._unasked >= MOST_UNASKED):
            self.overflow += 1
            return None
        return self._kept(reply, 0 if index is None else self.attempts[index])

    def _kept(self, reply: Reply, attempt: int) -> Answer:
        known = self._found.setdefault(reply.address, [])
        own = self.own.get(reply.address)
        macs = {one.mac for one in known}
        if own is not None:
            macs.add(own)
        number = len(macs) + (reply.mac not in macs)
        made = Answer(*reply, attempt=attempt, number=number, own=own is not None)
        known.append(made)
        if reply.address not in self.asked and len(known) == 1:
            self._unasked += 1
        return made
