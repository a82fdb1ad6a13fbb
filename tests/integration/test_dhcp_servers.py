"""Real DHCP servers hand out leases that we read, and take the hosts that we export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from macmap.entry import Entry
from tests.commands import rows, run
from tests.lab import dhcp_servers as servers
from tests.lab.dhcp_servers import Server
from tests.lab.namespaces import Namespace, segment
from vhost import bindings

pytestmark = pytest.mark.integration

CLIENTS = {f"02:00:00:00:00:0{number}": f"client{number}" for number in (1, 2)}
FIXED, ADDRESS = "02:00:00:00:00:09", "10.78.0.9"
RESERVED: dict[Callable[..., Server], object] = {
    servers.dnsmasq: f"dhcp-host={FIXED},{ADDRESS},fixed\n",
    servers.dhcpd: f"host fixed {{ hardware ethernet {FIXED}; fixed-address {ADDRESS}; }}\n",
    servers.kea: [{"hw-address": FIXED, "ip-address": ADDRESS, "hostname": "fixed"}],
}
KINDS = {servers.dnsmasq: "dnsmasq", servers.dhcpd: "dhcpd", servers.kea: "kea"}


def leased(server: Server) -> dict[str | None, Entry]:
    parsed = bindings.read(server.leases).parsed
    assert parsed.problems == ()
    return {entry.mac: entry for entry in parsed.entries}


@pytest.mark.parametrize("make", KINDS, ids=KINDS.get)
def test_the_leases_of_a_real_server(make: Callable[..., Server], tmp_path: Path) -> None:
    began = datetime.now(UTC)
    with (
        segment(ipv6=False) as lab,
        servers.running(make(lab.host("10.78.0.1/24"), tmp_path, RESERVED[make])) as server,
    ):
        for mac, name in CLIENTS.items():
            servers.asked(lab.host(mac=mac), name)
            servers.said(server.leases, name)
        servers.asked(lab.host(mac=FIXED), "fixed")
        found = leased(server)
        assert bindings.read(server.leases).format.name == f"{KINDS[make]}-leases"
        assert bindings.read(server.conf).format.name == KINDS[make]
        assert [(one.name, one.mac, one.ip) for one in bindings.read(server.conf).parsed.entries] == [
            ("fixed", FIXED, ADDRESS)
        ]
    for mac, name in CLIENTS.items():
        assert (found[mac].name, found[mac].state) == (name, "active")
        assert IPv4Address(servers.RANGE[0]) <= IPv4Address(found[mac].ip or "") <= IPv4Address(servers.RANGE[1])
        assert timedelta(minutes=50) < (found[mac].expires_at or began) - began < timedelta(minutes=70)
    assert make is servers.dhcpd or found[FIXED].ip == ADDRESS  # dhcpd writes no lease of a fixed address


@pytest.mark.parametrize("make", [servers.dnsmasq, servers.dhcpd], ids=KINDS.get)
def test_the_v6_leases_of_a_real_server(make: Callable[..., Server], tmp_path: Path) -> None:
    with segment() as lab, servers.running(make(lab.host("2001:db8:78::1/64"), tmp_path, v6=True)) as server:
        servers.asked6(lab.host(mac="02:00:00:00:00:01"), tmp_path)
        servers.said(server.leases, "2001:db8:78::1")
        parsed = bindings.read(server.leases).parsed
    (entry,) = parsed.entries
    assert parsed.problems == ()
    assert IPv6Address(servers.RANGE6[0]) <= IPv6Address(entry.ip or "") <= IPv6Address(servers.RANGE6[1])
    assert (entry.duid or "").startswith("00:0")
    assert (entry.mac, entry.state) == (None, "active")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return a database of hosts, among them some that no format may be broken by."""
    lines = [f"h{number};02:00:00:00:00:{number:02x};10.78.0.{number};" for number in range(20, 40)]
    lines += [
        f"fixed;{FIXED};{ADDRESS};",
        "a b\\x0a};02:00:00:00:01:01;10.78.0.77;",
        "12h;02:00:00:00:01:02;10.78.0.78;",
    ]
    (tmp_path / "db").mkdir()
    (tmp_path / "db/macmap.fdb").write_text("".join(f"{line}\n" for line in lines))
    return tmp_path / "db"


def exported(db: Path, form: str) -> str:
    done = run("vhost", "macmap", "export", "-p", db, form)
    assert done.returncode == 3, done.stderr  # the odd names are left out
    return done.stdout


def test_real_servers_take_what_is_exported(db: Path, tmp_path: Path) -> None:
    (tmp_path / "dnsmasq").write_text(exported(db, "dnsmasq"))
    assert servers.takes("dnsmasq", "--test", "-C", tmp_path / "dnsmasq", folder=tmp_path) == ""
    (tmp_path / "dhcpd").write_text("subnet 10.78.0.0 netmask 255.255.255.0 { }\n" + exported(db, "dhcpd"))
    assert servers.takes("dhcpd", "-t", "-cf", tmp_path / "dhcpd", folder=tmp_path) == ""
    (tmp_path / "kea").write_text(exported(db, "kea"))
    assert servers.takes("kea-dhcp4", "-t", tmp_path / "kea", folder=tmp_path) == ""


def test_a_client_gets_the_address_that_was_exported(db: Path, tmp_path: Path) -> None:
    with segment(ipv6=False) as lab:
        server = servers.dnsmasq(lab.host("10.78.0.1/24"), tmp_path, exported(db, "dnsmasq"))
        with servers.running(server):
            client: Namespace = lab.host(mac=FIXED)
            servers.asked(client, "any")
            servers.said(server.leases, FIXED)
        assert run("vhost", "macmap", "import", "-p", tmp_path / "new", server.leases).returncode == 0
    assert rows(run("ctys-macmap", "-p", tmp_path / "new", FIXED)) == [f"fixed;{FIXED};{ADDRESS}"]
