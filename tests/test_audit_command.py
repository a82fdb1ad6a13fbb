"""`vhost audit` as a user calls it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run, tree, xen
from tests.conftest import ROOT

UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a clone, a backup and a label that looks like HTML."""
    work = tmp_path_factory.mktemp("audit")
    files = {
        "a/web01.cfg": xen("web01", UUID, "00:16:3e:00:00:01"),
        "a/web01.cfg.bak": xen("web01", UUID, "00:16:3e:00:00:01") + "# older\n",
        "b/web02.cfg": xen("<img src=x onerror=alert(1)>", UUID, "00:16:3e:00:00:02"),
    }
    root = tree(work / "pool", files)
    assert run("vhost", "scan", "tree", "-p", work / "db", "--as-host", "lab00", root).returncode == 0
    return work / "db"


def test_the_table_groups_the_keys_and_shows_what_to_paste(db: Path) -> None:
    table = rows(run("vhost", "audit", "-p", db))
    assert [line.split("|")[1].strip() for line in table if line[:3] in {"err", "war"}] == ["clone", "backup"]
    assert any("f:web01.cfg.bak" in line for line in table)
    assert table[-1].startswith("collisions: ")


def test_json_has_a_schema_that_it_keeps(db: Path) -> None:
    schema = json.loads((ROOT / "vhost/ambiguity/audit.schema.json").read_text())["items"]
    found = json.loads("\n".join(rows(run("vhost", "audit", "-p", db, "--format", "json"))))
    assert {"clone", "backup"} == {one["cause"] for one in found}
    for one in found:
        assert sorted(one) == sorted(schema["required"])
        for part in ("machines", "evidence", "resolutions"):
            assert all(sorted(item) == sorted(schema["properties"][part]["items"]["required"]) for item in one[part])


def test_csv_has_a_row_for_each_machine(db: Path) -> None:
    text = "\n".join(rows(run("vhost", "audit", "-p", db, "--format", "csv", "--key", "uuid", "--cause", "clone")))
    assert [row["label"] for row in csv.DictReader(io.StringIO(text))] == ["web01", "<img src=x onerror=alert(1)>"]


def test_markdown_escapes_what_would_be_markup(db: Path) -> None:
    text = "\n".join(rows(run("vhost", "audit", "-p", db, "--format", "markdown")))
    assert "<img" not in text
    assert "&lt;img" in text


@pytest.mark.parametrize(("level", "code"), [("error", 9), ("critical", 0), ("warning", 9)])
def test_fail_on_decides_the_exit_code(level: str, code: int, db: Path) -> None:
    assert run("vhost", "audit", "-p", db, "--fail-on", level).returncode == code


def test_fail_on_judges_what_was_asked_for(db: Path) -> None:
    assert run("vhost", "audit", "-p", db, "--cause", "backup", "--fail-on", "error").returncode == 0


def test_terms_choose_the_collisions_of_machines_that_they_find(db: Path) -> None:
    found = json.loads("\n".join(rows(run("vhost", "audit", "-p", db, "-f", "json", "web02.cfg"))))
    assert {one["cause"] for one in found} == {"clone"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--key", "colour"], "no key"),
        (["--cause", "magic"], "known are multipath"),
        (["--severity", "awful"], "--severity"),
        (["--fail-on", "x"], "--fail-on"),
        (["--format", "pdf"], "--format"),
        (["--max-age", "machine=soon"], "KIND=AGE"),
    ],
)
def test_a_wrong_option_is_one_line(options: list[str], says: str, db: Path) -> None:
    done = run("vhost", "audit", "-p", db, *options)
    assert (done.returncode, says in complaint(done)) == (1, True)


def accepting(folder: Path, *entries: str) -> Path:
    path = folder / "accept.toml"
    path.write_text("".join(f"[[accept]]\n{entry}\nreason = 'standby'\n" for entry in entries))
    return path


def test_what_is_accepted_is_counted_on_stderr_and_fails_nothing(db: Path, tmp_path: Path) -> None:
    known = accepting(tmp_path, f"key = 'uuid'\nvalue = '{UUID}'\nexpires = 9999-12-31")
    done = run("vhost", "audit", "-p", db, "--cause", "clone", "--accept", known, "--fail-on", "error", "-f", "json")
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert complaint(done) == "vhost: 1 accepted, not shown; --show-accepted lists it"


def test_accepted_collisions_can_be_shown_with_their_reason(db: Path, tmp_path: Path) -> None:
    known = accepting(tmp_path, f"key = 'uuid'\nvalue = '{UUID}'\nexpires = 9999-12-31")
    table = rows(run("vhost", "audit", "-p", db, "--accept", known, "--show-accepted"))
    assert sum(line.endswith("accepted: standby") for line in table) == 2
    assert "clone" not in table[-1]


def test_an_expired_and_an_unmatched_entry_are_reported_and_accept_nothing(db: Path, tmp_path: Path) -> None:
    known = accepting(
        tmp_path,
        f"key = 'uuid'\nvalue = '{UUID}'\nexpires = 2020-01-31",
        "key = 'mac'\nvalue = '00:16:3e:00:00:09'\nexpires = 9999-12-31",
    )
    done = run("vhost", "audit", "-p", db, "--accept", known, "--fail-on", "error", "-f", "csv")
    assert (done.returncode, "clone" in done.stdout) == (9, True)
    assert [line.removeprefix(f"vhost: {known}: ")[:42] for line in done.stderr.splitlines()] == [
        "line 1: entry 1: expired on 2020-01-31: uu",
        "line 6: entry 2: no collision is like that",
    ]


def test_a_wrong_accept_file_is_one_line_and_no_audit(db: Path, tmp_path: Path) -> None:
    done = run("vhost", "audit", "-p", db, "--accept", accepting(tmp_path, "keey = 'uuid'"))
    assert (done.returncode, done.stdout, "perhaps key" in complaint(done)) == (1, "", True)
    assert run("vhost", "audit", "-p", db, "--accept", tmp_path / "none").returncode == 2


def test_an_empty_database_has_no_collisions(tmp_path: Path) -> None:
    (tmp_path / "enum.fdb").touch()
    (tmp_path / "macmap.fdb").touch()
    assert rows(run("vhost", "audit", "-p", tmp_path)) == ["collisions: none"]
    assert rows(run("vhost", "audit", "-p", tmp_path, "--format", "json")) == ["[]"]
