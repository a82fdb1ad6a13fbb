from __future__ import annotations

from pathlib import Path

import pytest

from tests.asking import Ask, asking


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setenv("VHOST_CONFIG", "")  # put back at the end, whatever --config makes of it
    return asking(capsys, monkeypatch)


def test_the_path_is_shown_whether_the_file_is_there_or_not(ask: Ask, tmp_path: Path) -> None:
    assert ask("vhost", "config", "path").lines == [str(Path.home() / ".config/vhost/config.toml")]
    assert ask("vhost", "config", "path", "--config", tmp_path / "x").lines == [str(tmp_path / "x")]


def test_every_value_is_shown_with_where_it_comes_from(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[scan]\nevery = "2h"\n[jobs.pool]\ntree = "/vmpool"\n[jobs.dhcp]\nmacmap = "/x"\nevery = "90s"\n')
    shown = [line.split("  # ") for line in ask("vhost", "config", "show", "--config", file).lines]
    origins = {value.strip(): origin for value, origin in shown}
    assert origins['scan.every = "2h"'] == f"{file}:2"
    assert origins["scan.parallel = 4"] == "default"
    assert origins['jobs.pool.tree = ["/vmpool"]'] == f"{file}:4"
    assert origins['jobs.pool.every = "2h"'] == f"{file}:2"
    assert origins['jobs.dhcp.every = "90s"'] == f"{file}:7"


def test_the_environment_is_shown_where_it_decides(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VHOST_DB", "/srv/db")
    (first, *_) = ask("vhost", "config", "show").lines
    assert first.split() == ["database", "=", '"/srv/db"', "#", "VHOST_DB", "of", "the", "environment"]


def test_what_is_shown_is_a_configuration(ask: Ask, tmp_path: Path) -> None:
    one, other = tmp_path / "1.toml", tmp_path / "2.toml"
    one.write_text('database = "a"\n[databases]\na = "/a"\n[jobs."x.y"]\ndns = ["lab"]\nserver = "::1"\nwhole = true\n')
    shown = ask("vhost", "config", "show", "--config", one).stdout
    other.write_text(shown)
    again = ask("vhost", "config", "show", "--config", other).stdout
    values, repeated = ([line.split("  # ")[0] for line in text.splitlines()] for text in (shown, again))
    assert repeated == values


def test_a_check_names_every_problem_and_exits_1(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[jobs.pool]\ntre = '/x'\n[scan]\nparalel = 2\n")
    done = ask("vhost", "config", "check", "--config", file)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"vhost: {file}:1: job pool does not say what it scans; add one of tree, arp, neighbours, dns, macmap, live",
        f"vhost: {file}:2: unknown key 'tre' in [jobs.pool]; did you mean tree?",
        f"vhost: {file}:4: unknown key 'paralel' in [scan]; did you mean parallel?",
    ]


def test_a_sound_file_and_a_missing_one(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    assert ask("vhost", "config", "check").code == 2
    file.write_text("[jobs.run]\nlive = []\n")
    assert ask("vhost", "config", "check", "--config", file).lines == [f"{file}: 0 databases, 1 jobs, all of it sound"]


def test_a_wrong_configuration_stops_every_command_with_one_line(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[job.pool]\n")
    for command in (("query",), ("scan",), ("db", "path"), ("config", "show")):
        done = ask("vhost", "--config", file, *command)
        assert (done.code, done.stdout) == (1, "")
        assert done.stderr == f"vhost: {file}:1: unknown key 'job'; did you mean jobs?\n"
    assert [path.name for path in tmp_path.iterdir()] == ["c.toml"]


def editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_new_file_is_an_example_and_what_was_edited_is_checked(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new/c.toml"
    monkeypatch.setenv("VISUAL", editor(tmp_path, 'echo "[jbos]" >>"$1"'))
    done = ask("vhost", "config", "edit", "--config", file)
    assert (done.code, "unknown key 'jbos'; did you mean jobs?" in done.stderr) == (1, True)
    assert file.read_text().startswith("# The configuration of vhost.")


def test_an_editor_that_fails_is_named(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", editor(tmp_path, "exit 3"))
    done = ask("vhost", "config", "edit", "--config", tmp_path / "c.toml")
    assert (done.code, "ended with exit code 3" in done.stderr) == (1, True)
