"""What frames claim that nobody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Packet

from scanners import overheard
from scanners.overheard import Heard, Overheard, understood
from scanners.packets import Frame
from tests.lab.crafted import BROADCAST, arp, frame

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def dhcp(kind: str, op: int = 1, *options: tuple[str, object], **fields: Any) -> bytes:
    packet = Ether(src=A, dst=BROADCAST) / IP(src="0.0.0.0", dst="255.255.255.255")  # noqa: S104 - a client without an address
    packet /= UDP(sport=68, dport=67) / BOOTP(op=op, chaddr=bytes.fromhex(A.replace(":", "")), **fields)
    return bytes(packet / DHCP(options=[("message-type", kind), *options, "end"]))


def nd(message: Packet, source: str = "fe80::a", hops: int = 255) -> bytes:
    return bytes(Ether(src=A, dst="33:33:00:00:00:01") / IPv6(src=source, dst="ff02::1", hlim=hops) / message)


def said(data: bytes, vlan: int | None = None) -> Heard | None:
    found = understood(Frame(data, vlan))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (frame(B, A, arp(2, A, "10.77.0.9", B, "10.77.0.1")), Heard("arp", A, "10.77.0.9")),
        (frame(BROADCAST, A, arp(1, A, "10.77.0.9", BROADCAST, "10.77.0.1")), Heard("arp", A, "10.77.0.9")),
        (frame(BROADCAST, A, arp(1, A, "10.77.0.9", BROADCAST, "10.77.0.9")), Heard("arp", A, "10.77.0.9")),
        (frame(B, A, arp(2, A, "10.77.0.9", B, "10.77.0.1"), tags=[5]), Heard("arp", A, "10.77.0.9", vlan=5)),
        (frame(B, B, arp(2, A, "10.77.0.9", B, "10.77.0.1")), Heard("arp", A, "10.77.0.9", sender=B)),
        (frame(BROADCAST, A, arp(1, A, "0.0.0.0", BROADCAST, "10.77.0.9")), None),  # noqa: S104 - a probe
        (frame(B, A, arp(2, BROADCAST, "10.77.0.9", B, "10.77.0.1")), None),
        (frame(B, A, arp(2, A, "224.0.0.1", B, "10.77.0.1")), None),
        (frame(B, A, arp(2, A, "127.0.0.1", B, "10.77.0.1")), None),
        (frame(B, A, arp(2, A, "255.255.255.255", B, "10.77.0.1")), None),
        (frame(B, A, b"", kind=0x0800), None),
    ],
)
def test_arp_claims_what_its_sender_says_of_itself(data: bytes, expected: Heard | None) -> None:
    assert said(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (dhcp("discover", 1, ("hostname", b"tst100")), Heard("dhcp", A, None, "tst100")),
        (
            dhcp("request", 1, ("hostname", b"tst100"), ("requested_addr", "10.77.0.9")),
            Heard("dhcp", A, "10.77.0.9", "tst100"),
        ),
        (dhcp("request", 1, ciaddr="10.77.0.8"), Heard("dhcp", A, "10.77.0.8")),
        (dhcp("discover", 1, ("requested_addr", "10.77.0.9")), Heard("dhcp", A)),
        (dhcp("ack", 2, ("lease_time", 60), yiaddr="10.77.0.7"), Heard("dhcp", A, "10.77.0.7")),
        (dhcp("offer", 2, yiaddr="10.77.0.7"), None),
        (dhcp("nak", 2), None),
        (dhcp("request", 1, ("hostname", b"\xff;\x1b[2J")), Heard("dhcp", A, None, "\udcff;\x1b[2J")),
    ],
)
def test_dhcp_claims_the_name_and_the_address_that_the_client_gets(data: bytes, expected: Heard | None) -> None:
    assert said(data) == expected


def test_a_lease_that_was_acknowledged_ends_when_it_says() -> None:
    heard = Overheard()
    heard.add(Frame(dhcp("ack", 2, ("lease_time", 60), yiaddr="10.77.0.7")), NOW)
    assert [times.expires_at for times in heard.claims.values()] == [NOW + timedelta(seconds=60)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (nd(ICMPv6ND_NA(tgt="fd00::9") / ICMPv6NDOptDstLLAddr(lladdr=A)), Heard("nd", A, "fd00::9")),
        (nd(ICMPv6ND_NA(tgt="fd00::9")), Heard("nd", A, "fd00::9")),
        (nd(ICMPv6ND_NA(tgt="fd00::9") / ICMPv6NDOptDstLLAddr(lladdr=B)), Heard("nd", B, "fd00::9", sender=A)),
        (nd(ICMPv6ND_NS(tgt="fd00::9") / ICMPv6NDOptSrcLLAddr(lladdr=A)), Heard("nd", A, "fe80::a")),
        (nd(ICMPv6ND_RA() / ICMPv6NDOptPrefixInfo() / ICMPv6NDOptSrcLLAddr(lladdr=A)), Heard("nd", A, "fe80::a")),
        (nd(ICMPv6ND_NS(tgt="fd00::9"), source="::"), None),
        (nd(ICMPv6ND_NA(tgt="ff02::1")), None),
        (nd(ICMPv6ND_NA(tgt="fd00::9"), hops=64), None),
        (nd(ICMPv6ND_NA(tgt="fd00::9"))[:70], Heard("nd", A, "fe80::a")),
    ],
)
def test_neighbour_discovery_claims_who_sends_or_is_advertised(data: bytes, expected: Heard | None) -> None:
    assert said(data) == expected


def test_the_vlan_of_an_announcement_is_known() -> None:
    tagged = Ether(src=A, dst="33:33:00:00:00:01") / Dot1Q(vlan=7) / IPv6(src="fe80::a", dst="ff02::1", hlim=255)
    assert said(bytes(tagged / ICMPv6ND_NA(tgt="fd00::9"))) == Heard("nd", A, "fd00::9", vlan=7)


def test_a_claim_is_news_once_and_keeps_its_last_time() -> None:
    heard, later = Overheard(), NOW + timedelta(seconds=9)
    data = Frame(frame(B, A, arp(2, A, "10.77.0.9", B, "10.77.0.1")))
    assert [heard.add(data, NOW), heard.add(data, later)] == [Heard("arp", A, "10.77.0.9"), None]
    assert [times.seen_at for times in heard.claims.values()] == [later]
    assert heard.frames == 2


def test_addresses_that_two_macs_claim_are_contested() -> None:
    heard = Overheard()
    for mac in (A, B, A):
        heard.add(Frame(frame(B, mac, arp(2, mac, "10.77.0.9", B, "10.77.0.1"))), NOW)
    heard.add(Frame(frame(B, A, arp(2, A, "10.77.0.8", B, "10.77.0.1"))), NOW)
    assert list(heard.contested()) == [("10.77.0.9", [A, B])]


def test_who_makes_up_claims_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overheard, "MOST", 5)
    heard = Overheard()
    for number in range(9):
        heard.add(Frame(frame(B, A, arp(2, A, f"10.77.0.{number + 1}", B, "10.77.0.1"))), NOW)
    assert (len(heard.claims), heard.overflow) == (5, 4)


@given(st.sampled_from([0x0806, 0x0800, 0x86DD]), st.binary(max_size=400))
def test_no_payload_breaks_the_listener(kind: int, payload: bytes) -> None:
    found = understood(Frame(frame(B, A, payload, kind=kind)))
    assert found is None or found[0].mac


@given(st.binary(min_size=0, max_size=90), st.integers(133, 136))
def test_no_message_of_neighbour_discovery_breaks_the_listener(rest: bytes, kind: int) -> None:
    head = bytes.fromhex("60000000") + len(rest).to_bytes(2, "big") + bytes([58, 255]) + bytes(15) + b"\1" + bytes(16)
    found = understood(Frame(frame(B, A, head + bytes([kind]) + rest, kind=0x86DD)))
    assert found is None or found[0].kind == "nd"


@given(st.binary(max_size=200))
def test_no_options_of_dhcp_break_the_listener(options: bytes) -> None:
    data = dhcp("request")
    found = understood(Frame(data[: 14 + 28 + 240] + options))
    assert found is None or found[0].kind == "dhcp"
