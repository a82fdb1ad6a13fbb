from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.commands import BIN, complaint, rows, run, tree, xen

MAC = "00:16:3e:00:00:01"
UUID = "26bb9d9c-7ae1-4bf7-a9d5-6a2d6b0a1ac7"


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    return tree(tmp_path / "pool", {"a/a.cfg": xen("a", mac=MAC), "b/b.cfg": xen("b")})


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "db"


def scan(db: Path, *arguments: str | Path, code: int = 0) -> str:
    done = run("vhost", "scan", "tree", "-p", db, *arguments)
    assert done.returncode == code, done.stderr
    return done.stderr


def labels(db: Path, *arguments: str) -> list[str]:
    return rows(run("ctys-vhost", "-p", db, "-o", "l", *arguments))


def claims(db: Path, columns: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(db / "cache.duckdb"), read_only=True) as con:
        return con.execute(f"SELECT {columns} FROM machine ORDER BY label").fetchall()


def test_a_scanned_tree_can_be_queried(pool: Path, db: Path) -> None:
    scan(db, "--as-host", "lab00", pool)
    assert rows(run("ctys-vhost", "-p", db, "-o", "pm,st,l,id,m")) == [
        f"lab00;XEN;a;{pool}/a/a.cfg;{MAC}",
        f"lab00;XEN;b;{pool}/b/b.cfg;",
    ]


def test_every_record_says_where_and_when_it_was_seen(pool: Path, db: Path) -> None:
    scan(db, pool)
    stat = (pool / "a/a.cfg").stat()
    (first, _) = claims(
        db, "scanner, path, device, inode, size, epoch_ns(mtime), mount IS NOT NULL, seen_at IS NOT NULL, stale"
    )
    assert first == (
        "xen",
        f"{pool}/a/a.cfg",
        stat.st_dev,
        stat.st_ino,
        stat.st_size,
        stat.st_mtime_ns,
        True,
        True,
        False,
    )


def test_the_same_tree_as_two_hosts_is_two_views(pool: Path, db: Path) -> None:
    scan(db, "--as-host", "lab00", pool)
    scan(db, "--as-host", "lab01", pool)
    assert rows(run("ctys-vhost", "-p", db, "-o", "pm,l")) == ["lab00;a", "lab00;b", "lab01;a", "lab01;b"]


def test_an_unchanged_file_is_not_read_again(pool: Path, db: Path) -> None:
    scan(db, pool)
    before = claims(db, "label, content_hash, line")
    assert "files read: 0, unchanged: 2" in scan(db, pool)
    assert claims(db, "label, content_hash, line") == before


def test_an_unchanged_file_is_seen_anew(pool: Path, db: Path) -> None:
    scan(db, pool)
    before = claims(db, "seen_at, scan_id")
    scan(db, pool)
    after = claims(db, "seen_at, scan_id")
    assert all(new > old for (new, _), (old, _) in zip(after, before, strict=True))  # type: ignore[operator]


def test_a_changed_file_replaces_its_claim(pool: Path, db: Path) -> None:
    scan(db, pool)
    (pool / "a/a.cfg").write_text(xen("renamed"))
    scan(db, pool)
    assert sorted(labels(db)) == ["b", "renamed"]


def test_an_older_file_that_is_copied_into_place_is_noticed(pool: Path, db: Path) -> None:
    scan(db, pool)
    (pool / "a/a.cfg").write_text(xen("c", mac=MAC))
    os.utime(pool / "a/a.cfg", (0, 0))
    scan(db, pool)
    assert labels(db, "^.*;c;") == ["c"]


def test_a_vanished_file_takes_its_claim_with_it(pool: Path, db: Path) -> None:
    scan(db, pool)
    shutil.rmtree(pool / "a")
    assert "vanished: 1" in scan(db, pool)
    assert labels(db) == ["b"]


