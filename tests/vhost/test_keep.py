"""Claims about names, addresses and running guests: what a scan of a place says, and what becomes of it later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from vhost.cache.claim_columns import Claim, ClaimKind
from vhost.cache.claim_segment import Change
from vhost.cache.snapshot import opened
from vhost.claims import Binding, DnsClaim, Guest
from vhost.discover import Finding
from vhost.keep import Said, keep

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LEASE = Binding(
    name="tst100",
    mac="00-50-56-13-11-4A",
    ip="192.168.1.220",
    source_kind="dhcpd",
    source="/etc/dhcpd.conf",
    seen_at=NOW,
)


def said(kind: ClaimKind, claims: Sequence[Claim], **more: Any) -> Said:
    return Said(kind=kind, scanner="test", root="lab", claims=claims, as_host="lab00", **more)


def kept(directory: Path, claims: Sequence[Claim], kind: ClaimKind = "binding", **more: Any) -> Change:
    directory.mkdir(exist_ok=True)
    (change,) = keep(directory, [said(kind, claims, **more)], lambda *_: None)
    return change


def rows(directory: Path, sql: str) -> list[tuple[Any, ...]]:
    with opened([directory], machines=False) as snapshot:
        found: list[tuple[Any, ...]] = snapshot.con.execute(sql).fetchall()
        return found


def test_a_binding_is_kept_in_normal_form_with_its_provenance(tmp_path: Path) -> None:
    kept(tmp_path / "db", [replace(LEASE, ip="2001:DB8::0:1")])
    listed = "name, mac, ip, source_kind, source, path, line, scanner, stale, seen_at"
    assert rows(tmp_path / "db", f"SELECT {listed} FROM binding") == [
        (
            *("tst100", "00:50:56:13:11:4a", "2001:db8::1", "dhcpd", "/etc/dhcpd.conf", "/etc/dhcpd.conf"),
            *("tst100;00:50:56:13:11:4a;2001:db8::1;", "test", False, NOW.replace(tzinfo=None)),
        )
    ]


def test_two_names_of_one_mac_stay_two_claims(tmp_path: Path) -> None:
    change = kept(tmp_path / "db", [LEASE, replace(LEASE, name="other"), LEASE])
    assert change == Change(claims=2, new=2, vanished=0, first=True)
    assert rows(tmp_path / "db", "SELECT name FROM binding ORDER BY name") == [("other",), ("tst100",)]


def test_times_are_stored_in_utc(tmp_path: Path) -> None:
    there = timezone(timedelta(hours=2))
    kept(tmp_path / "db", [replace(LEASE, seen_at=NOW.astimezone(there), expires_at=NOW.astimezone(there))])
    assert rows(tmp_path / "db", "SELECT seen_at, expires_at FROM binding") == [(NOW.replace(tzinfo=None),) * 2]


def test_a_claim_that_is_not_made_again_ends(tmp_path: Path) -> None:
    kept(tmp_path / "db", [LEASE, replace(LEASE, name="gone")])
    assert kept(tmp_path / "db", [LEASE]) == Change(claims=1, new=0, vanished=1, first=False)
    assert rows(tmp_path / "db", "SELECT name FROM binding") == [("tst100",)]


def test_what_is_silent_now_goes_on_as_stale_until_it_is_too_old(tmp_path: Path) -> None:
    silent = replace(LEASE, name="silent", seen_at=datetime.now(UTC) - timedelta(days=1))
    kept(tmp_path / "db", [LEASE, silent])
    assert kept(tmp_path / "db", [LEASE], carry=timedelta(days=2)).vanished == 1
    assert rows(tmp_path / "db", "SELECT name, stale FROM binding ORDER BY name") == [
        ("silent", True),
        ("tst100", False),
    ]
    assert kept(tmp_path / "db", [LEASE], carry=timedelta(days=2)) == Change(claims=1, new=0, vanished=0, first=False)
    kept(tmp_path / "db", [LEASE], carry=timedelta(hours=12))
    assert rows(tmp_path / "db", "SELECT name FROM binding") == [("tst100",)]


def test_what_speaks_again_is_new_and_no_longer_stale(tmp_path: Path) -> None:
    for claims in ([LEASE], []):
        kept(tmp_path / "db", claims, carry=timedelta(days=9000))
    assert kept(tmp_path / "db", [LEASE], carry=timedelta(days=9000)).new == 1
    assert rows(tmp_path / "db", "SELECT name, stale FROM binding") == [("tst100", False)]


def test_a_place_that_was_not_read_is_a_finding_and_no_claim(tmp_path: Path) -> None:
    kept(tmp_path / "db", [LEASE], findings=[Finding("/etc/dhcpd.conf:7", "a host is expected; got '}'")], partial=True)
    assert rows(tmp_path / "db", "SELECT path, problem FROM finding") == [
        ("/etc/dhcpd.conf:7", "a host is expected\\x3b got '}'")
    ]
    assert rows(tmp_path / "db", "SELECT count(*) FROM binding") == [(1,)]
    assert rows(tmp_path / "db", "SELECT kind, root, as_host, partial FROM scan") == [("binding", "lab", "lab00", True)]


def test_places_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    places = [replace(said("binding", [replace(LEASE, name=name)]), root=name) for name in ("a", "b")]
    assert [change.new for change in keep(tmp_path / "db", places, lambda *_: None)] == [1, 1]
    assert rows(tmp_path / "db", "SELECT name FROM binding ORDER BY ALL") == [("a",), ("b",)]


def test_dns_answers_and_their_absence_are_kept(tmp_path: Path) -> None:
    answer = DnsClaim(
        owner="tst100.soho.",
        type="A",
        value="192.168.1.220",
        ttl=3600,
        server="127.0.0.1:53",
        zone="soho.",
        serial=7,
        seen_at=NOW,
    )
    kept(tmp_path / "db", [answer, replace(answer, type="AAAA", value=None, ttl=None)], "dns")
    assert rows(tmp_path / "db", "SELECT owner, type, value, ttl, server, zone, serial FROM dns ORDER BY type") == [
        ("tst100.soho.", "A", "192.168.1.220", 3600, "127.0.0.1:53", "soho.", 7),
        ("tst100.soho.", "AAAA", None, None, "127.0.0.1:53", "soho.", 7),
    ]


def test_a_running_guest_is_kept_and_its_label_cannot_steer_a_terminal(tmp_path: Path) -> None:
    guest = Guest(
        host="lab00", type="XEN", label="a\x1b[2J", id="7", uuid="6842CAF9-1E3E-4324-9ED5-96B8B9F2C5C2",
        macs=("0:50:56:13:11:4A",), state="r-----", config_path="/etc/xen/a.cfg", vnc_port=5901, seen_at=NOW,
    )  # fmt: skip
    kept(tmp_path / "db", [guest], "guest")
    assert rows(tmp_path / "db", "SELECT label, uuid, macs, state, config_path, vnc_port FROM guest") == [
        ("a\\x1b[2J", "6842caf91e3e43249ed596b8b9f2c5c2", ["00:50:56:13:11:4a"], "r-----", "/etc/xen/a.cfg", 5901)
    ]


def test_a_damaged_segment_is_skipped_for_the_one_before_it(tmp_path: Path) -> None:
    kept(tmp_path / "db", [LEASE])
    kept(tmp_path / "db", [LEASE])
    newest = max((tmp_path / "db/scans").glob("*/*.parquet"))
    newest.write_bytes(newest.read_bytes()[:100])
    assert kept(tmp_path / "db", [LEASE]).first is False


@pytest.mark.parametrize("count", [0, 45_000])
def test_claims_are_taken_as_a_stream_of_any_length(count: int, tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    stream = (replace(LEASE, name=f"n{number}") for number in range(count))
    told = Said(kind="binding", scanner="test", root="lab", claims=stream, as_host="lab00")
    (change,) = keep(tmp_path / "db", [told], lambda *_: None)
    assert change == Change(claims=count, new=count, vanished=0, first=True)


def test_what_a_scan_did_not_cover_goes_on_as_it_was(tmp_path: Path) -> None:
    db = tmp_path / "db"
    other = replace(LEASE, ip="192.168.1.9", name="other")
    nameless = replace(LEASE, ip=None, name="nameless")
    kept(db, [LEASE, other, nameless], carry=timedelta(days=9999))
    change = kept(db, [], carry=timedelta(days=9999), covers=lambda address: address == LEASE.ip)
    assert change == Change(claims=0, new=0, vanished=1, first=False)
    assert rows(db, "SELECT name, stale FROM binding ORDER BY name") == [
        ("nameless", False),
        ("other", False),
        ("tst100", True),
    ]


def test_what_a_scan_did_not_cover_ends_when_it_is_too_old(tmp_path: Path) -> None:
    db = tmp_path / "db"
    kept(db, [replace(LEASE, seen_at=datetime(2000, 1, 1, tzinfo=UTC))])
    kept(db, [], carry=timedelta(days=90), covers=lambda _: False)
    assert rows(db, "SELECT name FROM binding") == []
