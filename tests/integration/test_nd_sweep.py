"""Sweeps of real IPv6 links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.namespaces import Namespace, Segment, segment
from tests.lab.sweeping import command, pairs, scan
from vhost.cache.snapshot import opened

pytestmark = pytest.mark.integration

FAST = ("--ipv6", "--rate", "0", "--timeout", "300")
A, B, OWN = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:01"
LOCAL_A, LOCAL_B = "fe80::ff:fe00:a", "fe80::ff:fe00:b"


@pytest.fixture
def lab() -> Iterator[Segment]:
    with segment() as made:
        made.switch.set("ipv6.conf.br0.disable_ipv6", 1)
        yield made


@pytest.fixture
def asker(lab: Segment) -> Namespace:
    return lab.host("fd00:77::1/64", "10.77.0.1/24", mac=OWN)


def test_a_ping_of_all_nodes_finds_them_and_their_macs(lab: Segment, asker: Namespace) -> None:
    lab.host("fd00:77::a/64", mac=A)
    lab.host("fd00:77::b/64", mac=B)
    expected = [("fd00:77::a", A), ("fd00:77::b", B), (LOCAL_A, A), (LOCAL_B, B)]
    assert pairs(scan(asker, *FAST)) == expected


def test_addresses_that_are_named_are_asked_for(lab: Segment, asker: Namespace) -> None:
    host = lab.host(mac=A)
    host.hold([f"fd00:77::{number:x}/64" for number in range(0x100, 0x180)])
    found = pairs(scan(asker, *FAST, "fd00:77::/118"))
    assert found == sorted((f"fd00:77::{number:x}", A) for number in range(0x100, 0x180))


def test_two_macs_and_another_holder_of_our_own_address_are_found(lab: Segment, asker: Namespace) -> None:
    lab.host("fd00:77::a/64", mac=A)
    lab.host("fd00:77::a/64", "fd00:77::1/64", mac=B)
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "fd00:77::/124", "--format", "json")
    own, *others = json.loads(done.stdout)
    assert (own["ip"], own["mac"], own["own"], own["duplicate"]) == ("fd00:77::1", B, True, True)
    assert sorted((row["ip"], row["mac"]) for row in others) == [("fd00:77::a", A), ("fd00:77::a", B)]
    assert f"fd00:77::1: 2 MACs answer: {OWN} (this host), {B}" in done.stderr


def test_a_node_that_is_silent_now_has_vanished(lab: Segment, asker: Namespace, tmp_path: Path) -> None:
    lab.host("fd00:77::a/64", mac=A)
    gone = lab.host("fd00:77::b/64", mac=B)
    gone.set("ipv6.icmp.echo_ignore_multicast", 1)
    call = ("vhost", "scan", "arp", *FAST, "--db", tmp_path / "db")
    assert command(asker, *call, "fd00:77::/124").returncode == 0
    hidden = command(asker, *call)
    assert "vanished 0;" in hidden.stderr.splitlines()[-1]
    gone.ip("link", "set", "eth0", "down")
    assert "vanished 1;" in command(asker, *call).stderr.splitlines()[-1]
    with opened([tmp_path / "db"], machines=False) as snapshot:
        rows = snapshot.con.execute("SELECT ip, source_kind FROM binding WHERE stale").fetchall()
    assert rows == [("fd00:77::b", "nd")]


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["fd00:77::/64"], 1, "18446744073709551616 addresses are too many"),
        (["10.77.0.0/24"], 1, "10.77.0.0/24: is IPv4, which neighbour discovery does not know"),
        (["--vlan", "5"], 1, "--vlan: only requests by ARP can be tagged"),
    ],
)
def test_a_wrong_call_is_one_line(asker: Namespace, arguments: list[str], code: int, problem: str) -> None:
    done = command(asker, "vhost", "scan", "arp", "--no-store", "--ipv6", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    (line,) = done.stderr.splitlines()
    assert problem in line
