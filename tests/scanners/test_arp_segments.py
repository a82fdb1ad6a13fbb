"""Which addresses are asked for on which interface."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_interface

import pytest

from scanners.arp.segments import parted, whole
from scanners.arp.targets import addresses
from scanners.links import Link
from scanners.ranges import Pair
from vhost.errors import UsageError

MAC = b"\x02\0\0\0\0\1"


def link(name: str, *networks: str) -> Link:
    return Link(index=1, name=name, mac=MAC, networks=tuple(map(ip_interface, networks)))


def pairs(*words: str) -> list[Pair]:
    return [pair for word in words if (pair := addresses(word))]


def test_each_address_is_asked_for_where_its_network_is() -> None:
    links = [link("eth0", "10.1.0.1/24", "fd00::1/64"), link("eth1", "10.2.0.1/24")]
    found, outside = parted(pairs("10.1.0.0/16", "10.2.0.7"), links, off_link=False)
    assert [(one.root, one.asked.size, one.sender) for one in found] == [
        ("eth0 10.1.0.0/24", 256, IPv4Address("10.1.0.1")),
        ("eth1 10.2.0.0/24", 1, IPv4Address("10.2.0.1")),
    ]
    assert outside == pairs("10.1.1.0-10.1.255.255")


def test_the_smaller_network_of_a_link_comes_first() -> None:
    found, _ = parted(pairs("10.1.0.0/24"), [link("eth0", "10.0.0.1/8", "10.1.0.129/25")], off_link=False)
    assert [(one.network, one.asked.size) for one in found] == [("10.1.0.128/25", 128), ("10.0.0.0/8", 128)]


def test_a_vlan_is_a_place_of_its_own() -> None:
    (found,), _ = parted(pairs("10.1.0.7"), [link("eth0", "10.1.0.1/24")], off_link=False)
    assert (found.root, replace(found, vlan=5).root) == ("eth0 10.1.0.0/24", "eth0.5 10.1.0.0/24")


def test_what_is_in_no_network_is_asked_for_if_that_is_wanted() -> None:
    found, outside = parted(pairs("10.9.9.9"), [link("eth0", "10.1.0.1/24")], off_link=True)
    assert (found[0].root, found[0].sender, list(found[0].asked)) == (
        "eth0",
        IPv4Address("10.1.0.1"),
        [int(IPv4Address("10.9.9.9"))],
    )
    assert not outside


def test_a_link_without_an_address_asks_with_probes() -> None:
    found, outside = parted(pairs("10.9.9.0/30"), [link("eth0")], off_link=False)
    assert (found[0].sender, found[0].asked.size, outside) == (IPv4Address(0), 4, [])


def test_addresses_of_the_link_itself_are_known() -> None:
    (segment,), _ = parted(pairs("10.1.0.0/24"), [link("eth0", "10.1.0.1/24", "10.1.0.2/24")], off_link=False)
    assert segment.held == {int(IPv4Address("10.1.0.1")): MAC, int(IPv4Address("10.1.0.2")): MAC}


def test_the_whole_link_is_every_network_of_more_than_two_hosts() -> None:
    found = whole([link("eth0", "10.1.0.1/24", "10.9.9.9/32"), link("eth1", "10.2.0.1/28", "10.3.0.0/31")])
    assert [(one.root, one.asked.size) for one in found] == [("eth0 10.1.0.0/24", 256), ("eth1 10.2.0.0/28", 16)]


def test_a_host_without_a_network_has_nothing_to_sweep() -> None:
    with pytest.raises(UsageError, match="no interface that is up has an IPv4 network"):
        whole([link("eth0", "fd00::1/64")])
