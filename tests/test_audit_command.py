"""`vhost audit` as a user calls it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from tests.commands import complaint, rows, run, tree, xen
from tests.conftest import ROOT
from tests.vhost.databases import machine_line, old_database

pytestmark = pytest.mark.xdist_group("audit")
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


def valid(document: object, name: str) -> None:
    """Fail if a document is not what a schema of the package says."""
    schemas = [json.loads(path.read_text()) for path in (ROOT / "vhost/ambiguity").glob("*.schema.json")]
    known = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
    (wanted,) = (schema for schema in schemas if schema["$id"].endswith(f"/{name}"))
    Draft202012Validator.check_schema(wanted)
    Draft202012Validator(wanted, registry=known).validate(document)


@pytest.fixture(scope="module")
def as_json(db: Path) -> list[dict[str, object]]:
    """Return what an audit of that database says as JSON."""
    found: list[dict[str, object]] = json.loads("\n".join(rows(run("vhost", "audit", "-p", db, "--format", "json"))))
    return found


def test_json_has_a_schema_that_it_keeps(as_json: list[dict[str, object]]) -> None:
    assert {"clone", "backup"} == {one["cause"] for one in as_json}
    valid(as_json, "audit.schema.json")


@pytest.mark.parametrize("wrong", [{"cause": "magic"}, {"machines": [{}]}, {"more": 1}, {"evidence": None}])
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, object], as_json: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        valid([{**as_json[0], **wrong}], "audit.schema.json")


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


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return a database into which a clone came with the second of two scans, and the scans."""
    work = tmp_path_factory.mktemp("changing")
    for name in ("web01", "web02"):
        root = tree(work / "pool", {f"{name}.cfg": xen(name, UUID)})
        assert run("vhost", "scan", "tree", "-p", work / "db", "--as-host", "lab00", root).returncode == 0
    return work / "db", [line.split(";")[0] for line in rows(run("vhost", "db", "scans", "-p", work / "db"))]


def test_diff_shows_what_is_new_between_two_scans(scans: tuple[Path, list[str]]) -> None:
    db, (first, second) = scans
    table = rows(run("vhost", "audit", "diff", first, second, "-p", db))
    assert (table[0], table[-1]) == ("new: 1", "collisions: 1 new")
    resolved = rows(run("vhost", "audit", "diff", second, first[:-3], "-p", db, "-f", "csv"))
    assert [row["change"] for row in csv.DictReader(resolved)] == ["resolved", "resolved"]


def test_since_compares_with_now_and_can_fail(scans: tuple[Path, list[str]]) -> None:
    db, (first, _) = scans
    done = run("vhost", "audit", "--since", first, "-p", db, "-f", "json", "--fail-on", "error")
    (change,) = json.loads(done.stdout)
    assert (done.returncode, change["change"], change["before"], change["after"]["cause"]) == (9, "new", None, "clone")
    valid([change], "audit-diff.schema.json")


def test_nothing_changed_is_said_and_fails_nothing(scans: tuple[Path, list[str]]) -> None:
    db, (_, second) = scans
    done = run("vhost", "audit", "diff", second, "-p", db, "--fail-on", "info")
    assert rows(done) == ["collisions: nothing changed"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["diff"], "two scans or times are compared"),
        (["diff", "1d", "--since", "2d"], "both scans and --since"),
        (["diff", "yesterday"], "neither a scan that is kept nor a time"),
        (["diff", "now", "now"], "has to begin in the past"),
        (["--since", "1d", "--html", "x.html"], "there is no page of changes"),
    ],
)
def test_wrong_times_are_one_line(words: list[str], says: str, scans: tuple[Path, list[str]]) -> None:
    done = run("vhost", "audit", *words, "-p", scans[0])
    assert (done.returncode, done.stdout, says in complaint(done)) == (1, "", True)


def test_a_damaged_scan_is_one_line_and_what_is_left_is_audited(scans: tuple[Path, list[str]], tmp_path: Path) -> None:
    db = tmp_path / "db"
    shutil.copytree(scans[0], db)
    older, newest = sorted(db.glob("scans/*/*.parquet"))
    newest.write_bytes(newest.read_bytes()[:100])
    done = run("vhost", "audit", "-p", db, "--fail-on", "error", "-f", "json")
    assert (done.returncode, json.loads(done.stdout)) == (3, []), "the scan before knows one machine"
    assert "left out" in complaint(done)
    older.unlink()
    newest.unlink()
    gone = run("vhost", "audit", "-p", db)
    assert (gone.returncode, "holds no records" in complaint(gone)) == (2, True)


def test_a_fleet_with_one_uuid_and_records_without_keys_is_one_line(tmp_path: Path) -> None:
    lines = [machine_line(pm="lab00", type="XEN", uuid="0" * 32, mac="ff:ff:ff:ff:ff:ff") for _ in range(150)]
    lines += [machine_line(pm="lab00", type="XEN", label=f"m{number}", uuid="a" * 30 + "b1") for number in range(151)]
    done = run("vhost", "audit", "-p", old_database(tmp_path / "db", [*lines, machine_line()]), "-f", "json")
    found = json.loads(done.stdout)
    assert {(one["key"], one["cause"], len(one["machines"])) for one in found} <= {
        (key, "placeholder", 0) for key in ("uuid", "mac")
    }
    valid(found, "audit.schema.json")


def test_an_empty_database_has_no_collisions(tmp_path: Path) -> None:
    (tmp_path / "enum.fdb").touch()
    (tmp_path / "macmap.fdb").touch()
    assert rows(run("vhost", "audit", "-p", tmp_path)) == ["collisions: none"]
    assert rows(run("vhost", "audit", "-p", tmp_path, "--format", "json")) == ["[]"]
