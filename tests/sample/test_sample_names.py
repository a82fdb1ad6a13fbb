"""DHCP and DNS of the lab agree with its guests, except where a contradiction is meant."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sample.lab import SAMPLE, dhcp_hosts, files, forward_zone
from vhost import normal
from vhost.record import Machine


def machines() -> Iterator[Machine]:
    for observation in files().values():
        yield from observation.machines


def by_mac() -> dict[str, set[str]]:
    """Return the addresses that configurations state for a MAC, of IPv4 only."""
    found: dict[str, set[str]] = {}
    for machine in machines():
        mac = normal.mac(machine.mac or "")
        if mac:
            found.setdefault(mac, set()).update({machine.tcp} if machine.tcp and "." in machine.tcp else set())
    return found


def reverse_zones() -> dict[str, str]:
    """Return the name, without its domain, of each address in the reverse zones."""
    found = {}
    for zone in (SAMPLE / "zones").glob("*.arpa.zone"):
        origin = zone.name.removesuffix(".zone")
        for left, name in re.findall(r"^(\S+)\tIN\tPTR\t(\S+)\.soho\.", zone.read_text(encoding="utf-8"), re.MULTILINE):
            found[_address(f"{left}.{origin}")] = name
    return found


def _address(pointer: str) -> str:
    labels = pointer.split(".")[::-1]
    if labels[1] == "in-addr":
        return ".".join(labels[2:])
    digits = "".join(labels[2:])
    return str(ipaddress.ip_address(bytes.fromhex(digits)))


def test_dhcp_contradicts_one_configuration() -> None:
    named, stated = dict(forward_zone()), by_mac()
    leases = [
        (name, mac, named.get((address or "").removesuffix(".soho"), address)) for name, mac, address in dhcp_hosts()
    ]
    differing = [
        (name, sorted(stated[mac]), address)
        for name, mac, address in leases
        if mac in stated and address and stated[mac] and address not in stated[mac]
    ]
    assert differing == [
        ("tst105-rescue", ["192.168.1.225"], "192.168.1.235"),
        ("tst108", ["192.168.1.228"], "192.168.1.118"),
    ]


def test_one_mac_stands_in_two_host_blocks() -> None:
    times = Counter(mac for _, mac, _ in dhcp_hosts() if mac)
    assert [mac for mac, count in times.items() if count > 1] == ["00:50:56:13:11:45"]


def test_one_host_has_two_macs() -> None:
    text = (SAMPLE / "dhcp/dhcpd.conf").read_text(encoding="utf-8")
    assert ('option host-name "db01"' in text, [name for name, _, _ in dhcp_hosts() if name.startswith("db01")]) == (
        True,
        ["db01", "db01-backup"],
    )


def test_dhcp_knows_addresses_that_the_configurations_do_not() -> None:
    stated = by_mac()
    assert len([name for name, mac, address in dhcp_hosts() if address and stated.get(mac or "") == set()]) >= 10


def test_the_forward_zone_contradicts_one_guest() -> None:
    zone: dict[str, set[str]] = {}
    for name, address in forward_zone():
        zone.setdefault(name.removesuffix("-eth1"), set()).add(address)
    stated: dict[str, set[str]] = {}
    for machine in machines():
        own = normal.address(machine.tcp or "")
        if machine.label in zone and own:
            stated.setdefault(machine.label, set()).add(own)
    differing = {label for label, addresses in stated.items() if zone[label].isdisjoint(addresses)}
    assert differing == {"db01"}


def test_the_reverse_zones_contradict_one_name() -> None:
    forward = {address: name for name, address in forward_zone()}
    reverse = reverse_zones()
    assert {
        (address, name, reverse.get(address)) for address, name in forward.items() if reverse.get(address) != name
    } == {("192.168.1.62", "gitea", "gitlab")}


@pytest.mark.parametrize("host", ["lab00", "lab01", "lab02", "lab03", "delphi"])
def test_the_zone_has_the_address_of_each_physical_machine(host: str) -> None:
    own = {machine.tcp for machine in machines() if machine.type == "PM" and machine.label == host}
    assert {address for name, address in forward_zone() if name == host} <= own
