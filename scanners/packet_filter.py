"""Filters that the kernel runs on each frame, so that only what is looked for wakes us.

They are classic BPF programs; see linux/filter.h and Documentation/networking/filter.rst. The kernel
takes the outer VLAN tag off a frame before a filter sees it; an inner one, or that of a driver which
keeps tags, is still there.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

HALF, BYTE, WORD, HALF_AFTER_IP, IP_LENGTH = 0x28, 0x30, 0x20, 0x48, 0xB1
"""Loads: of 2, 1, 4 bytes at an offset, of 2 behind an IP header, and of that header's length (BPF_LDX, BPF_MSH)."""
EQUAL, ABOVE, ANY_BIT = 0x15, 0x25, 0x45
RETURN: Final = 0x06

SWEEP_LENGTH: Final = 128
"""How many bytes of a frame a sweep looks at."""
WHOLE: Final = 2048

ARP_TYPE, IPV4_TYPE, IPV6_TYPE = 0x0806, 0x0800, 0x86DD
_TAGGED: Final = (0x8100, 0x88A8)
_SNAP: Final = 0xAAAA0300
_REPLY: Final = 2
_ICMPV6, _UDP = 58, 17
_ECHO_REPLY, _ADVERTISEMENT = 129, 136
_ROUTER_SOLICITATION: Final = 133
_DHCP: Final = (67, 68)
_FRAGMENT: Final = 0x1FFF

Step = tuple[int, int] | tuple[int, int, str, str] | str
"""A load (code, offset), a jump (code, value, label if so, label if not; empty is the next step), or a label."""


def arp_replies() -> bytes:
    """Return the filter of a sweep: ARP replies, whether tagged, in 802.2 frames or plain."""
    return assembled(
        (HALF, 12), (EQUAL, ARP_TYPE, "arp", ""),
        (EQUAL, _TAGGED[0], "tagged", ""), (EQUAL, _TAGGED[1], "tagged", ""),
        (ABOVE, 1500, "drop", ""), (WORD, 14), (EQUAL, _SNAP, "", "drop"),
        (HALF, 20), (EQUAL, ARP_TYPE, "take", "drop"),
        "tagged", (HALF, 16), (EQUAL, ARP_TYPE, "take", "drop"),
        "arp", (HALF, 20), (EQUAL, _REPLY, "take", "drop"),
        length=SWEEP_LENGTH,
    )  # fmt: skip


def advertisements() -> bytes:
    """Return the filter of an IPv6 sweep: echo replies and neighbour advertisements, also in a VLAN."""
    return assembled(
        (HALF, 12), (EQUAL, IPV6_TYPE, "ip", ""),
        (EQUAL, _TAGGED[0], "tagged", ""), (EQUAL, _TAGGED[1], "tagged", "drop"),
        "tagged", (HALF, 16), (EQUAL, IPV6_TYPE, "take", "drop"),
        "ip", (BYTE, 20), (EQUAL, _ICMPV6, "", "drop"),
        (BYTE, 54), (EQUAL, _ECHO_REPLY, "take", ""), (EQUAL, _ADVERTISEMENT, "take", "drop"),
        length=WHOLE,
    )  # fmt: skip


def announcements() -> bytes:
    """Return the filter of listening: all ARP, neighbour discovery, and DHCP for IPv4."""
    return assembled(
        (HALF, 12), (EQUAL, ARP_TYPE, "take", ""), (EQUAL, IPV6_TYPE, "six", ""), (EQUAL, IPV4_TYPE, "four", ""),
        (EQUAL, _TAGGED[0], "tagged", ""), (EQUAL, _TAGGED[1], "tagged", ""),
        (ABOVE, 1500, "drop", ""), (WORD, 14), (EQUAL, _SNAP, "", "drop"),
        (HALF, 20), (EQUAL, ARP_TYPE, "take", "drop"),
        "tagged", (HALF, 16), (EQUAL, ARP_TYPE, "take", ""), (EQUAL, IPV6_TYPE, "take", ""),
        (EQUAL, IPV4_TYPE, "take", "drop"),
        "six", (BYTE, 20), (EQUAL, _ICMPV6, "", "drop"),
        (BYTE, 54), (ABOVE, _ADVERTISEMENT, "drop", ""), (ABOVE, _ROUTER_SOLICITATION - 1, "take", "drop"),
        "four", (BYTE, 23), (EQUAL, _UDP, "", "drop"), (HALF, 20), (ANY_BIT, _FRAGMENT, "drop", ""),
        (IP_LENGTH, 14), (HALF_AFTER_IP, 16), (EQUAL, _DHCP[0], "take", ""), (EQUAL, _DHCP[1], "take", "drop"),
        length=WHOLE,
    )  # fmt: skip


def assembled(*steps: Step, length: int) -> bytes:
    """Return the program of the steps as an array of `struct sock_filter`.

    `take` gives the first `length` bytes of the frame, `drop` none of it.
    """
    program: Sequence[Step] = (*steps, "drop", (RETURN, 0), "take", (RETURN, length))
    labels: dict[str, int] = {}
    coded: list[tuple[int, int] | tuple[int, int, str, str]] = []
    for step in program:
        if isinstance(step, str):
            labels[step] = len(coded)
        else:
            coded.append(step)
    return b"".join(_instruction(at, step, labels) for at, step in enumerate(coded))


def _instruction(at: int, step: tuple[int, int] | tuple[int, int, str, str], labels: dict[str, int]) -> bytes:
    if len(step) == 2:
        return struct.pack("=HBBI", step[0], 0, 0, step[1])
    yes, no = (labels[label] - at - 1 if label else 0 for label in step[2:])
    return struct.pack("=HBBI", step[0], yes, no, step[1])
