"""`vhost macmap export`, as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import rows, run

MAC, OTHER = "52:54:00:00:00:01", "52:54:00:00:00:02"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return a database of two hosts, one of them with a name that is meant to harm."""
    (tmp_path / "db").mkdir()
    evil = "b\\x0a}\\x0ahost evil { hardware ethernet 0:0:0:0:0:1\\x3b }"
    (tmp_path / "db/macmap.fdb").write_text(f"a;{MAC};10.0.0.1;\n{evil};{OTHER};10.0.0.2;\n")
    return tmp_path / "db"


def imported(db: Path, text: str) -> None:
    (db.parent / "more").write_text(text)
    assert run("vhost", "macmap", "import", "-p", db, db.parent / "more").returncode == 0


def test_a_name_that_would_break_the_format_is_left_out_and_named(db: Path) -> None:
    done = run("vhost", "macmap", "export", "-p", db, "dhcpd")
    assert (done.returncode, done.stdout) == (3, f"host a {{ hardware ethernet {MAC}; fixed-address 10.0.0.1; }}\n")
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be said in dhcpd" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_takes_every_name_and_comes_back(form: str, db: Path) -> None:
    assert run("vhost", "macmap", "export", "-p", db, form, "--output", db.parent / "out").returncode == 0
    again = run("vhost", "macmap", "import", "-p", db.parent / "again", db.parent / "out")
    assert again.returncode == 0, again.stderr
    both = [rows(run("vhost", "macmap", "query", "-p", path, "-u")) for path in (db, db.parent / "again")]
    assert both[0] == both[1]


def test_claims_that_contradict_each_other_are_refused(db: Path) -> None:
    imported(db, f"{MAC} other\n")
    done = run("vhost", "macmap", "export", "-p", db, "ethers", MAC, "--output", db.parent / "out")
    assert (done.returncode, done.stdout, (db.parent / "out").exists()) == (11, "", False)
    assert f"MAC {MAC} has 2 names: a, other" in done.stderr


def test_claims_that_contradict_each_other_are_marked(db: Path) -> None:
    imported(db, f"{MAC} other\n{OTHER[:-1]}9 fine\n")
    done = run("vhost", "macmap", "export", "-p", db, "ethers", "--collisions", "mark", "a;|fine|other")
    reason = f"# collision: MAC {MAC} has 2 names: a, other"
    assert rows(done) == [reason, f"# {MAC} a", f"{OTHER[:-1]}9 fine", reason, f"# {MAC} other"]
    assert "2 claims contradict others and are marked" in done.stderr


def test_claims_that_contradict_each_other_as_they_are(db: Path) -> None:
    imported(db, f"{MAC} other\n")
    done = run("vhost", "macmap", "export", "-p", db, "ethers", "--collisions", "all", MAC)
    assert rows(done) == [f"{MAC} a", f"{MAC} other"]


def test_what_has_expired_comes_along_where_it_is_wanted(db: Path) -> None:
    imported(db, f"1508141363 {MAC[:-1]}7 10.0.0.7 old *\n")
    command = ("vhost", "macmap", "export", "-p", db, "hosts", "old")
    assert rows(run(*command)) == []
    assert rows(run(*command, "--ended")) == ["10.0.0.7\told"]


def test_what_a_format_has_no_room_for_is_counted(db: Path) -> None:
    imported(db, "10.0.0.9 only-a-name\n")
    done = run("vhost", "macmap", "export", "-p", db, "kea", "only-a-name")
    assert done.returncode == 0
    assert "1 claims left out: kea has no room for what they say" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["excel"], 1),
        (["csv", "--collisions", "ignore"], 1),
        (["csv", "-p", "/nowhere"], 7),
        (["csv", "[["], 1),
        ([], 1),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], code: int, db: Path) -> None:
    where = [] if "-p" in arguments else ["-p", str(db)]
    done = run("vhost", "macmap", "export", *where, *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (code, 1)