def test_a_root_that_is_gone_keeps_its_claims_as_stale(pool: Path, db: Path) -> None:
    scan(db, pool)
    pool.rename(pool.with_name("elsewhere"))
    said = scan(db, pool, code=3)
    assert f"{pool}: does not exist" in said
    assert claims(db, "label, stale") == [("a", True), ("b", True)]


def test_stale_claims_become_current_again(pool: Path, db: Path) -> None:
    scan(db, pool)
    pool.rename(pool.with_name("elsewhere"))
    scan(db, pool, code=3)
    pool.with_name("elsewhere").rename(pool)
    scan(db, pool)
    assert claims(db, "label, stale") == [("a", False), ("b", False)]


def test_a_file_that_breaks_keeps_what_it_said_before_as_stale(pool: Path, db: Path) -> None:
    tree(pool, {"c/c.xml": "<domain type='kvm'><name>c</name><memory>1024</memory></domain>"})
    scan(db, pool)
    tree(pool, {"c/c.xml": "<domain type='kvm'><name>c</name><memory>1024</memory><devices>"})
    scan(db, pool, code=3)
    assert claims(db, "label, stale") == [("a", False), ("b", False), ("c", True)]


@pytest.mark.parametrize("content", ["", "\0" * 200, "<domain", "name = "])
def test_a_configuration_that_becomes_unreadable_text_is_not_forgotten(pool: Path, db: Path, content: str) -> None:
    scan(db, pool)
    (pool / "a/a.cfg").write_text(content)
    said = scan(db, pool, code=3)
    assert "was a configuration and is none now" in said
    assert claims(db, "label, stale") == [("a", True), ("b", False)]


def test_a_stale_claim_stays_stale_until_its_file_speaks_again(pool: Path, db: Path) -> None:
    scan(db, pool)
    (pool / "a/a.cfg").write_text("")
    scan(db, pool, code=3)
    scan(db, pool, code=3)
    assert claims(db, "label, stale") == [("a", True), ("b", False)]
    (pool / "a/a.cfg").write_text(xen("a"))
    scan(db, pool)
    assert claims(db, "label, stale") == [("a", False), ("b", False)]


def test_a_file_that_is_marked_to_be_ignored_ends_its_claim(pool: Path, db: Path) -> None:
    scan(db, pool)
    (pool / "a/a.cfg").write_text(xen("a") + "#@#MAGICID-IGNORE\n")
    scan(db, pool)
    assert labels(db) == ["b"]


def test_a_path_that_never_was_is_exit_2_and_stores_nothing(db: Path, tmp_path: Path) -> None:
    done = run("vhost", "scan", "tree", "-p", db, tmp_path / "none")
    assert (done.returncode, "does not exist" in complaint(done), (db / "scans").exists()) == (2, True, False)


def test_a_missing_path_does_not_cost_the_others(pool: Path, db: Path, tmp_path: Path) -> None:
    scan(db, pool, tmp_path / "none", code=3)
    assert labels(db) == ["a", "b"]


