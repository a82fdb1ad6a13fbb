"""Machines with a MAC and no address get one from bindings: whose word counts, and that it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.commands import rows as printed
from tests.commands import run
from vhost.cache.snapshot import opened
from vhost.claims import Binding
from vhost.keep import Said, keep
from vhost.precedence import PRECEDENCE, rank

NOW = datetime.now(UTC)
MAC = "52:54:00:00:00:01"
CLAIM = Binding(mac=MAC, source_kind="dhcpd", source="/etc/dhcpd.conf", seen_at=NOW)
MACHINE = f"lab00;XEN;tst100;/etc/xen/tst100;;{MAC};;" + ";" * 39 + "\n"


def database(path: Path, claims: Sequence[Binding], machine: str = MACHINE, macmap: str = "") -> Path:
    path.mkdir(exist_ok=True)
    (path / "enum.fdb").write_text(machine)
    (path / "macmap.fdb").write_text(macmap)
    keep(path, [Said(kind="binding", scanner="test", root="x", claims=claims, as_host="lab00")], lambda *_: None)
    return path


def filled(path: Path) -> tuple[Any, ...]:
    with opened([path]) as snapshot:
        found: list[tuple[Any, ...]] = snapshot.con.execute("SELECT tcp, tcp_from FROM machine").fetchall()
    (row,) = found
    return row


@pytest.mark.parametrize(
    ("lost", "won"),
    [
        (replace(CLAIM, source_kind="arp", ip="10.0.0.1"), replace(CLAIM, ip="10.0.0.2")),
        (replace(CLAIM, source_kind="arp", ip="10.0.0.1"), replace(CLAIM, source_kind="kea-leases", ip="10.0.0.2")),
        (
            replace(CLAIM, source_kind="dnsmasq-leases", ip="10.0.0.1"),
            replace(CLAIM, source_kind="hosts", ip="10.0.0.2"),
        ),
        (replace(CLAIM, ip="2001:db8::1"), replace(CLAIM, ip="10.0.0.2")),
        (replace(CLAIM, ip="fe80::1"), replace(CLAIM, ip="fe90::2")),
        (replace(CLAIM, ip="db01.soho"), replace(CLAIM, ip="10.0.0.2")),
        (
            replace(CLAIM, source_kind="arp", ip="10.0.0.1", seen_at=NOW - timedelta(1)),
            replace(CLAIM, source_kind="arp", ip="10.0.0.2"),
        ),
        (
            replace(CLAIM, source_kind="kea-leases", ip="10.0.0.1", expires_at=NOW - timedelta(1)),
            replace(CLAIM, source_kind="arp", ip="10.0.0.2", seen_at=NOW - timedelta(2)),
        ),
    ],
    ids=["config, wire", "lease, wire", "config, lease", "v4, v6", "link", "address, name", "newer", "ended"],
)
def test_whose_word_counts_first(lost: Binding, won: Binding, tmp_path: Path) -> None:
    expected = (won.ip, f"{won.source_kind}:{won.source}")
    assert filled(database(tmp_path / "a", [lost, won])) == expected
    assert filled(database(tmp_path / "b", [won, lost])) == expected


def test_the_first_line_of_the_macmap_counts_before_everything_as_it_is_spelled(tmp_path: Path) -> None:
    lines = f"a;{MAC.upper()};192.168.001.1;\nb;{MAC};192.168.1.2;\n"
    path = database(tmp_path / "db", [replace(CLAIM, ip="10.0.0.2")], macmap=lines)
    assert filled(path) == ("192.168.001.1", f"macmap:{path}/macmap.fdb")


def test_what_a_machine_says_itself_stays(tmp_path: Path) -> None:
    own = MACHINE.replace(f"{MAC};;", f"{MAC};10.9.9.9;", 1)
    assert filled(database(tmp_path / "db", [replace(CLAIM, ip="10.0.0.2")], own)) == ("10.9.9.9", None)


def test_a_lease_that_ended_fills_nothing(tmp_path: Path) -> None:
    ended = replace(CLAIM, source_kind="kea-leases", ip="10.0.0.1", expires_at=NOW - timedelta(1))
    assert filled(database(tmp_path / "db", [ended])) == (None, None)


def test_the_address_stands_in_the_record_and_the_claims_that_lost_stay(tmp_path: Path) -> None:
    claims = [replace(CLAIM, ip="10.0.0.2"), replace(CLAIM, source_kind="arp", source="eth0", ip="10.0.0.1")]
    path = database(tmp_path / "db", claims)
    assert printed(run("ctys-vhost", "-p", path, "-o", "l,t", "10.0.0.2")) == ["tst100;10.0.0.2"]
    assert printed(run("ctys-macmap", "-p", path, "-i", MAC)) == ["10.0.0.1", "10.0.0.2"]


KINDS = st.sampled_from([kind for kinds in PRECEDENCE[1:] for kind in kinds] + ["arp", "interface"])


@given(claims=st.lists(st.tuples(KINDS, st.integers(0, 5)), min_size=1, max_size=6, unique=True))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_claim_of_a_lower_rank_is_taken(claims: list[tuple[str, int]], tmp_path: Path) -> None:
    found = [replace(CLAIM, source_kind=kind, ip=f"10.0.0.{number}") for kind, number in claims]
    path = database(tmp_path / "db", found)
    _, told = filled(path)
    assert rank(told.partition(":")[0]) == min(rank(kind) for kind, _ in claims)
