from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.asking import Ask, asking
from tests.commands import tree, xen

JOBS = """
database = "db"
[databases]
db = "db"
other = "other"
[jobs.pool]
tree = "pool"
as-host = "lab00"
[jobs.names]
macmap = "hosts"
every = "1h"
[jobs.zone]
dns = "lab.example"
file = "zone"
database = "other"
[jobs.gone]
tree = "nowhere"
"""


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    tree(
        tmp_path,
        {
            "pool/a.cfg": xen("a"),
            "pool/b.cfg": xen("b"),
            "hosts": "192.0.2.1 a\n192.0.2.2 b\n",
            "zone": "$ORIGIN lab.example.\n@ 60 IN SOA ns ns 1 1 1 1 1\n@ 60 IN NS ns\nns 60 IN A 192.0.2.3\n",
            "jobs.toml": JOBS,
        },
    )
    monkeypatch.setenv("VHOST_CONFIG", str(tmp_path / "jobs.toml"))
    return asking(capsys, monkeypatch)


def states(ask: Ask, *arguments: str) -> dict[str, str]:
    return {row["job"]: row["state"] for row in json.loads(ask("vhost", "scan", "--format", "json", *arguments).stdout)}


def row(ask: Ask, job: str, *columns: str) -> list[object]:
    (found,) = json.loads(ask("vhost", "scan", "--format", "json", "--job", job).stdout)
    return [found[column] for column in columns]


def test_every_job_that_is_due_is_scanned_and_one_that_fails_stops_no_other(ask: Ask, tmp_path: Path) -> None:
    done = ask("vhost", "scan", "--format", "json")
    assert done.code == 3
    assert [(row["job"], row["state"], row["new"]) for row in json.loads(done.stdout)] == [
        ("pool", "done", 2),
        ("names", "done", 2),
        ("zone", "done", 1),
        ("gone", "failed", None),
    ]
    assert done.stderr == f"vhost: job gone: {tmp_path}/nowhere: does not exist; check the path\n"
    assert ask("vhost", "query", "-o", "l,pm").lines == ["lab00;a", "lab00;b"]
    assert len(ask("vhost", "sql", "-p", "other", "--format", "ndjson", "from dns").lines) == 1


def test_only_what_is_due_is_scanned_again(ask: Ask, tmp_path: Path) -> None:
    lines = ask("vhost", "scan").stdout.splitlines()
    assert [cell.strip() for cell in lines[0].split("|")][:4] == ["job", "kind", "state", "records"]
    assert [cell.strip() for cell in lines[3].split("|")][:6] == ["names", "macmap", "done", "2", "2", ""]
    expected = {"pool": "fresh", "names": "fresh", "zone": "fresh", "gone": "failed"}
    assert states(ask) == expected
    assert states(ask, "--dry-run") == {**expected, "gone": "due"}
    _age(tmp_path / "db/jobs/names.json", hours=2)
    assert states(ask, "-n") == {**expected, "gone": "due", "names": "due"}
    assert states(ask, "--all")["pool"] == "done"
    tree(tmp_path, {"jobs.toml": JOBS.replace('"lab00"', '"lab01"')})
    assert states(ask, "-n")["pool"] == "due"


def _age(path: Path, hours: int) -> None:
    record = json.loads(path.read_text())
    record["succeeded"] = (datetime.fromisoformat(record["succeeded"]) - timedelta(hours=hours)).isoformat()
    path.write_text(json.dumps(record))


def test_a_job_that_is_named_is_scanned_due_or_not_and_says_what_changed(ask: Ask, tmp_path: Path) -> None:
    assert row(ask, "pool", "records", "new", "changed", "vanished") == [2, 2, 0, 0]
    tree(tmp_path, {"pool/a.cfg": xen("a", mac="00:16:3e:00:00:01"), "pool/c.cfg": xen("c")})
    (tmp_path / "pool/b.cfg").unlink()
    assert row(ask, "pool", "state", "records", "new", "changed", "vanished") == ["done", 2, 1, 1, 1]
    assert list(states(ask, "--job", "pool,names", "-j", "zone")) == ["pool", "names", "zone"]


def test_a_job_whose_place_is_gone_is_partial_and_due_again(ask: Ask, tmp_path: Path) -> None:
    ask("vhost", "scan", "--job", "pool")
    shutil.move(tmp_path / "pool", tmp_path / "away")
    assert row(ask, "pool", "state", "records", "vanished") == ["partial", 2, 0]
    assert states(ask, "-n")["pool"] == "due"
    assert len(ask("vhost", "query", "-o", "l").lines) == 2


def test_a_database_that_cannot_be_written_fails_its_own_jobs_only(ask: Ask, tmp_path: Path) -> None:
    tree(tmp_path, {"jobs.toml": JOBS.replace('other = "other"', 'other = "hosts/db"'), "db/jobs": "in the way"})
    done = ask("vhost", "scan", "--format", "json", "-j", "names,zone")
    assert {row["job"]: row["state"] for row in json.loads(done.stdout)} == {"names": "done", "zone": "failed"}
    assert f"vhost: job zone: {tmp_path}/hosts/db: cannot be made: Not a directory" in done.stderr
    assert "cannot remember job names" in done.stderr
    assert done.code == 3
    assert len(ask("vhost", "macmap", "query").lines) == 2


def test_a_dry_run_stores_nothing(ask: Ask, tmp_path: Path) -> None:
    assert set(states(ask, "--dry-run").values()) == {"due"}
    assert not (tmp_path / "db").exists()


def test_wrong_calls_are_one_line(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ask("vhost", "scan", "--job", "pol")
    assert (wrong.code, wrong.stderr) == (
        1,
        f"vhost: job pol: no such job in {tmp_path}/jobs.toml; did you mean pool?\n",
    )
    assert ask("vhost", "scan", "--dry-run", "tree", "/x").code == 1
    monkeypatch.setenv("VHOST_CONFIG", "")
    none = ask("vhost", "scan")
    assert (none.code, "no jobs in" in none.stderr) == (1, True)
    assert not (tmp_path / "db").exists()


def test_the_commands_of_a_scan_are_as_before(ask: Ask, tmp_path: Path) -> None:
    assert ask("vhost", "scan", "tree", "-p", tmp_path / "db", tmp_path / "pool").code == 0
    assert ask("vhost", "query", "-p", tmp_path / "db", "-o", "l").lines == ["a", "b"]