def test_an_empty_tree_is_a_clean_result(db: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    scan(db, tmp_path / "empty")
    assert labels(db) == []


def test_a_type_filter_forgets_nothing_else(pool: Path, db: Path) -> None:
    tree(
        pool,
        {"v/v.vmx": 'config.version = "8"\nvirtualHW.version = "8"\ndisplayName = "v"\nmemsize = "64"\n'},
    )
    scan(db, pool)
    tree(pool, {"a/a.cfg": xen("a2")})
    scan(db, "-T", "vmware", pool)
    assert sorted(labels(db)) == ["a", "b", "v"]


def test_an_unknown_type_is_said(pool: Path, db: Path) -> None:
    done = run("vhost", "scan", "tree", "-p", db, "-T", "nonsense", pool)
    assert (done.returncode, "nonsense" in complaint(done)) == (1, True)


def test_print_without_storing_shows_what_would_be_stored(pool: Path, db: Path) -> None:
    printed = rows(run("vhost", "scan", "tree", "-p", db, "--print", "--no-store", "--as-host", "lab00", pool))
    scan(db, "--as-host", "lab00", pool)
    assert not [line for line in printed if line.split(";")[31]]
    assert [line.split(";")[:6] for line in printed] == [
        line.split(";")[:6] for line in rows(run("ctys-vhost", "-p", db, "-o", "machine"))
    ]


def test_print_without_storing_makes_no_database(pool: Path, db: Path) -> None:
    run("vhost", "scan", "tree", "-p", db, "--print", "--no-store", pool)
    assert not db.exists()


def test_enumerate_shows_typed_records_and_stores_nothing(pool: Path, tmp_path: Path) -> None:
    done = run("vhost", "enumerate", "--format", "json", pool, env={"VHOST_DB": str(tmp_path / "db")})
    found = json.loads(done.stdout)
    assert [(one["label"], one["vram"], one["mac"]) for one in found] == [("a", 512, MAC), ("b", 512, None)]
    assert not (tmp_path / "db").exists()


def test_enumerate_speaks_the_old_outputs(pool: Path) -> None:
    assert rows(run("vhost", "enumerate", "-o", "title,l,st", pool)) == ["SessionType;Label", "XEN;a", "XEN;b"]


def test_the_old_door_scans_several_bases(pool: Path, db: Path, tmp_path: Path) -> None:
    other = tree(tmp_path / "other", {"c.cfg": xen("c")})
    done = run("ctys-vdbgen", f"--base={pool}%{other}", f"--cacheDB={db}", "--append", "--", "localhost")
    assert done.returncode == 0
    assert sorted(labels(db)) == ["a", "b", "c"]


def test_replace_sets_the_other_scans_aside(pool: Path, db: Path, tmp_path: Path) -> None:
    other = tree(tmp_path / "other", {"c.cfg": xen("c")})
    run("ctys-vdbgen", f"--base={pool}", f"--cacheDB={db}")
    (db / "enum.fdb").write_text("lab09;XEN;old\n")
    (db / "macmap.fdb").touch()
    run("ctys-vdbgen", f"--base={other}", f"--cacheDB={db}", "--replace", "--", "localhost")
    assert labels(db) == ["c"]
    assert [path.read_text() for path in db.glob("replaced/*/enum.fdb")] == ["lab09;XEN;old\n"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--base"),
        (["--base=/x", "--append", "--replace"], "exclude"),
        (["--base=/x", "--", "lab01"], "lab01"),
        (["--base=/x", "--threads=0"], "--threads"),
    ],
)
def test_a_wrong_call_of_the_old_door_is_one_line(arguments: list[str], says: str) -> None:
    done = run("ctys-vdbgen", *arguments)
    assert (done.returncode, says in complaint(done)) == (1, True)


