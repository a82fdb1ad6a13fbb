"""Neighbour discovery: frames held against scapy's, targets, replies."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import Ether

from scanners.answers import Reply
from scanners.links import Link
from scanners.nd.frames import ping, solicitations
from scanners.nd.links import IPv6Link, parted, whole
from scanners.nd.question import Discovery
from scanners.nd.targets import addresses
from scanners.packets import Frame
from scanners.ranges import Ranges
from tests.lab.crafted import mac
from vhost.errors import UsageError

OWN, A, B = "02:00:00:00:00:01", "02:00:00:00:00:0a", "02:00:00:00:00:0b"
SENDER = IPv6Address("fe80::1")


def number(text: str) -> int:
    return int(IPv6Address(text))


def link(*networks: str) -> Link:
    return Link(index=1, name="eth0", mac=mac(OWN), networks=tuple(map(ip_interface, networks)))


@given(st.integers(0, 2**128 - 1), st.sampled_from(["fe80::1", "2001:db8::ffff", "::"]))
def test_a_solicitation_is_what_scapy_makes_of_it(target: int, sender: str) -> None:
    end = target.to_bytes(16, "big")[13:]
    group = str(IPv6Address(number("ff02::1:ff00:0") | target & 0xFFFFFF))
    packet = Ether(src=OWN, dst=f"33:33:ff:{end.hex(':')}") / IPv6(src=sender, dst=group, hlim=255)
    packet /= ICMPv6ND_NS(tgt=str(IPv6Address(target)))
    expected = packet if sender == "::" else packet / ICMPv6NDOptSrcLLAddr(lladdr=OWN)
    assert solicitations(OWN, IPv6Address(sender))(target) == bytes(expected)


def test_the_ping_goes_to_all_nodes_of_the_link() -> None:
    packet = Ether(ping(OWN, SENDER, 7))
    assert (packet.dst, packet[IPv6].dst, packet[ICMPv6EchoRequest].id) == ("33:33:00:00:00:01", "ff02::1", 7)


def test_own_addresses_are_asked_for_without_a_sender() -> None:
    question = Discovery(mac(OWN), SENDER, [number("fd00::1")])
    senders = [Ether(question.frame(number(target)))[IPv6].src for target in ("fd00::1", "fd00::2")]
    assert senders == ["::", "fe80::1"]


@pytest.mark.parametrize(
    ("message", "hops", "expected"),
    [
        (ICMPv6ND_NA(tgt="fd00::9") / ICMPv6NDOptDstLLAddr(lladdr=B), 255, Reply(number("fd00::9"), mac(B), mac(A))),
        (
            ICMPv6ND_NA(tgt="fd00::9") / ICMPv6NDOptMTU() / ICMPv6NDOptDstLLAddr(lladdr=B),
            255,
            Reply(number("fd00::9"), mac(B), mac(A)),
        ),
        (ICMPv6ND_NA(tgt="fd00::9"), 255, Reply(number("fd00::9"), mac(A), mac(A))),
        (ICMPv6ND_NA(tgt="fd00::9"), 64, None),
        (ICMPv6ND_NS(tgt="fd00::9"), 255, None),
        (ICMPv6EchoReply(id=1), 64, None),
    ],
)
def test_an_advertisement_from_this_link_is_a_reply(message: IPv6, hops: int, expected: Reply | None) -> None:
    data = bytes(Ether(src=A, dst=OWN) / IPv6(src="fe80::a", dst="fe80::1", hlim=hops) / message)
    question = Discovery(mac(OWN), SENDER)
    question._number = 2
    assert question.reply(Frame(data)) == expected


def test_an_echo_of_our_own_ping_is_a_reply() -> None:
    question = Discovery(mac(OWN), SENDER)
    asked = Ether(question.ping(mac(OWN), SENDER))[ICMPv6EchoRequest].id
    data = Ether(src=A, dst=OWN) / IPv6(src="fe80::a", dst="fe80::1") / ICMPv6EchoReply(id=asked)
    assert question.reply(Frame(bytes(data))) == Reply(number("fe80::a"), mac(A), mac(A))


@given(st.binary(max_size=120))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    reply = Discovery(mac(OWN), SENDER).reply(Frame(data))
    assert reply is None or len(reply.sender) == 6


@pytest.mark.parametrize("text", ["::", "::1", "ff02::1", "::ffff:10.0.0.1", "::7"])
def test_no_host_has_a_special_address(text: str) -> None:
    assert not Discovery(mac(OWN), SENDER).usable(Reply(number(text), mac(A), mac(A)))


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("fd00::7", "fd00::7", "fd00::7"),
        ("fd00::/120", "fd00::", "fd00::ff"),
        ("fd00::7/120", "fd00::", "fd00::ff"),
        ("fd00::7-fd00::9", "fd00::7", "fd00::9"),
        ("fd00::/108", "fd00::", "fd00::f:ffff"),
    ],
)
def test_a_word_is_a_range(word: str, first: str, last: str) -> None:
    assert addresses(word) == (number(first), number(last))


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("fd00::/64", "18446744073709551616 addresses are too many"),
        ("fd00::9-fd00::7", "ends before it begins"),
        ("fd00::x", "is no IPv6 address"),
        ("10.0.0.0/24", "is IPv4"),
        ("10.0.0.1", "is IPv4"),
    ],
)
def test_a_word_that_cannot_be_asked_for_is_named(word: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        addresses(word)


def test_a_name_is_a_name() -> None:
    assert addresses("lab00") is None


def test_addresses_are_asked_for_on_the_link_whose_network_holds_them() -> None:
    own = link("fe80::1/64", "fd00::1/120", "fd00::2/120", "10.0.0.1/24")
    pairs = [(number("fd00::"), number("fd00::ff")), (number("fd01::9"), number("fd01::9"))]
    found, outside = parted(pairs, [own], off_link=False)
    assert [(one.root, one.asked.size, str(one.sender), len(one.held)) for one in found] == [
        ("eth0 IPv6", 256, "fe80::1", 2)
    ]
    assert outside == [pairs[1]]
    (everything,), nothing = parted(pairs, [own], off_link=True)
    assert (everything.asked.size, nothing) == (257, [])


def test_nodes_answer_from_each_network_that_they_are_asked_from() -> None:
    (place,) = whole([link("fe80::1/64", "fd00::1/64", "fd00::2/64", "fd01::1/64")])
    assert list(map(str, place.senders)) == ["fe80::1", "fd00::2", "fd01::1"]


def test_a_host_without_ipv6_has_nothing_to_sweep() -> None:
    with pytest.raises(UsageError, match="no interface that is up has an IPv6 address"):
        whole([link("10.0.0.1/24")])


def test_nodes_that_answer_or_were_known_are_asked_beside_our_own_addresses() -> None:
    place = IPv6Link(link=link("fd00::1/64"), all_nodes=True).with_known(["fd00::5", "10.0.0.1"])
    assert (
        place.with_nodes([number("fd00::9")]).asked.pairs
        == Ranges((number(text), number(text)) for text in ("fd00::1", "fd00::5", "fd00::9")).pairs
    )
