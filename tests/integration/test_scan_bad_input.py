"""Whole scans of what a new user may point them at: each is a clear line or a clean result, nothing is lost."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.commands import BIN, rows, run, tree, xen

pytestmark = pytest.mark.integration

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


def scan(db: Path, *arguments: str | Path, code: int = 0) -> str:
    done = run("vhost", "scan", "tree", "-p", db, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stderr


def labels(db: Path) -> list[str]:
    return sorted(rows(run("ctys-vhost", "-p", db, "-o", "l")))


def stale(db: Path) -> dict[str, bool]:
    found = json.loads(run("vhost", "query", "-p", db, "--format", "json").stdout)
    return {one["label"]: one["stale"] for one in found}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "db"


@ROOT
def test_a_pool_that_is_not_mounted_any_more_keeps_its_claims_as_stale(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"local.cfg": xen("local")})
    (pool / "nfs").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(pool / "nfs")], check=True)
    try:
        tree(pool / "nfs", {"far/far.cfg": xen("far")})
        scan(db, pool)
    finally:
        subprocess.run(["umount", str(pool / "nfs")], check=True)
    for _ in range(3):
        assert "is not mounted now" in scan(db, pool, code=3)
    assert stale(db) == {"local": False, "far": True}


@ROOT
def test_a_root_that_is_not_mounted_any_more_keeps_its_claims_as_stale(db: Path, tmp_path: Path) -> None:
    pool = tmp_path / "pool"
    pool.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(pool)], check=True)
    try:
        tree(pool, {"far/far.cfg": xen("far")})
        scan(db, pool)
    finally:
        subprocess.run(["umount", str(pool)], check=True)
    for _ in range(3):
        scan(db, pool, code=3)
    assert stale(db) == {"far": True}


@ROOT
def test_a_pool_that_is_mounted_again_speaks_for_itself(db: Path, tmp_path: Path) -> None:
    pool, far = (
        tree(tmp_path / "pool", {"local.cfg": xen("local"), "nfs/keep": ""}),
        tree(tmp_path / "far", {"a.cfg": xen("far")}),
    )
    for _ in range(2):
        subprocess.run(["mount", "--bind", str(far), str(pool / "nfs")], check=True)
        try:
            scan(db, pool)
        finally:
            subprocess.run(["umount", str(pool / "nfs")], check=True)
    assert stale(db) == {"local": False, "far": False}


@ROOT
def test_a_directory_without_permission_is_named_and_the_rest_is_kept(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"open/a.cfg": xen("a"), "closed/b.cfg": xen("b")})
    scan(db, pool)
    (pool / "closed").chmod(0)
    unprivileged = [
        "setpriv",
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
    ]
    program = str(BIN / "vhost")
    done = subprocess.run(
        [*unprivileged, program, "scan", "tree", "-p", str(db), str(pool)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (pool / "closed").chmod(0o755)
    assert (done.returncode, f"{pool}/closed: " in done.stderr) == (3, True), done.stderr
    assert stale(db) == {"a": False, "b": True}


def test_names_of_any_bytes_survive_a_scan(db: Path, tmp_path: Path) -> None:
    pool = tree(
        tmp_path / "pool",
        {"new\nline.cfg": xen("newline"), "esc\x1b[2J.cfg": xen("escape"), "semi;colon.cfg": xen("semicolon")},
    )
    (pool / os.fsdecode(b"caf\xff.cfg")).write_text(xen("latin"))
    scan(db, pool)
    found = rows(run("ctys-vhost", "-p", db, "-o", "l,id"))
    assert sorted(line.replace(f"{pool}/", "") for line in found) == [
        r"escape;esc\x1b[2J.cfg",
        r"latin;caf\xff.cfg",
        r"newline;new\x0aline.cfg",
        r"semicolon;semi\x3bcolon.cfg",
    ]


def test_names_of_any_bytes_are_known_again(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"new\nline.cfg": xen("newline"), r"back\x0aslash.cfg": xen("backslash")})
    (pool / os.fsdecode(b"caf\xff.cfg")).write_text(xen("latin"))
    scan(db, pool)
    assert "files read: 0, unchanged: 3" in scan(db, pool)


def test_a_hostile_label_stays_text(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("$(reboot);x")})
    scan(db, pool)
    assert rows(run("ctys-vhost", "-p", db, "-o", "l,st")) == [r"XEN;$(reboot)\x3bx"]


def test_a_configuration_that_is_a_program_runs_nothing(db: Path, tmp_path: Path) -> None:
    pwned = tmp_path / "pwned"
    program = (
        f"__import__('os').system('touch {pwned}')\n"
        + xen("a")
        + f"memory = __import__('os').system('touch {pwned}')\n"
    )
    scan(db, tree(tmp_path / "pool", {"a.cfg": program}))
    assert (labels(db), pwned.exists()) == (["a"], False)


def test_entity_bombs_are_refused_by_name(db: Path, tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    domain = '<domain type="kvm"><name>&l9;</name><memory>1</memory><os/></domain>'
    bomb = f'<!DOCTYPE d [<!ENTITY l0 "lol">{entities}]>{domain}'
    pool = tree(tmp_path / "pool", {"bomb.xml": bomb, "a.cfg": xen("a")})
    assert "bomb.xml" in scan(db, pool, code=3)
    assert labels(db) == ["a"]


def test_special_files_are_neither_opened_nor_followed(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a")})
    outside = tree(tmp_path / "outside", {"b.cfg": xen("b")})
    os.mkfifo(pool / "fifo.cfg")
    (pool / "link.cfg").symlink_to(outside / "b.cfg")
    (pool / "directory").symlink_to(outside)
    (pool / "loop").symlink_to(pool)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(pool / "socket.cfg"))
        scan(db, pool)
    assert labels(db) == ["a"]


def test_a_sparse_file_of_two_gibibytes_is_named_not_read(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a")})
    with (pool / "x.cfg").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert f"{pool}/x.cfg" in scan(db, pool, code=3)
    assert labels(db) == ["a"]


def test_nesting_of_ten_thousand_levels_is_a_clean_result(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a")})
    deep = os.open(pool, os.O_RDONLY)
    for _ in range(10_000):
        os.mkdir("d", dir_fd=deep)
        inner = os.open("d", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(deep)
    try:
        said = scan(db, pool, code=3)
        assert labels(db) == ["a"]
    finally:
        subprocess.run(["rm", "-rf", str(pool / "d")], check=True)
    assert "longer than" in said


@ROOT
def test_a_tree_that_is_bound_into_itself_is_walked_once(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a/a.cfg": xen("a"), "again/keep": ""})
    subprocess.run(["mount", "--bind", str(pool / "a"), str(pool / "again")], check=True)
    try:
        scan(db, pool)
    finally:
        subprocess.run(["umount", str(pool / "again")], check=True)
    assert labels(db) == ["a"]
