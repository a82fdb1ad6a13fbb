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


def test_an_empty_database_has_no_collisions(tmp_path: Path) -> None:
    (tmp_path / "enum.fdb").touch()
    (tmp_path / "macmap.fdb").touch()
    assert rows(run("vhost", "audit", "-p", tmp_path)) == ["collisions: none"]
    assert rows(run("vhost", "audit", "-p", tmp_path, "--format", "json")) == ["[]"]
