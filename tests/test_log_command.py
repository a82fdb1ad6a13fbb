"""`vhost log`: the last actions as a table, as typed rows, or whole."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.commands import complaint, rows, run

ENTRY = {"at": "2026-02-03T10:11:12+00:00", "who": "acue@ws2", "verb": "poweroff", "label": "tst100", "host": "lab00"}
REFUSED = {
    **ENTRY,
    "exit": 12,
    "says": "its UUID is \u001b[1m'1'; scan again",
    "seconds": 0.25,
    "plan": ["xl destroy 3"],
}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return surroundings in which two actions were logged."""
    state = tmp_path / "vhost"
    state.mkdir()
    (state / "actions.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in ({**ENTRY, "exit": 0}, REFUSED)))
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_a_table_has_a_title_and_escapes_what_would_steer_the_terminal(env: dict[str, str]) -> None:
    title, first, second = rows(run("vhost", "log", env=env))

    assert title.split() == ["at", "who", "verb", "label", "host", "exit", "seconds", "says"]
    assert first.split()[-3:] == ["0", "-", "-"]
    assert second.endswith(r"its UUID is \x1b[1m'1'; scan again")


def test_the_last_lines_come_whole(env: dict[str, str]) -> None:
    (line,) = rows(run("vhost", "log", "--json", "--lines", "1", env=env))

    assert json.loads(line) == REFUSED


def test_typed_rows_come_in_every_format(env: dict[str, str], tmp_path: Path) -> None:
    assert rows(run("vhost", "log", "--format", "csv", env=env))[1].startswith("2026-02-03T10:11:12+00:00,acue@ws2,")
    file = tmp_path / "log.parquet"
    assert run("vhost", "log", "--format", "parquet", "--output", file, env=env).returncode == 0
    with duckdb.connect() as con:
        found = con.execute("SELECT exit, seconds FROM read_parquet(?)", [str(file)]).fetchall()
    assert found == [(0, None), (12, 0.25)]


def test_an_unknown_format_is_refused(env: dict[str, str]) -> None:
    assert "unknown format 'toml'" in complaint(run("vhost", "log", "--format", "toml", env=env))


def test_without_a_log_there_is_only_the_title(tmp_path: Path) -> None:
    assert len(rows(run("vhost", "log", env={"XDG_STATE_HOME": str(tmp_path)}))) == 1


def test_an_entry_that_somebody_wrote_by_hand_is_shown_as_far_as_it_fits(env: dict[str, str], tmp_path: Path) -> None:
    odd = {"at": [], "who": {}, "verb": 3, "label": "odd", "exit": "0", "seconds": True}
    (tmp_path / "vhost/actions.jsonl").write_text(json.dumps(odd) + "\n")
    assert rows(run("vhost", "log", env=env))[1].split() == ["-", "-", "-", "odd", "-", "-", "-", "-"]
    assert rows(run("vhost", "log", "--format", "csv", env=env))[1] == ",,,odd,,,,"
