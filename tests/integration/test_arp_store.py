"""What a sweep leaves in the database, and what the next one makes of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import BIN, run
from tests.lab.namespaces import Namespace, Segment, segment
from tests.lab.sweeping import command
from vhost.cache.snapshot import opened

pytestmark = pytest.mark.integration

FAST = ("--rate", "0", "--timeout", "150")
A, B, OWN = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:01"


@pytest.fixture
def lab() -> Iterator[Segment]:
    with segment() as made:
        yield made


@pytest.fixture
def asker(lab: Segment) -> Namespace:
    return lab.host("10.77.0.1/24", mac=OWN)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "db"


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with opened([db], machines=False) as snapshot:
        found: list[tuple[Any, ...]] = snapshot.con.execute(sql).fetchall()
        return found


def claims(db: Path) -> list[tuple[str, str, bool]]:
    return rows(db, "SELECT ip, mac, stale FROM binding WHERE source_kind = 'arp' ORDER BY ip, mac")


def swept(asker: Namespace, db: Path, *arguments: str) -> str:
    done = command(asker, "vhost", "scan", "arp", "--db", db, *FAST, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def test_an_answer_is_a_claim_with_its_provenance(lab: Segment, asker: Namespace, db: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    summary = swept(asker, db, "--localnet")
    listed = "name, mac, ip, source_kind, source, segment, scanner, stale"
    assert rows(db, f"SELECT {listed} FROM binding ORDER BY ip DESC") == [
        (None, A, "10.77.0.9", "arp", "eth0", "eth0", "arp", False),
        (None, OWN, "10.77.0.1", "interface", "eth0", "eth0", "arp", False),
    ]
    assert rows(db, "SELECT kind, root, partial FROM scan") == [("binding", "eth0 10.77.0.0/24", False)]
    assert summary.startswith("vhost: eth0 10.77.0.0/24: asked 256, answered 1, duplicates 0, new 2, vanished 0; ")


def test_a_host_that_is_silent_now_has_vanished_and_stays_as_stale(lab: Segment, asker: Namespace, db: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    gone = lab.host("10.77.0.10/24", mac=B)
    swept(asker, db, "--localnet")
    gone.ip("link", "set", "eth0", "down")
    assert "answered 1, duplicates 0, new 0, vanished 1; " in swept(asker, db, "--localnet")
    assert claims(db) == [("10.77.0.10", B, True), ("10.77.0.9", A, False)]
    gone.ip("link", "set", "eth0", "up")
    assert "answered 2, duplicates 0, new 1, vanished 0; " in swept(asker, db, "--localnet")
    assert claims(db) == [("10.77.0.10", B, False), ("10.77.0.9", A, False)]


def test_a_sweep_of_a_part_leaves_the_rest_as_it_was(lab: Segment, asker: Namespace, db: Path) -> None:
    hosts = [lab.host("10.77.0.9/24", mac=A), lab.host("10.77.0.10/24", mac=B)]
    swept(asker, db, "--localnet")
    for host in hosts:
        host.ip("link", "set", "eth0", "down")
    assert "asked 1, answered 0, duplicates 0, new 0, vanished 1; " in swept(asker, db, "10.77.0.10")
    assert claims(db) == [("10.77.0.10", B, True), ("10.77.0.9", A, False)]


def test_who_is_silent_on_a_vlan_has_not_vanished_without_it(lab: Segment, asker: Namespace, db: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    swept(asker, db, "10.77.0.8-10.77.0.9")
    summary = swept(asker, db, "--vlan", "5", "10.77.0.8-10.77.0.9")
    assert summary.startswith("vhost: eth0.5 10.77.0.0/24: asked 2, answered 0, duplicates 0, new 0, vanished 0; ")
    assert claims(db) == [("10.77.0.9", A, False)]


def test_a_file_without_a_format_is_refused(asker: Namespace, db: Path) -> None:
    done = command(asker, "vhost", "scan", "arp", "--db", db, "10.77.0.9", "--output", db / "x")
    assert (done.returncode, "needs --format" in done.stderr, db.exists()) == (1, True, False)


def test_an_address_that_moved_to_another_mac_is_new_and_vanished(lab: Segment, asker: Namespace, db: Path) -> None:
    old = lab.host("10.77.0.9/24", mac=A)
    swept(asker, db, "--localnet")
    old.ip("link", "set", "eth0", "down")
    lab.host("10.77.0.9/24", mac=B)
    assert "answered 1, duplicates 0, new 1, vanished 1; " in swept(asker, db, "--localnet")
    assert claims(db) == [("10.77.0.9", A, True), ("10.77.0.9", B, False)]


def test_duplicates_are_findings_of_the_database(lab: Segment, asker: Namespace, db: Path) -> None:
    for mac in (A, B):
        lab.host("10.77.0.9/24", mac=mac)
    swept(asker, db, "10.77.0.9")
    ((path, problem),) = rows(db, "SELECT path, problem FROM finding")
    assert path == "10.77.0.9"
    assert sorted(problem.removeprefix("2 MACs answer: ").split(", ")) == [A, B]
    assert claims(db) == [("10.77.0.9", A, False), ("10.77.0.9", B, False)]


def test_an_interrupted_sweep_keeps_what_had_answered_and_ends_nothing(
    lab: Segment, asker: Namespace, db: Path
) -> None:
    lab.host("10.77.0.2/24", mac=A)
    lab.host("10.77.0.200/24", mac=B)
    swept(asker, db, "10.77.0.200")
    running = asker.start(BIN / "vhost", "scan", "arp", "--db", db, "--rate", "50", "--localnet")
    assert running.stdout is not None
    assert running.stdout.readline().startswith(f"10.77.0.2\t{A}\t")
    os.kill(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted; what had answered is kept" in errors
    assert claims(db) == [("10.77.0.2", A, False), ("10.77.0.200", B, False)]


def test_the_old_door_lists_what_answers_and_stores_nothing(lab: Segment, asker: Namespace, tmp_path: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    lab.host("10.77.0.10/24", mac=B)
    table = tmp_path / "hosts"
    table.write_text("lab09 10.77.0.9\n")
    env = {"VHOST_HOSTS_FILE": str(table), "VHOST_DB": str(tmp_path / "none")}
    said = {
        letters: command(asker, "ctys-extractARPlst", *letters.split(), "lab09", "10.77.0.8-10", env=env).stdout
        for letters in ("-q", "-i -q", "-m -q", "-E -q", "-E -i -q")
    }
    upper_a, upper_b = A.upper(), B.upper()
    assert said == {
        "-q": f";{upper_b};10.77.0.10;\nlab09;{upper_a};10.77.0.9;\n",
        "-i -q": f"10.77.0.10;;{upper_b};\n10.77.0.9;lab09;{upper_a};\n",
        "-m -q": f"{upper_a};lab09;10.77.0.9;\n{upper_b};;10.77.0.10;\n",
        "-E -q": f"{upper_a} lab09\n",
        "-E -i -q": f"{upper_b} 10.77.0.10\n{upper_a} 10.77.0.9\n",
    }
    assert not (tmp_path / "none").exists()


def test_the_old_door_asks_for_the_hosts_of_a_group(lab: Segment, asker: Namespace, tmp_path: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups/lab").write_text("10.77.0.9, 10.77.0.10\n")
    env = {"CTYS_GROUPS_PATH": str(tmp_path / "groups")}
    done = command(asker, "ctys-extractARPlst", "lab", env=env)
    assert done.stdout == f";{A.upper()};10.77.0.9;\n"
    assert "asked 2, answered 1," in done.stderr


def test_the_old_door_stores_the_sweep_in_a_database(lab: Segment, asker: Namespace, db: Path) -> None:
    lab.host("10.77.0.9/24", mac=A)
    missing = command(asker, "ctys-extractARPlst", "-p", db, "10.77.0.9")
    assert (missing.returncode, missing.stdout) == (7, "")
    db.mkdir()
    done = command(asker, "ctys-extractARPlst", "-q", "-p", db, "10.77.0.9")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert claims(db) == [("10.77.0.9", A, False)]


def test_the_old_door_refuses_what_contradicts_itself() -> None:
    done = run("ctys-extractARPlst", "-E", "-m", "10.77.0.9")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("vhost: -E: cannot be combined with -m")


def test_the_old_door_has_help_and_a_version() -> None:
    assert run("ctys-extractARPlst", "-h").stdout.startswith("usage: ctys-extractARPlst ")
    assert run("ctys-extractARPlst", "-V").stdout.startswith("ctys-extractARPlst (vhost-toolkit) ")


@pytest.mark.parametrize("name", ["csv", "ndjson", "parquet", "markdown"])
def test_every_format_is_written_wholly_into_a_file(lab: Segment, asker: Namespace, tmp_path: Path, name: str) -> None:
    lab.host("10.77.0.9/24", mac=A)
    target = tmp_path / "answer"
    done = command(asker, "vhost", "scan", "arp", "--no-store", *FAST, "10.77.0.9", "-f", name, "--output", target)
    assert (done.returncode, done.stdout) == (0, "")
    assert A.encode() in target.read_bytes()


def test_an_unknown_format_is_refused_before_anything_is_sent(asker: Namespace) -> None:
    done = command(asker, "vhost", "scan", "arp", "--no-store", "10.77.0.9", "--format", "nonsense")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("vhost: --format: unknown format 'nonsense'")
