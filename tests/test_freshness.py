from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.asking import Ask, asking
from tests.commands import tree, xen
from tests.vhost.databases import machine_line, old_database
from vhost.cli import freshness

LINE = {"pm": "lab00", "type": "XEN", "label": "tst100", "id": "/x/tst100.conf"}


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a database whose one claim is three and a half days old."""
    db = old_database(tmp_path / "db", [machine_line(**LINE)])
    at = time.time() - 3.5 * 86_400
    os.utime(db / "enum.fdb", (at, at))
    return db


def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("VHOST_CONFIG", str(tmp_path / "vhost.toml"))
    (tmp_path / "vhost.toml").write_text(text)


def test_age_is_a_column_more_in_every_output(ask: Ask, old: Path) -> None:
    assert ask("vhost", "query", "-p", old, "--age", "-o", "l,pm").lines == ["lab00;tst100;3d"]
    assert ask("vhost", "query", "-p", old, "--age", "-o", "ctys").lines == ["lab00[/x/tst100.conf,tst100];3d"]
    table = ask("vhost", "query", "-p", old, "--age", "-o", "tab_gen:3_Label_8").lines
    assert table == ["Label   |age  ", "--------+-----", "tst100  |3d   "]
    assert "{age,48,3d}" in ask("vhost", "query", "-p", old, "--age", "-o", "rec_gen:3").stdout
    (row,) = json.loads(ask("vhost", "query", "-p", old, "--age", "--format", "json", "-o", "l").stdout)
    assert row["label"] == "tst100"
    assert timedelta(days=3) < timedelta(seconds=row["age"]) < timedelta(days=4)
    assert ask("vhost", "query", "-p", old, "-o", "l,pm").lines == ["lab00;tst100"]


def test_age_of_a_resolved_address(ask: Ask, old: Path) -> None:
    assert ask("vhost", "resolve", "-p", old, "--age", "l:tst100").stdout.split(";")[1::7] == ["unique", "3d\n"]
    row = json.loads(ask("vhost", "resolve", "-p", old, "--age", "-f", "ndjson", "l:tst100").stdout)
    assert row["age"] > 3 * 86_400
    assert json.loads(ask("vhost", "resolve", "-p", old, "--age", "-f", "ndjson", "l:none").stdout)["age"] is None


def test_answers_are_marked_only_where_a_limit_is_set_and_passed(
    ask: Ask, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = [
        ("ctys-vhost", "-p", old, "-o", "l,pm"),
        ("vhost", "query", "-p", old, "-o", "l,pm"),
        ("vhost", "resolve", "-p", old, "l:tst100"),
        ("vhost", "machine", "-p", old, "l:tst100"),
    ]
    plain = [ask(*command) for command in commands]
    assert [done.stderr for done in plain] == ["", "", "", ""]
    configure(tmp_path, monkeypatch, '[fresh]\nmachine = "4d"\n')
    assert [ask(*command).stderr for command in commands] == ["", "", "", ""]
    configure(tmp_path, monkeypatch, '[fresh]\nmachine = "3d"\n')
    marked = [ask(*command) for command in commands]
    assert [done.stdout for done in marked] == [done.stdout for done in plain]
    line = "vhost: stale: 1 claims of this answer are older than their limit, up to 3 days; vhost scan\n"
    assert [done.stderr for done in marked] == [line] * 4


def test_claims_of_the_macmap_are_marked_by_the_limit_of_their_kind(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, {"hosts": "192.0.2.1 a\n"})
    configure(tmp_path, monkeypatch, '[fresh]\ndhcp = "0s"\n')
    assert ask("vhost", "macmap", "import", "-p", tmp_path / "db", tmp_path / "hosts").code == 0
    assert "stale: 1 claims" in ask("vhost", "macmap", "query", "-p", tmp_path / "db", "a").stderr
    configure(tmp_path, monkeypatch, '[fresh]\nlease = "1d"\n')
    assert ask("vhost", "macmap", "query", "-p", tmp_path / "db", "a").stderr == ""


def test_the_audit_takes_the_limits_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"arp": timedelta(hours=1)}
    assert freshness.limits(typed) == typed
    configure(tmp_path, monkeypatch, '[fresh]\narp = "2h"\ndns = "3h"\n')
    assert freshness.limits(typed) == {"arp": timedelta(hours=1), "dns": timedelta(hours=3)}


def test_the_jobs_that_hold_the_claims_are_run_again_before_the_answer(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, {"pool/a.cfg": xen("a"), "hosts": "192.0.2.1 a\n"})
    jobs = f'database = "{tmp_path}/db"\n[jobs.pool]\ntree = "pool"\nfresh = "0s"\n[jobs.names]\nmacmap = "hosts"\n'
    configure(tmp_path, monkeypatch, jobs)
    assert ask("vhost", "query", "--refresh", "-o", "l").code == 7  # nothing was scanned yet
    assert ask("vhost", "scan").code == 0
    tree(tmp_path, {"pool/b.cfg": xen("b")})
    assert "older than their limit" in ask("vhost", "query", "-o", "l").stderr
    before = (tmp_path / "db/jobs/names.json").read_text()
    done = ask("vhost", "query", "--refresh", "-o", "l")
    assert done.lines == ["a", "b"]
    assert done.stderr.startswith("vhost: stale: 2 claims")
    assert done.stderr.endswith("; vhost scan --job pool\n")
    assert (tmp_path / "db/jobs/names.json").read_text() == before
    tree(tmp_path, {"pool/b.cfg": xen("b", uuid="26bb9d9c-7ae1-4bf7-a9d5-6a2d6b0a1ac7")})
    assert "26bb9d9c" in ask("vhost", "resolve", "--refresh", "l:b").lines[0]
    (tmp_path / "pool/b.cfg").unlink()
    assert "no machine" in ask("vhost", "machine", "--refresh", "l:b").stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("query", "--age", "--cost", "cnt"), "one column behind the record"),
        (("query", "--refresh"), "no job of the configuration made the claims of this answer"),
        (("resolve", "--refresh", "-"), "what is scanned again has to be known before"),
    ],
)
def test_what_cannot_be_done_is_one_line(ask: Ask, old: Path, arguments: tuple[str, ...], says: str) -> None:
    done = ask("vhost", arguments[0], "-p", old, *arguments[1:])
    assert (done.code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert says in done.stderr
