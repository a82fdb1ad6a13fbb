"""The built-in reports, each on a small world in which it has something to say."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.asking import Ask, asking
from tests.vhost.databases import machine_line, old_database
from vhost.claims import Binding, DnsClaim, Guest
from vhost.keep import Said, keep
from vhost.sql.report_files import BUILTIN

NOW = datetime.now(UTC)
UUID = "6842caf91e3e43249ed596b8b9f2c5c2"
LAB = [
    machine_line(pm="lab00", type="PM", label="lab00", id="/etc/pm.conf", vram="1024", tcp="192.168.1.2"),
    machine_line(
        pm="lab00", type="XEN", label="a", id="/x/a", uuid=UUID, mac="00:50:56:00:00:01", tcp="192.168.1.3", vram="768"
    ),
    machine_line(pm="lab00", type="XEN", label="b", id="/x/b", mac="00:50:56:00:00:01", vram="512", vmstate="ACTIVE"),
    machine_line(pm="lab00", type="XEN", label="old", id="/x/a.bak", vram="9999", vmstate="BACKUP"),
]
SEEN = Binding(mac="00:50:56:00:00:09", ip="192.168.1.4", source_kind="arp", source="br0", segment="br0", seen_at=NOW)
KNOWN = replace(SEEN, mac="00:50:56:00:00:01", ip="192.168.1.3")
RUNNING = Guest(host="lab00", type="XEN", label="a", uuid=UUID, state="r-----", seen_at=NOW)
NAMED = DnsClaim(
    owner="lab00.soho.", type="A", value="192.168.1.2", ttl=60, server="ns", zone="soho.", serial=1, seen_at=NOW
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    directory = old_database(tmp_path / "db", LAB)
    said = [
        Said(kind="binding", scanner="arp", root="br0", claims=[SEEN, KNOWN]),
        Said(kind="guest", scanner="live", root="lab00", claims=[RUNNING]),
        Said(kind="dns", scanner="dns", root="soho", claims=[NAMED]),
    ]
    keep(directory, said, lambda *_: None)
    return directory


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


EXPECTED = {
    "guests": ([], {"host": "lab00", "type": "XEN", "state": "unknown", "machines": "1", "running": "1"}),
    "addresses": (["subnet=192.168.1.0/29"], {"ip": "192.168.1.4", "state": "in use", "sources": "arp"}),
    "duplicates": ([], {"key": "mac", "value": "00:50:56:00:00:01", "machines": "2", "labels": "a, b"}),
    "stale": (["days=-1"], {"kind": "binding", "what": "00:50:56:00:00:09", "place": "br0"}),
    "overcommitted": ([], {"host": "lab00", "mib": "1024", "guests": "2", "configured": "1280", "running": "768"}),
    "without-dns": ([], {"label": "a", "ip": "192.168.1.3"}),
    "unknown-macs": ([], {"mac": "00:50:56:00:00:09", "segment": "br0"}),
    "backups": ([], None),
    "changes": ([], {"event": "appeared", "label": "a", "hosts": "lab00"}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_report_says_what_it_is_for(name: str, ask: Ask, db: Path) -> None:
    parameters, expected = EXPECTED[name]
    lines = ask("vhost", "report", "-p", db, name, *parameters, "-f", "csv").lines
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    if expected is None:  # records of the old form have no times
        assert rows == []
        return
    assert any(expected.items() <= row.items() for row in rows), rows


def test_free_addresses_are_listed_and_the_ends_of_a_subnet_are_not(ask: Ask, db: Path) -> None:
    lines = ask("vhost", "report", "-p", db, "addresses", "subnet=192.168.1.0/29", "-f", "csv").lines
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["192.168.1.1", "free"],
        ["192.168.1.2", "in use"],
        ["192.168.1.3", "in use"],
        ["192.168.1.4", "in use"],
        ["192.168.1.5", "free"],
        ["192.168.1.6", "free"],
    ]


def test_every_built_in_report_is_tested_here() -> None:
    assert {path.stem for path in BUILTIN.glob("*.sql")} == set(EXPECTED)
