"""Filters, run by an interpreter of classic BPF as linux/filter.h describes it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.packet_filter import SWEEP_LENGTH, WHOLE, advertisements, announcements, arp_replies
from tests.lab.crafted import arp, frame

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
SNAP = bytes.fromhex("aaaa03000000 0806")
REPLY, REQUEST = (arp(operation, B, "10.77.0.9", A, "10.77.0.1") for operation in (2, 1))


def accepted(program: bytes, data: bytes) -> int:
    """Return how many bytes of the frame a program takes."""
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    value = index = at = 0
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        sizes = {0x20: 4, 0x28: 2, 0x30: 1, 0x48: 2, 0xB1: 1}
        if code in sizes:
            start, size = operand + (index if code == 0x48 else 0), sizes[code]
            if start + size > len(data):
                return 0
            loaded = int.from_bytes(data[start : start + size], "big")
            value, index = (value, 4 * (loaded & 15)) if code == 0xB1 else (loaded, index)
        elif code == 0x06:
            return int(operand)
        else:
            true = {0x15: value == operand, 0x25: value > operand, 0x45: bool(value & operand)}[code]
            at += yes if true else no


def ipv6(following: int, kind: int) -> bytes:
    return bytes.fromhex("6000000000 20".replace(" ", "")) + bytes([following]) + bytes(33) + bytes([kind])


def ipv4(port: int, *, protocol: int = 17, fragment: int = 0, options: int = 0) -> bytes:
    head = bytes([0x45 + options, 0, 0, 0, 0, 0]) + fragment.to_bytes(2, "big") + bytes([64, protocol]) + bytes(10)
    return head + bytes(4 * options) + b"\0\x44" + port.to_bytes(2, "big")


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (frame(A, B, REPLY), True),
        (frame(A, B, REPLY, tags=[5]), True),
        (frame(A, B, SNAP + REPLY, kind=36), True),
        (frame(A, B, REQUEST), False),
        (frame(A, B, REPLY, kind=0x0800), False),
        (frame(A, B, b"\x42\x42" + REPLY, kind=36), False),
        (frame(A, B, ipv6(58, 136), kind=0x86DD), False),
    ],
)
def test_a_sweep_is_woken_by_replies(data: bytes, taken: bool) -> None:
    assert accepted(arp_replies(), data) == SWEEP_LENGTH * taken


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (frame(A, B, ipv6(58, 129), kind=0x86DD), True),
        (frame(A, B, ipv6(58, 136), kind=0x86DD), True),
        (frame(A, B, ipv6(58, 136), kind=0x86DD, tags=[5]), True),
        (frame(A, B, ipv6(58, 135), kind=0x86DD), False),
        (frame(A, B, ipv6(17, 136), kind=0x86DD), False),
        (frame(A, B, REPLY), False),
    ],
)
def test_neighbour_discovery_is_woken_by_echoes_and_advertisements(data: bytes, taken: bool) -> None:
    assert accepted(advertisements(), data) == WHOLE * taken


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        (frame(A, B, REPLY), True),
        (frame(A, B, REQUEST), True),
        (frame(A, B, REQUEST, tags=[5]), True),
        (frame(A, B, SNAP + REQUEST, kind=36), True),
        *((frame(A, B, ipv6(58, kind), kind=0x86DD), 133 <= kind <= 136) for kind in (128, 132, 133, 136, 137)),
        (frame(A, B, ipv6(6, 135), kind=0x86DD), False),
        (frame(A, B, ipv4(67), kind=0x0800), True),
        (frame(A, B, ipv4(68), kind=0x0800), True),
        (frame(A, B, ipv4(67, options=3), kind=0x0800), True),
        (frame(A, B, ipv4(53), kind=0x0800), False),
        (frame(A, B, ipv4(67, protocol=6), kind=0x0800), False),
        (frame(A, B, ipv4(67, fragment=7), kind=0x0800), False),
    ],
)
def test_listening_is_woken_by_announcements(data: bytes, taken: bool) -> None:
    assert accepted(announcements(), data) == WHOLE * taken


@given(st.binary(max_size=70))
def test_no_frame_leads_a_filter_astray(data: bytes) -> None:
    for program in (arp_replies(), advertisements(), announcements()):
        assert accepted(program, data) in {0, SWEEP_LENGTH, WHOLE}
