"""The view of what DNS says and who says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.commands import tree, xen
from vhost.cache.collision_views import define
from vhost.cache.snapshot import opened
from vhost.claims import Binding, DnsClaim
from vhost.collect import TreeRequest, look, store
from vhost.keep import Said, keep

NOW = datetime.now(UTC)
Said4 = tuple[str, str | None, str, str | None]
MAC = "00:50:56:13:11:40"


def dns(owner: str, kind: str, value: str | None, server: str = "ns1", age: timedelta = timedelta()) -> DnsClaim:
    return DnsClaim(
        owner=owner, type=kind, value=value, ttl=60, server=server, zone="lab", serial=1, seen_at=NOW - age
    )  # fmt: skip


def disagreements(
    db: Path, claims: Sequence[DnsClaim], arp: Sequence[Binding] = (), configurations: dict[str, str] | None = None
) -> list[Said4]:
    db.mkdir()
    said = [Said(kind="dns", scanner="dns", root="test", claims=claims)]
    said += [Said(kind="binding", scanner="arp", root="test", claims=arp)] if arp else []
    keep(db, said, lambda *_: None)
    if configurations:
        trees = tree(db / "trees", configurations)
        request = TreeRequest(roots=[str(trees)], as_host="pm.lab")
        store(look(request, db), request, db, lambda *_: None)
    with opened([db], machines=False) as snapshot:
        define(snapshot.con)
        sql = "SELECT kind, name, address, other FROM dns_disagreement ORDER BY ALL"
        return snapshot.con.execute(sql).fetchall()


A100 = dns("tst100.lab", "A", "192.0.2.100")
P100 = dns("100.2.0.192.in-addr.arpa", "PTR", "tst100.lab")


def test_what_agrees_is_not_listed(tmp_path: Path) -> None:
    v6 = "8.b.d.0.1.0.0.2.ip6.arpa"
    low = ".".join(reversed("0100".zfill(24)))
    claims = [A100, P100, dns("tst100.lab", "AAAA", "2001:db8::100"), dns(f"{low}.{v6}", "PTR", "TST100.lab")]
    assert disagreements(tmp_path / "db", claims) == []


def test_a_second_name_of_an_address_is_no_disagreement(tmp_path: Path) -> None:
    assert disagreements(tmp_path / "db", [A100, P100, dns("www.lab", "A", "192.0.2.100")]) == []


def test_what_nobody_asked_for_disagrees_with_nothing(tmp_path: Path) -> None:
    claims = [dns("a.lab", "A", "192.0.2.1"), dns("2.2.0.192.in-addr.arpa", "PTR", "b.lab")]
    assert disagreements(tmp_path / "db", claims) == []


def test_an_address_whose_reverse_name_is_another_is_listed_from_both_sides(tmp_path: Path) -> None:
    claims = [
        dns("tst100.lab", "A", "192.0.2.100"),
        dns("100.2.0.192.in-addr.arpa", "PTR", "old.lab"),
        dns("old.lab", "A", "192.0.2.7"),
    ]
    assert disagreements(tmp_path / "db", claims) == [
        ("forward", "old.lab", "192.0.2.100", "192.0.2.7"),
        ("reverse", "tst100.lab", "192.0.2.100", "old.lab"),
    ]


def test_an_answer_that_there_is_nothing_disagrees(tmp_path: Path) -> None:
    claims = [A100, dns("100.2.0.192.in-addr.arpa", "PTR", None)]
    assert disagreements(tmp_path / "one", claims) == [("reverse", "tst100.lab", "192.0.2.100", None)]
    claims = [P100, dns("tst100.lab", "A", None)]
    assert disagreements(tmp_path / "two", claims) == [("forward", "tst100.lab", "192.0.2.100", None)]


def test_ipv6_addresses_and_names_are_compared_in_one_spelling(tmp_path: Path) -> None:
    low = ".".join(reversed("0100".zfill(24)))
    claims = [
        dns("tst100.lab", "AAAA", "2001:db8::100"),
        dns(f"{low}.8.b.d.0.1.0.0.2.ip6.arpa", "PTR", "other.lab"),
    ]
    assert disagreements(tmp_path / "db", claims) == [("reverse", "tst100.lab", "2001:db8::100", "other.lab")]


def test_two_servers_that_disagree_are_listed(tmp_path: Path) -> None:
    claims = [A100, dns("tst100.lab", "A", "192.0.2.99", "ns2"), dns("tst100.lab", "A", None, "ns3")]
    assert disagreements(tmp_path / "db", claims) == [
        ("server", "tst100.lab", "192.0.2.100", "192.0.2.99"),
        ("server", "tst100.lab", "192.0.2.100", None),
    ]


CONFIGURED = {"tst100.cfg": xen("tst100", vif=f"['mac={MAC},ip=192.0.2.100']")}
UNNUMBERED = {"tst100.cfg": xen("tst100", mac=MAC)}


def test_a_configuration_that_says_another_address_is_listed(tmp_path: Path) -> None:
    found = disagreements(tmp_path / "db", [dns("tst100.lab", "A", "192.0.2.7")], configurations=CONFIGURED)
    assert found == [("config", "tst100.lab", "192.0.2.7", "192.0.2.100")]


def test_a_configuration_that_says_another_name_is_listed(tmp_path: Path) -> None:
    claims = [dns("100.2.0.192.in-addr.arpa", "PTR", "other.lab")]
    found = disagreements(tmp_path / "db", claims, configurations=CONFIGURED)
    assert found == [("config", "other.lab", "192.0.2.100", "tst100")]


def test_what_answers_on_the_wire_is_compared_by_the_mac_of_the_machine(tmp_path: Path) -> None:
    arp = [Binding(mac=MAC, ip="192.0.2.55", source_kind="arp", source="eth0", seen_at=NOW)]
    found = disagreements(tmp_path / "db", [A100], arp, UNNUMBERED)
    assert found == [("arp", None, "192.0.2.100", "192.0.2.55")]


def test_what_is_too_old_no_longer_counts(tmp_path: Path) -> None:
    claims = [A100, dns("tst100.lab", "A", "192.0.2.99", "ns2", timedelta(days=60))]
    assert disagreements(tmp_path / "db", claims) == []
