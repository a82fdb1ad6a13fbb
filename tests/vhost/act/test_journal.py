from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vhost.act import journal
from vhost.errors import VhostError


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "vhost"


def test_entries_come_back_the_newest_last_with_when_and_who() -> None:
    for number in range(3):
        journal.append({"label": f"tst{number}\n"})
    first, last = journal.entries(2)
    assert (first["label"], last["label"]) == ("tst1\n", "tst2\n")
    assert last["who"] == journal.who()
    assert last["at"].endswith("+00:00")


def test_many_writers_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: journal.append({"number": number}), range(200)))
    assert sorted(entry["number"] for entry in journal.entries(1000)) == list(range(200))


def test_a_file_that_is_full_is_put_aside_and_only_some_are_kept(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LARGEST", 200)
    for number in range(40):
        journal.append({"number": number})
    kept = {path.name for path in state.glob("actions.jsonl*")}
    assert kept == {"actions.jsonl", *(f"actions.jsonl.{number}" for number in range(1, journal.KEPT + 1))}
    assert [entry["number"] for entry in journal.entries(3)] == [37, 38, 39]


def test_a_damaged_line_costs_no_other(state: Path) -> None:
    journal.append({"number": 1})
    with (state / "actions.jsonl").open("a") as file:
        file.write('{"number": 2, "cut of\n[]\n' + "[" * 100_000 + '\n{"number": 2, "cut of')
    journal.append({"number": 3})
    assert [entry["number"] for entry in journal.entries(10)] == [1, 3]


def test_a_log_that_cannot_be_read_is_no_empty_one(state: Path) -> None:
    (state / "actions.jsonl").mkdir(parents=True)
    with pytest.raises(VhostError, match="cannot be read: Is a directory"):
        journal.entries(10)


def test_only_its_owner_reads_the_log(state: Path) -> None:
    journal.append({})
    assert (state / "actions.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_says_so(state: Path) -> None:
    state.parent.mkdir(exist_ok=True)
    state.write_text("a file")
    with pytest.raises(VhostError, match="cannot be logged"):
        journal.append({})