def test_a_contradiction_between_tags_and_format_is_recorded(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a", mac=MAC) + '#@#LABEL="other"\n#@#MAC0="00:16:3e:00:00:99"\n'})
    scan(db, pool)
    with duckdb.connect(str(db / "cache.duckdb"), read_only=True) as con:
        found = con.execute('SELECT "column", kept, other FROM conflict ORDER BY ALL').fetchall()
    assert found == [("label", "a", "other"), ("mac", MAC, "00:16:3e:00:00:99")]


def test_disks_are_a_table_of_their_own(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a", disk="['phy:/dev/vg/a,xvda,w']")})
    scan(db, pool)
    with duckdb.connect(str(db / "cache.duckdb"), read_only=True) as con:
        found = con.execute("SELECT target, source, readonly, exclusive FROM disk").fetchall()
    assert found == [("xvda", "/dev/vg/a", False, True)]


def test_only_the_last_scans_of_a_place_are_kept(pool: Path, db: Path) -> None:
    for _ in range(5):
        scan(db, pool)
    assert sorted(path.name for path in db.glob("scans/*/*")) == [
        "00000003.parquet",
        "00000004.parquet",
        "00000005.parquet",
    ]


def test_prune_keeps_what_it_is_told_to(pool: Path, db: Path) -> None:
    scan(db, pool)
    scan(db, pool)
    rows(run("vhost", "db", "prune", "-p", db, "--keep", "1"))
    assert (sorted(path.name for path in db.glob("scans/*/*")), labels(db)) == (["00000002.parquet"], ["a", "b"])


def test_a_damaged_segment_is_left_out_and_the_one_before_counts(pool: Path, db: Path) -> None:
    scan(db, pool)
    (folder,) = db.glob("scans/*")
    (folder / "00000002.parquet").write_bytes(b"PAR1 half a file")
    done = run("ctys-vhost", "-p", db, "-o", "l")
    assert (done.stdout, "00000002.parquet: left out" in done.stderr) == ("a\nb\n", True)


def test_check_names_what_is_damaged(pool: Path, db: Path) -> None:
    scan(db, pool)
    (folder,) = db.glob("scans/*")
    (folder / "00000002.parquet").write_bytes(b"PAR1 half a file")
    done = run("vhost", "db", "check", "-p", db)
    assert (done.returncode, "00000002.parquet" in done.stderr) == (8, True)


def test_check_of_a_sound_database_is_0(pool: Path, db: Path) -> None:
    scan(db, pool)
    assert run("vhost", "db", "check", "-p", db).returncode == 0


def test_scans_of_another_site_can_be_copied_in(pool: Path, db: Path, tmp_path: Path) -> None:
    scan(db, "--as-host", "far", pool)
    shutil.copytree(db / "scans", tmp_path / "here/scans")
    assert rows(run("ctys-vhost", "-p", tmp_path / "here", "-o", "pm,l")) == ["far;a", "far;b"]


def test_status_tells_scans_claims_and_findings(pool: Path, db: Path) -> None:
    tree(pool, {"bad/bad.xml": "<domain type='kvm'><name>x</name><memory>1</memory><devices>"})
    scan(db, "--as-host", "lab00", pool, code=3)
    said = "\n".join(rows(run("vhost", "db", "status", "-p", db)))
    assert "2 records of 2 configurations" in said
    assert f"{pool} as lab00" in said
    assert "bad.xml" in said


def test_path_tells_which_database_a_call_uses(tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    default = rows(run("vhost", "db", "path"))
    (home / ".ctys/db/default").mkdir(parents=True)
    old = rows(run("vhost", "db", "path"))
    named = rows(run("vhost", "db", "path", env={"VHOST_DB": f"{tmp_path}/a:{tmp_path}/b"}))
    assert (default, old, named) == (
        [f"{home}/.local/share/vhost/db/default"],
        [f"{home}/.ctys/db/default"],
        [f"{tmp_path}/a", f"{tmp_path}/b"],
    )


def test_the_duckdb_command_line_client_opens_a_snapshot(pool: Path, db: Path) -> None:
    scan(db, pool)
    asked = "SELECT label, vram FROM machine ORDER BY 1; FROM collision SELECT count(*) AS shared"
    done = run("duckdb", "-readonly", "-csv", db / "cache.duckdb", asked)
    assert rows(done) == ["label,vram", "a,512", "b,512", "shared", "0"]


def test_a_damaged_segment_is_named_at_every_query(pool: Path, db: Path) -> None:
    scan(db, pool)
    (folder,) = db.glob("scans/*")
    (folder / "00000001.parquet").write_bytes(b"PAR1 half a file")
    said = [run("ctys-vhost", "-p", db, "-o", "l").stderr for _ in range(2)]
    assert [text.count("00000001.parquet: left out") for text in said] == [1, 1]
    assert "00000001.parquet" in run("vhost", "db", "status", "-p", db).stdout


def test_the_newest_scan_that_covers_a_path_decides(pool: Path, db: Path, tmp_path: Path) -> None:
    scan(db, pool)
    scan(db, tmp_path)
    (pool / "b/b.cfg").rename(pool / "b/c.cfg")
    scan(db, pool)
    assert sorted(rows(run("ctys-vhost", "-p", db, "-o", "id"))) == [f"{pool}/a/a.cfg", f"{pool}/b/c.cfg"]


def test_a_partial_scan_does_not_end_what_another_scan_knows(pool: Path, db: Path, tmp_path: Path) -> None:
    scan(db, pool)
    tree(tmp_path, {"bad.xml": "<domain type='kvm'><name>x</name><memory>1</memory><devices>"})
    (pool / "b/b.cfg").unlink()
    scan(db, tmp_path, code=3)
    assert labels(db) == ["a", "b"]


def test_another_host_s_view_is_not_decided_by_ours(pool: Path, db: Path, tmp_path: Path) -> None:
    scan(db, "--as-host", "lab00", pool)
    shutil.rmtree(pool / "b")
    scan(db, "--as-host", "lab01", tmp_path)
    assert rows(run("ctys-vhost", "-p", db, "-o", "pm,l")) == ["lab00;a", "lab00;b", "lab01;a"]


def test_a_partial_scan_replaces_nothing(pool: Path, db: Path, tmp_path: Path) -> None:
    other = tree(tmp_path / "other", {"c.cfg": xen("c")})
    run("ctys-vdbgen", f"--base={pool}", f"--cacheDB={db}")
    done = run("ctys-vdbgen", f"--base={other}%{tmp_path}/typo", f"--cacheDB={db}", "--replace")
    assert (done.returncode, sorted(labels(db)), "nothing was replaced" in done.stderr) == (3, ["a", "b", "c"], True)


def test_a_machine_is_not_lost_for_its_name(db: Path, tmp_path: Path) -> None:
    nameless = {
        "x.cfg": "memory = 512\nkernel = '/boot/k'\nvif = ['mac=00:16:3e:00:00:01']\n",
        "v.xml": f"<domain type='kvm'><uuid>{UUID}</uuid><memory>1024</memory><os/></domain>",
    }
    scan(db, tree(tmp_path / "pool", nameless))
    assert rows(run("ctys-vhost", "-p", db, "-o", "st,l,m,u")) == [
        f"LIBVIRT;;{UUID};",
        "XEN;;;00:16:3e:00:00:01",
    ]


def test_scans_of_one_place_at_once_all_succeed(pool: Path, db: Path) -> None:
    scan(db, pool)
    for _ in range(3):
        started = [
            subprocess.Popen([BIN / "vhost", "scan", "tree", "-p", db, pool], stderr=subprocess.PIPE) for _ in range(4)
        ]
        said = [one.communicate(timeout=120)[1].decode() for one in started]
        assert [one.returncode for one in started] == [0] * 4, said
    assert labels(db) == ["a", "b"]


def test_a_file_with_an_unclear_spot_is_not_read_again(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"a.cfg": xen("a") + "vcpus = unknown()\n"})
    assert "a.cfg: line 3" in scan(db, pool)
    assert "files read: 0, unchanged: 1" in scan(db, pool)


def test_status_names_places_that_were_not_read(pool: Path, db: Path) -> None:
    with (pool / "x.cfg").open("wb") as file:
        file.truncate(2**21)
    scan(db, pool, code=3)
    assert f"finding    {pool}/x.cfg: 2097152 bytes" in run("vhost", "db", "status", "-p", db).stdout


@pytest.mark.parametrize("command", [["vhost"], ["vhost", "macmap"], ["vhost", "db"]])
def test_a_bare_command_shows_its_help(command: list[str]) -> None:
    done = run(*command)
    assert (done.returncode, done.stdout.startswith(f"Usage: {' '.join(command)}"), done.stderr) == (0, True, "")


def test_a_missing_path_is_named_with_the_command(db: Path) -> None:
    done = run("vhost", "scan", "tree", "-p", db)
    assert (done.returncode, "PATH" in complaint(done), "vhost scan tree" in done.stderr) == (1, True, True)
