"""The page of `vhost audit` as a user asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.asking import Ask, asking
from tests.commands import run, tree, xen

UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a clone and a backup."""
    work = tmp_path_factory.mktemp("audit")
    files = {name: xen("web01", UUID) for name in ("web01.cfg", "web01.cfg.bak")} | {"web02.cfg": xen("web02", UUID)}
    done = run("vhost", "scan", "tree", "-p", work / "db", "--as-host", "lab00", tree(work / "pool", files))
    assert done.returncode == 0
    return work / "db"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


def test_the_page_is_written_beside_the_table(db: Path, tmp_path: Path, ask: Ask) -> None:
    done = ask("vhost", "audit", "-p", db, "--html", tmp_path / "audit.html")
    assert done.lines == ask("vhost", "audit", "-p", db).lines
    assert (tmp_path / "audit.html").read_text("utf-8").count("<details") == 3


def test_the_page_counts_for_fail_on_as_every_format_does(db: Path, tmp_path: Path, ask: Ask) -> None:
    assert ask("vhost", "audit", "-p", db, "--html", tmp_path / "a.html", "--fail-on", "error").code == 9
    assert (tmp_path / "a.html").exists()


def test_the_page_as_a_format_goes_to_stdout_or_the_file_of_output(db: Path, tmp_path: Path, ask: Ask) -> None:
    asked = ["vhost", "audit", "-p", db, "--format", "html", "--cause", "backup"]
    page = ask(*map(str, asked)).lines
    assert ask(*map(str, asked), "--output", tmp_path / "a.html").lines == []
    written = (tmp_path / "a.html").read_text("utf-8").splitlines()
    assert (page[0], page[-1], len(page)) == ("<!DOCTYPE html>", "</html>", len(written))


def test_a_severity_that_was_asked_for_holds_for_the_page_too(db: Path, tmp_path: Path, ask: Ask) -> None:
    assert ask("vhost", "audit", "-p", db, "--html", tmp_path / "a.html", "--severity", "error").code == 0
    assert 'data-severity="warning"' not in (tmp_path / "a.html").read_text("utf-8")


def test_what_is_accepted_is_in_the_page_if_it_is_to_be_shown(db: Path, tmp_path: Path, ask: Ask) -> None:
    entry = f'[[accept]]\nkey = "uuid"\nvalue = "{UUID}"\nreason = "a <b>standby</b>"\nexpires = 9999-01-01\n'
    (tmp_path / "known.toml").write_text(entry)
    asked = ["vhost", "audit", "-p", str(db), "-f", "html", "--accept", str(tmp_path / "known.toml")]
    assert "standby" not in ask(*asked).stdout
    page = ask(*asked, "--show-accepted").lines
    assert page.count("<p><em>accepted</em> a &lt;b&gt;standby&lt;/b&gt;</p>") == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--html", "-"], "--format html"),
        (["--html", "a.html", "--format", "html"], "not both"),
        (["--html", "a.html", "--output", "./a.html"], "two files"),
        (["--html", "a.html", "diff", "7d"], "no page of changes"),
        (["--html", "no/such/folder/a.html"], "cannot be written"),
    ],
)
def test_a_page_without_a_file_of_its_own_is_one_line(
    options: list[str], says: str, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.chdir(tmp_path)
    done = ask("vhost", "audit", "-p", db, *options)
    assert (done.code, done.stdout, says in done.stderr, done.stderr.count("\n")) == (1, "", True, 1)
    assert list(tmp_path.iterdir()) == []
