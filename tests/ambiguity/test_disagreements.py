"""Where configuration, DHCP, DNS, ARP and a hypervisor disagree about one machine, the audit names who says what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.ambiguity.worlds import (
    IP,
    MAC,
    NOW,
    OTHER_MAC,
    OTHER_UUID,
    UUID,
    ago,
    causes,
    facts,
    file,
    one,
    said,
    scanned,
)
from vhost.claims import Binding, Conflict, DnsClaim, Guest

CONFIG = file("/vm/tst108.cfg", label="tst108", uuid=UUID, mac=MAC, tcp=IP)


def bound(ip: str | None = None, kind: str = "dhcpd", name: str | None = None, mac: str | None = MAC) -> Binding:
    return Binding(name=name, mac=mac, ip=ip, source_kind=kind, source=f"/etc/{kind}", seen_at=NOW)


def answer(owner: str, kind: str, value: str, seen_at: datetime = NOW) -> DnsClaim:
    return DnsClaim(owner=owner, type=kind, value=value, ttl=60, server="ns1", zone="soho.", serial=1, seen_at=seen_at)


@pytest.mark.parametrize("kind", ["dhcpd", "arp", "neighbour", "macmap"])
def test_another_address_of_the_mac_is_a_contradiction(kind: str, tmp_path: Path) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "binding", bound("192.168.1.118", kind))
    collision = one(db, key="tcp", cause="contradiction")
    assert (collision.value, collision.severity) == (IP, "error")
    assert f"/etc/{kind}" in facts(collision)
    assert "192.168.1.118" in facts(collision)
    assert "config lab00.soho:/vm/tst108.cfg" in facts(collision)


def test_an_agreeing_source_is_none(tmp_path: Path) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "binding", bound(IP, name="tst108"), bound("192.168.1.9", name="tst108"))
    assert causes(db) == {}


def test_an_address_of_the_other_family_is_none(tmp_path: Path) -> None:
    assert causes(said(scanned(tmp_path, [CONFIG]), "binding", bound("2001:db8::1"))) == {}


def test_what_is_too_old_does_not_count(tmp_path: Path) -> None:
    old = replace(bound("192.168.1.118", "arp"), seen_at=ago(days=2))
    db = said(scanned(tmp_path, [CONFIG]), "binding", old)
    assert causes(db) == {}
    assert causes(db, arp=timedelta(days=3)) == {"tcp": "contradiction"}


def test_dhcp_and_arp_disagree_where_the_configuration_says_nothing(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="a", mac=MAC)])
    said(db, "binding", bound("192.168.1.1"), bound("192.168.1.2", "arp"))
    collision = one(db, key="tcp", cause="contradiction")
    assert (collision.value, "192.168.1.2" in facts(collision)) == ("192.168.1.1", True)
    assert [row["source"] for row in collision.evidence] == ["arp /etc/arp", "dhcp /etc/dhcpd"]


def test_another_name_of_the_mac_is_a_contradiction(tmp_path: Path) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "binding", bound(name="printer", kind="ethers"))
    assert "printer" in facts(one(db, key="label", cause="contradiction"))


@pytest.mark.parametrize("name", ["tst108", "tst108.soho", "TST108", "tst108-eth0"])
def test_the_name_of_the_machine_or_its_interface_is_none(name: str, tmp_path: Path) -> None:
    assert causes(said(scanned(tmp_path, [CONFIG]), "binding", bound(name=name))) == {}


def test_another_address_of_the_name_in_dns_is_a_contradiction(tmp_path: Path) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "dns", answer("tst108.soho.", "A", "192.168.1.43"))
    collision = one(db, key="tcp", cause="contradiction")
    assert (collision.value, "dns ns1 soho." in facts(collision)) == (IP, True)


REVERSE = answer("220.1.168.192.in-addr.arpa.", "PTR", "tst108.elsewhere.")


def test_a_reverse_name_whose_own_address_is_another_is_a_contradiction(tmp_path: Path) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "dns", REVERSE, answer("tst108.elsewhere.", "A", "192.168.1.43"))
    collision = one(db, key="tcp", cause="contradiction")
    assert (collision.value, "192.168.1.43 of tst108.elsewhere" in facts(collision)) == (IP, True)


@pytest.mark.parametrize("also", [answer("tst108.elsewhere.", "A", IP), answer("tst108.elsewhere.", "AAAA", "::1")])
def test_a_reverse_name_that_leads_back_or_to_the_other_family_is_none(also: DnsClaim, tmp_path: Path) -> None:
    assert causes(said(scanned(tmp_path, [CONFIG]), "dns", REVERSE, also)) == {}


def test_an_address_that_dhcp_gives_is_none_that_the_configuration_says(tmp_path: Path) -> None:
    nics: list[dict[str, str | None]] = [{"label": "a", "mac": MAC}, {"label": "a", "mac": OTHER_MAC}]
    db = said(scanned(tmp_path, [replace(CONFIG, values=nics)]), "binding", bound("192.168.1.1"))
    said(db, "dns", answer("a.soho.", "A", "192.168.1.9"), scanner="dns")
    collision = one(db, key="tcp", cause="contradiction")
    assert [(row["source"], row["fact"]) for row in collision.evidence] == [
        ("dhcp /etc/dhcpd", "tcp 192.168.1.1 of a.soho"),
        ("dns ns1 soho.", "tcp 192.168.1.9 of a.soho"),
    ]


def test_the_evidence_of_a_collision_names_who_gave_an_address(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="a", mac=MAC), file("/b", label="b", tcp=IP)])
    collision = one(said(db, "binding", bound(IP)), key="tcp", cause="address")
    assert [(row["fact"], row["source"]) for row in collision.evidence] == [
        (f"address {IP} of {MAC}", "dhcpd /etc/dhcpd"),
        (f"label a, MAC {MAC}", "lab00.soho:/a"),
        (f"label b, address {IP}", "lab00.soho:/b"),
    ]


def test_another_domain_is_another_name(tmp_path: Path) -> None:
    assert causes(said(scanned(tmp_path, [CONFIG]), "dns", answer("tst108.elsewhere.", "A", "192.168.1.43"))) == {}


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("192.168.1.62", "62.1.168.192.in-addr.arpa."),
        ("2001:db8:1::62", "2.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."),
    ],
)
def test_another_name_of_the_address_in_reverse_dns_is_a_contradiction(
    address: str, owner: str, tmp_path: Path
) -> None:
    db = scanned(tmp_path, [file("/a", label="gitea", tcp=address)])
    said(db, "dns", answer(owner, "PTR", "gitlab.soho."))
    collision = one(db, key="label", cause="contradiction")
    assert (collision.value, "gitlab.soho" in facts(collision)) == ("gitea", True)


def test_a_reverse_name_that_resolves_back_is_an_alias(tmp_path: Path) -> None:
    db = scanned(tmp_path, [file("/a", label="gitea", tcp="192.168.1.62")])
    reverse = answer("62.1.168.192.in-addr.arpa.", "PTR", "git.soho.")
    assert causes(said(db, "dns", reverse, answer("git.soho.", "A", "192.168.1.62"))) == {}


def test_a_configuration_that_contradicts_itself_is_a_contradiction(tmp_path: Path) -> None:
    conflict = Conflict(column="label", kept="tst107", kept_from="xen", other="tst107-old", other_from="tag LABEL")
    db = scanned(tmp_path, [replace(file("/a", label="tst107"), conflicts=[conflict])])
    collision = one(db, key="label", cause="contradiction")
    assert (collision.value, "tag LABEL" in facts(collision)) == ("tst107", True)


def guest(**values: object) -> Guest:
    known = {"host": "lab00.soho", "type": "XEN", "label": "tst108", "uuid": UUID, "macs": (MAC,), "state": "r-----"}
    return Guest(**{**known, "config_path": "/vm/tst108.cfg", "seen_at": NOW, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "values"), [("uuid", {"uuid": OTHER_UUID}), ("label", {"label": "x"}), ("mac", {"macs": (OTHER_MAC,)})]
)
@pytest.mark.parametrize("path", ["/vm/tst108.cfg", None])
def test_a_running_guest_that_is_not_what_its_file_says_is_a_contradiction(
    path: str | None, key: str, values: dict[str, object], tmp_path: Path
) -> None:
    db = said(scanned(tmp_path, [CONFIG]), "guest", guest(**values, config_path=path), host="lab00.soho")
    assert one(db, key=key, cause="contradiction").severity == "error"


@pytest.mark.parametrize(
    "values",
    [{}, {"config_path": None}, {"config_path": None, "uuid": OTHER_UUID, "macs": (OTHER_MAC,)}],
    ids=["by its path", "without a path", "another guest of that name"],
)
def test_a_running_guest_that_agrees_is_none(values: dict[str, object], tmp_path: Path) -> None:
    assert causes(said(scanned(tmp_path, [CONFIG]), "guest", guest(**values), host="lab00.soho")) == {}


def test_a_guest_that_could_be_a_copy_contradicts_neither(tmp_path: Path) -> None:
    db = scanned(tmp_path, [CONFIG, file("/vm/copy.cfg", label="copy", uuid=UUID, mac=MAC)])
    said(db, "guest", guest(config_path=None), host="lab00.soho")
    assert "contradiction" not in causes(db).values()


def test_clones_that_both_run_are_critical(tmp_path: Path) -> None:
    db = scanned(tmp_path, [CONFIG, file("/vm/copy.cfg", label="copy", uuid=UUID)])
    assert one(db, key="uuid", cause="clone").severity == "error"
    said(db, "guest", guest(), guest(label="copy", config_path="/vm/copy.cfg"), host="lab00.soho")
    collision = one(db, key="uuid", cause="clone")
    assert (collision.severity, [machine["running"] for machine in collision.machines]) == ("critical", [True, True])


def test_a_guest_that_fits_several_files_tells_of_none(tmp_path: Path) -> None:
    db = scanned(tmp_path, [CONFIG, file("/vm/copy.cfg", label="tst108", uuid=UUID)])
    said(db, "guest", guest(config_path=None), host="lab00.soho")
    collision = one(db, key="uuid", cause="clone")
    assert (collision.severity, [machine["running"] for machine in collision.machines]) == ("error", [None, None])


def test_a_machine_of_a_host_that_was_asked_does_not_run(tmp_path: Path) -> None:
    db = scanned(tmp_path, [CONFIG, file("/vm/copy.cfg", label="copy", uuid=UUID)])
    said(db, "guest", guest(), host="lab00.soho")
    collision = one(db, key="uuid", cause="clone")
    assert {machine["label"]: machine["running"] for machine in collision.machines} == {"tst108": True, "copy": False}
    assert collision.severity == "error"


def test_addresses_in_known_different_segments_do_not_collide(tmp_path: Path) -> None:
    db = scanned(tmp_path, [CONFIG, file("/b", label="b", uuid=OTHER_UUID, mac=OTHER_MAC, tcp=IP)])
    assert causes(db) == {"tcp": "address"}
    said(
        db, "binding", replace(bound(IP, "arp"), segment="br0"), replace(bound(IP, "arp", mac=OTHER_MAC), segment="br1")
    )
    assert causes(db) == {"tcp": "relabel"}
