"""ARP messages in every kind of frame, and bytes that are none."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.arp.frames import UNKNOWN, filled, template, templates
from scanners.arp.message import REPLY, REQUEST, read
from scanners.packets import Frame
from tests.lab.crafted import BROADCAST, arp, frame, ip, mac
from vhost.errors import VhostError

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
SAID = arp(2, B, "10.77.0.9", A, "10.77.0.1")
SNAP = bytes.fromhex("aaaa03000000 0806")


@pytest.mark.parametrize(
    ("data", "vlan", "expected"),
    [
        (frame(A, B, SAID), None, None),
        (frame(A, B, SAID), 5, 5),
        (frame(A, B, SAID, tags=[7]), None, 7),
        (frame(A, B, SAID, tags=[7]), 5, 5),
        (frame(A, B, SAID, tags=[0x2007, 9]), None, 7),
        (frame(A, B, SAID, tags=[0]), None, None),
        (frame(A, B, SNAP + SAID, kind=36), None, None),
        (frame(A, B, SNAP + SAID, kind=36, tags=[7]), None, 7),
    ],
)
def test_a_message_is_read_from_plain_tagged_and_snap_frames(
    data: bytes, vlan: int | None, expected: int | None
) -> None:
    message = read(Frame(data, vlan))
    assert message == (REPLY, mac(B), ip("10.77.0.9"), mac(A), ip("10.77.0.1"), mac(B), expected)


def test_the_sender_of_the_frame_is_not_what_the_message_says() -> None:
    message = read(Frame(frame(A, "02:00:00:00:00:66", SAID)))
    assert message is not None
    assert (message.frame_sender.hex(":"), message.mac.hex(":")) == ("02:00:00:00:00:66", B)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        frame(A, B, SAID)[:41],
        frame(A, B, SAID, tags=[1, 2, 3, 4, 5]),
        frame(A, B, SAID, kind=0x0800),
        frame(A, B, SNAP[:7] + SAID, kind=36),
        frame(A, B, b"\0\6" + SAID[2:]),
        frame(A, B, SAID[:2] + b"\x86\xdd" + SAID[4:]),
        frame(A, B, SAID[:4] + b"\x08\x04" + SAID[6:]),
    ],
)
def test_what_is_no_whole_message_of_ethernet_and_ipv4_is_none(data: bytes) -> None:
    assert read(Frame(data)) is None


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    message = read(Frame(data))
    assert message is None or len(message.mac) == 6


@given(st.binary(max_size=60))
def test_no_payload_of_an_arp_frame_breaks_the_reader(payload: bytes) -> None:
    message = read(Frame(frame(A, B, payload)))
    assert message is None or message.frame_sender == mac(B)


@pytest.mark.parametrize(("vlan", "length"), [(None, 60), (5, 60)])
def test_a_request_is_what_rfc_826_wants(vlan: int | None, length: int) -> None:
    made = filled(template(A, IPv4Address("10.77.0.1"), vlan))(int(IPv4Address("10.77.0.9")))
    expected = (REQUEST, mac(A), ip("10.77.0.1"), bytes(6), ip("10.77.0.9"), mac(A), vlan)
    assert read(Frame(made)) == expected
    assert (made[:6], len(made)) == (mac(BROADCAST), length)


@pytest.mark.parametrize("vlan", [None, 5])
def test_templates_made_in_another_process_are_the_same(vlan: int | None) -> None:
    sender = IPv4Address("10.77.0.1")
    assert templates(A, sender, vlan) == (template(A, sender, vlan), template(A, UNKNOWN, vlan))


def test_a_frame_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(VhostError, match="scapy: cannot make a frame"):
        templates(A, UNKNOWN)


def test_without_another_process_the_templates_are_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent")
    assert templates(A, UNKNOWN) == (template(A, UNKNOWN),) * 2
