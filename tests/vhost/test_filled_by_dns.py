"""What DNS adds to records: addresses of names, names of addresses; and whose word counts before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands import rows as printed
from tests.commands import run
from vhost.cache.snapshot import opened
from vhost.claims import Binding, DnsClaim
from vhost.keep import Said, keep

NOW = datetime.now(UTC)
MAC, OTHER = "52:54:00:00:00:01", "52:54:00:00:00:02"
BOUND = Binding(mac=MAC, ip="10.0.0.1", source_kind="dhcpd", source="/etc/dhcpd.conf", seen_at=NOW)


def record(*, label: str = "tst100", mac: str = MAC, tcp: str = "", netname: str = "", path: str = "/a") -> str:
    fields = ["lab00.soho", "XEN", label, path, "", mac, tcp, *[""] * 20, netname, *[""] * 19]
    return ";".join(fields) + "\n"


def dns(owner: str, kind: str, value: str | None, server: str = "ns1") -> DnsClaim:
    return DnsClaim(owner=owner, type=kind, value=value, ttl=60, server=server, zone="soho", serial=1, seen_at=NOW)


A = dns("tst100.soho", "A", "10.0.0.9")


def filled(
    db: Path, machines: Sequence[str], claims: Sequence[DnsClaim] = (), bindings: Sequence[Binding] = ()
) -> list[tuple[Any, ...]]:
    db.mkdir()
    (db / "enum.fdb").write_text("".join(machines))
    (db / "macmap.fdb").write_text("")
    said = [Said(kind="dns", scanner="dns", root="x", claims=claims)]
    keep(db, [*said, Said(kind="binding", scanner="test", root="x", claims=bindings)], lambda *_: None)
    with opened([db]) as snapshot:
        sql = "SELECT tcp, tcp_from, netname, netname_from FROM machine ORDER BY label, mac, path"
        return snapshot.con.execute(sql).fetchall()


def test_the_one_address_of_a_name_is_the_address_of_the_machine(tmp_path: Path) -> None:
    found = filled(tmp_path / "db", [record()], [A])
    assert found == [("10.0.0.9", "dns:ns1", "tst100.soho", "dns:ns1")]


def test_what_dns_adds_stands_in_the_machine_line(tmp_path: Path) -> None:
    filled(tmp_path / "db", [record()], [A, dns("9.0.0.10.in-addr.arpa", "PTR", "host9.soho")])
    assert printed(run("ctys-vhost", "-p", tmp_path / "db", "-o", "l,t,netname", "tst100")) == [
        "tst100;10.0.0.9;host9.soho"
    ]
    (line,) = printed(run("ctys-vhost", "-p", tmp_path / "db", "-o", "machine", "host9"))
    assert line.split(";")[6] == "10.0.0.9"
    assert line.split(";")[27] == "host9.soho"


def test_the_configuration_counts_first(tmp_path: Path) -> None:
    found = filled(tmp_path / "db", [record(tcp="10.0.0.3", netname="own.soho")], [A], [BOUND])
    assert found == [("10.0.0.3", None, "own.soho", None)]


def test_dhcp_counts_before_dns_and_dns_before_what_was_seen(tmp_path: Path) -> None:
    dhcp = replace(BOUND, name="named-by-dhcp")
    assert filled(tmp_path / "one", [record()], [A], [dhcp]) == [
        ("10.0.0.1", "dhcpd:/etc/dhcpd.conf", "named-by-dhcp", "dhcpd:/etc/dhcpd.conf")
    ]
    arp = replace(BOUND, source_kind="arp", source="eth0")
    assert filled(tmp_path / "two", [record()], [A], [arp])[0][:2] == ("10.0.0.9", "dns:ns1")
    assert filled(tmp_path / "three", [record()], [], [arp])[0][:2] == ("10.0.0.1", "arp:eth0")


@pytest.mark.parametrize(
    "claims",
    [
        [A, dns("tst100.soho", "A", "10.0.0.8")],
        [dns("tst100.soho", "A", None)],
        [dns("tst100.else", "A", "10.0.0.9")],
    ],
    ids=["two addresses", "none", "another domain"],
)
def test_what_is_not_one_address_fills_nothing(tmp_path: Path, claims: list[DnsClaim]) -> None:
    assert filled(tmp_path / "db", [record()], claims)[0][:2] == (None, None)


def test_two_servers_that_agree_are_one_answer(tmp_path: Path) -> None:
    found = filled(tmp_path / "db", [record()], [A, replace(A, server="ns2")])
    assert found[0][0] == "10.0.0.9"


def test_a_name_of_several_interfaces_says_nothing_of_any(tmp_path: Path) -> None:
    found = filled(tmp_path / "db", [record(), record(mac=OTHER)], [A])
    assert [row[0] for row in found] == [None, None]


def test_one_machine_seen_under_several_paths_is_filled_everywhere(tmp_path: Path) -> None:
    found = filled(tmp_path / "db", [record(), record(path="/b")], [A])
    assert [row[0] for row in found] == ["10.0.0.9", "10.0.0.9"]


def test_an_ipv6_address_has_the_name_of_its_reverse(tmp_path: Path) -> None:
    low = ".".join(reversed("20010db8000000000000000000000100"))
    claims = [dns(f"{low}.ip6.arpa", "PTR", "six.soho")]
    assert filled(tmp_path / "db", [record(tcp="2001:db8::100")], claims)[0][2:] == ("six.soho", "dns:ns1")


def test_an_address_of_two_reverse_names_has_none(tmp_path: Path) -> None:
    reverse = [dns("9.0.0.10.in-addr.arpa", "PTR", name) for name in ("a.soho", "b.soho")]
    assert filled(tmp_path / "db", [record(tcp="10.0.0.9")], reverse)[0][2:] == (None, None)


def test_the_sources_as_they_are_are_not_filled(tmp_path: Path) -> None:
    filled(tmp_path / "db", [record()], [A])
    assert printed(run("ctys-vhost", "-p", tmp_path / "db", "-C", "off", "-o", "l,t", "tst100")) == ["tst100;"]


def test_a_name_that_follows_from_a_mac_makes_no_collision_of_its_own(tmp_path: Path) -> None:
    named = replace(BOUND, name="named-by-dhcp")
    filled(tmp_path / "db", [record(), record(label="clone", path="/b")], [], [named])
    done = run("vhost", "audit", "-p", tmp_path / "db", "--format", "json")
    assert '"mac"' in done.stdout
    assert '"netname"' not in done.stdout
