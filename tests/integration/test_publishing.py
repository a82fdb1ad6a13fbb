"""Publishers that are killed, that race, that find no room or no permission; readers meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.commands import BIN, rows, run, tree, xen
from tests.vhost.databases import machine_line, old_database

pytestmark = pytest.mark.integration

PRIVILEGED = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


def big(db: Path, count: int, label: str) -> None:
    old_database(db, (machine_line(pm=f"pm{number:06}", label=label, userstring="x" * 200) for number in range(count)))


def labels(db: Path) -> list[str]:
    return sorted(set(rows(run("ctys-vhost", "-p", db, "-o", "l"))))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of 3 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@PRIVILEGED
def test_a_full_disk_keeps_the_old_snapshot_and_says_so(small_disk: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a")})
    db = small_disk / "db"
    assert run("vhost", "scan", "tree", "-p", db, pool).returncode == 0
    (small_disk / "filler").write_bytes(
        b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize - 16384)
    )
    tree(pool, {f"b{number}.cfg": xen(f"b{number}") for number in range(200)})
    done = run("vhost", "scan", "tree", "-p", db, pool)
    assert done.returncode == 8
    assert "Traceback" not in done.stderr
    assert "a" in labels(db)


@PRIVILEGED
def test_a_full_disk_leaves_nothing_half_done(small_disk: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a")})
    db = small_disk / "db"
    run("vhost", "scan", "tree", "-p", db, pool)
    (small_disk / "filler").write_bytes(
        b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize - 16384)
    )
    run("vhost", "scan", "tree", "-p", db, pool)
    (small_disk / "filler").unlink()
    assert labels(db) == ["a"]
    assert [*db.glob("*.tmp"), *db.glob("*.wal"), *db.glob("scans/*/.*.tmp")] == []


@PRIVILEGED
def test_a_database_on_a_read_only_mount_is_answered_from_memory(tmp_path: Path) -> None:
    db = old_database(tmp_path / "db", [machine_line(label="a")])
    subprocess.run(["mount", "--bind", str(db), str(db)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(db)], check=True)
        assert labels(db) == ["a"]
        done = run("vhost", "scan", "tree", "-p", db, tree(tmp_path / "pool", {"b.cfg": xen("b")}))
    finally:
        subprocess.run(["umount", str(db)], check=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (8, 1)
    assert [path.name for path in db.iterdir() if path.suffix == ".duckdb"] == []


@pytest.mark.parametrize("milliseconds", [150, 300, 450, 600, 900, 1300])
def test_a_killed_publisher_leaves_the_old_snapshot_or_the_new_one(tmp_path: Path, milliseconds: int) -> None:
    db = tmp_path / "db"
    big(db, 10, "old")
    labels(db)
    big(db, 30_000, "new")
    publisher = subprocess.Popen([BIN / "vhost", "db", "rebuild", "-p", db], stdout=subprocess.DEVNULL)
    time.sleep(milliseconds / 1000)
    publisher.kill()
    publisher.wait()
    static = sorted(set(rows(run("ctys-vhost", "-s", "-p", db, "-o", "l"))))
    assert static in (["old"], ["new"])
    assert labels(db) == ["new"]
    assert [path.name for path in db.iterdir() if path.name.endswith((".tmp", ".wal", ".spill"))] == []


def test_a_killed_scan_keeps_what_was_known(tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {f"{number}/{number}.cfg": xen(f"g{number}") for number in range(300)})
    db = tmp_path / "db"
    run("vhost", "scan", "tree", "-p", db, pool)
    for number in range(300):
        (pool / f"{number}/{number}.cfg").write_text(xen(f"h{number}"))
    scanner = subprocess.Popen([BIN / "vhost", "scan", "tree", "-p", db, pool], stderr=subprocess.DEVNULL)
    time.sleep(0.35)
    scanner.send_signal(signal.SIGKILL)
    scanner.wait()
    assert len(labels(db)) == 300


def test_an_interrupted_scan_is_one_line_and_exit_130(tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {f"{number}/{number}.cfg": xen(f"g{number}") for number in range(3000)})
    scanner = subprocess.Popen(
        [BIN / "vhost", "scan", "tree", "-p", tmp_path / "db", pool],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    time.sleep(0.7)
    scanner.send_signal(signal.SIGINT)
    _, said = scanner.communicate(timeout=30)
    assert (scanner.returncode, len(said.splitlines()), "Traceback" in said) == (130, 1, False)


def test_two_publishers_at_once_lose_nothing(tmp_path: Path) -> None:
    db = tmp_path / "db"
    pools = [tree(tmp_path / f"pool{number}", {"x.cfg": xen(f"g{number}")}) for number in range(6)]
    scanners = [
        subprocess.Popen([BIN / "vhost", "scan", "tree", "-p", db, pool], stderr=subprocess.PIPE, text=True)
        for pool in pools
    ]
    said = [scanner.communicate(timeout=120)[1] for scanner in scanners]
    assert [scanner.returncode for scanner in scanners] == [0] * 6, said
    assert labels(db) == [f"g{number}" for number in range(6)]


def test_readers_never_fail_while_snapshots_are_published(tmp_path: Path) -> None:
    db = tmp_path / "db"
    old_database(db, [machine_line(label="a")])
    labels(db)
    script = (
        "import sys\nfrom pathlib import Path\nfrom vhost.cache.publish import locked, publish\n"
        "db = Path(sys.argv[1])\nfor _ in range(12):\n    with locked(db): publish(db, print)\n"
    )
    publisher = subprocess.Popen([sys.executable, "-c", script, db])
    answers = []
    while publisher.poll() is None:
        answers.append(run("ctys-vhost", "-s", "-p", db, "-o", "l"))
    assert publisher.returncode == 0
    assert {(one.returncode, one.stdout, one.stderr) for one in answers} == {(0, "a\n", "")}


def test_a_client_that_opened_the_snapshot_for_writing_stops_nobody(tmp_path: Path) -> None:
    db = old_database(tmp_path / "db", [machine_line(label="a")])
    labels(db)
    path = (db / "cache.duckdb").resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as writer:
        writer.execute("DELETE FROM machine")
        assert labels(db) == ["a"]
