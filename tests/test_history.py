"""History: what a publish records, what stays of it, and `vhost diff`."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asking import Ask, asking
from tests.commands import tree, xen
from tests.vhost.databases import machine_line, old_database
from vhost.cache import checking, history
from vhost.cache.build import connection
from vhost.cache.publish import locked, publish
from vhost.cache.snapshot import opened
from vhost.query.events import moment

UUID = "6842caf91e3e43249ed596b8b9f2c5c2"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


def published(directory: Path, *lines: str) -> list[tuple[Any, ...]]:
    """Publish a database that holds these records, and return event, label and changes of what is new."""
    before = len(events(directory)) if directory.exists() else 0
    old_database(directory, lines)
    with locked(directory):
        publish(directory, lambda *_: None)
    return events(directory)[before:]


def events(directory: Path) -> list[tuple[Any, ...]]:
    sql = (
        "SELECT event, label, list_transform(changes, lambda c: c.column || ':' || coalesce(c.old, '') || '>'"
        " || coalesce(c.new, '')) FROM history ORDER BY \"at\", event, label"
    )
    with opened([directory], static=True) as snapshot:
        return snapshot.con.execute(sql).fetchall()


def guest(label: str, path: str = "", **more: str) -> str:
    return machine_line(pm="lab00", type="XEN", label=label, id=path or f"/x/{label}", **more)


def test_the_first_publish_says_that_everything_appeared(tmp_path: Path) -> None:
    assert published(tmp_path / "db", guest("a"), guest("b")) == [("appeared", "a", []), ("appeared", "b", [])]


def test_a_publish_that_changes_nothing_records_nothing(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    assert published(tmp_path / "db", guest("a")) == []
    assert len(history.files(tmp_path / "db")) == 1


def test_what_vanished_is_recorded_with_what_it_was(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"), guest("b"))
    assert published(tmp_path / "db", guest("b")) == [("vanished", "a", [])]
    assert published(tmp_path / "db", guest("a"), guest("b")) == [("appeared", "a", [])]


def test_a_change_names_the_old_and_the_new_value(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a", vram="512", mac="00:50:56:13:11:40"))
    changed = published(
        tmp_path / "db",
        guest("a", vram="1024", mac="00:50:56:13:11:40"),
        guest("a", vram="1024", mac="00:50:56:13:11:41"),
    )
    assert changed == [
        ("changed", "a", ["vram:512>1024", "macs:00:50:56:13:11:40>00:50:56:13:11:40, 00:50:56:13:11:41"])
    ]


def test_a_deleted_snapshot_makes_nothing_appear_again(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    for path in (tmp_path / "db").glob("cache*"):
        path.unlink()
    assert published(tmp_path / "db", guest("a")) == []
    assert len(events(tmp_path / "db")) == 1


def test_a_publish_that_was_killed_after_its_history_records_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path / "db", guest("a"))
    old_database(tmp_path / "db", [guest("a"), guest("b")])
    with monkeypatch.context() as patched, locked(tmp_path / "db"):

        def killed(*_: object) -> None:
            raise SystemExit

        patched.setattr("vhost.cache.publish._reveal", killed)
        with pytest.raises(SystemExit):
            publish(tmp_path / "db", lambda *_: None)
    published(tmp_path / "db", guest("a"), guest("b"))
    assert [(event, label) for event, label, _ in events(tmp_path / "db")] == [("appeared", "a"), ("appeared", "b")]


def scan(ask: Ask, root: Path, db: Path) -> None:
    assert ask("vhost", "scan", "tree", root, "-p", db, "--as-host", "lab00").code == 0


def test_a_file_that_an_editor_replaced_is_the_machine_that_it_was(ask: Ask, tmp_path: Path) -> None:
    root = tree(tmp_path / "pool", {"a.cfg": xen("a", UUID)})
    scan(ask, root, tmp_path / "db")
    (root / "new").write_text(xen("a", UUID, vcpus="2"))
    (root / "new").replace(root / "a.cfg")
    scan(ask, root, tmp_path / "db")
    assert events(tmp_path / "db") == [("appeared", "a", []), ("changed", "a", ["vcpu:1>2"])]
    scan(ask, root, tmp_path / "db")
    assert len(events(tmp_path / "db")) == 2


def test_an_inode_number_that_is_used_again_joins_no_strangers(ask: Ask, tmp_path: Path) -> None:
    root = tree(tmp_path / "pool", {"a.cfg": xen("a", UUID)})
    scan(ask, root, tmp_path / "db")
    (root / "a.cfg").rename(root / "b.cfg")
    (root / "b.cfg").write_text(xen("b", UUID.replace("6", "7")))
    scan(ask, root, tmp_path / "db")
    assert sorted((event, label) for event, label, _ in events(tmp_path / "db")[1:]) == [
        ("appeared", "b"),
        ("vanished", "a"),
    ]
    scan(ask, root, tmp_path / "db")
    assert len(events(tmp_path / "db")) == 3


def test_a_lost_place_makes_nothing_vanish(ask: Ask, tmp_path: Path) -> None:
    root = tree(tmp_path / "pool", {"a.cfg": xen("a", UUID)})
    scan(ask, root, tmp_path / "db")
    (root / "a.cfg").unlink()
    root.rmdir()
    assert ask("vhost", "scan", "tree", root, "-p", tmp_path / "db", "--as-host", "lab00").code == 3
    assert events(tmp_path / "db") == [("appeared", "a", [])]


def test_many_files_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_FILES", 3)
    for number in range(6):
        published(tmp_path / "db", *(guest(f"m{n}") for n in range(number + 1)))
    assert len(history.files(tmp_path / "db")) <= 3
    assert len(list((tmp_path / "db/history").iterdir())) <= 3
    assert [label for _, label, _ in events(tmp_path / "db")] == [f"m{n}" for n in range(6)]


def test_a_damaged_file_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    published(tmp_path / "db", guest("a"), guest("b"))
    damaged = history.files(tmp_path / "db")[1]
    damaged.write_bytes(b"PAR1")
    said: list[str] = []
    with locked(tmp_path / "db"):
        publish(tmp_path / "db", lambda name, _: said.append(name))
    assert said == [f"history/{damaged.name}"]
    assert damaged.exists()
    assert ("appeared", "a", []) in events(tmp_path / "db")


def test_pipes_in_a_database_are_named_and_not_waited_for(tmp_path: Path) -> None:
    database = tmp_path / "db"
    published(database, guest("a"))
    published(database, guest("a"), guest("b"))
    (event,) = history.files(database)[:1]
    event.unlink()
    (database / "scans/tree").mkdir(parents=True)
    for path in (event, database / "scans/tree/1.parquet"):
        os.mkfifo(path)
    said: list[str] = []
    with locked(database):
        publish(database, lambda name, _: said.append(name))
    assert sorted(said) == [f"history/{event.name}", "scans/tree/1.parquet"]
    assert [problem for problem in checking.problems(database) if "no regular file" in problem]


def test_pruning_keeps_what_is_needed_to_go_on(tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"), guest("b"))
    published(tmp_path / "db", guest("a", vram="1"))
    with locked(tmp_path / "db"), connection() as con:
        later = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
        assert history.prune(con, tmp_path / "db", later) == 3
        assert history.prune(con, tmp_path / "db", later) == 0
    published(tmp_path / "db", guest("a", vram="1"), guest("c"))
    assert [(event, label) for event, label, _ in events(tmp_path / "db")] == [("changed", "a"), ("appeared", "c")]


worlds = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4), min_size=1, max_size=5)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds)
def test_the_events_lead_from_each_world_to_the_next(
    tmp_path_factory: pytest.TempPathFactory, worlds: list[dict[str, int]]
) -> None:
    db = tmp_path_factory.mktemp("worlds") / "db"
    before: dict[str, int] = {}
    for world in worlds:
        found = {
            (event, label) for event, label, _ in published(db, *(guest(n, vram=str(v)) for n, v in world.items()))
        }
        expected = {("appeared", name) for name in world.keys() - before.keys()}
        expected |= {("vanished", name) for name in before.keys() - world.keys()}
        expected |= {("changed", name) for name in world.keys() & before.keys() if world[name] != before[name]}
        assert found == expected
        before = world


def test_diff_shows_the_last_publish_that_changed_anything(ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"), guest("b"))
    published(tmp_path / "db", guest("a", vram="1"), guest("c"))
    rows = list(csv.DictReader(io.StringIO(ask("vhost", "diff", "-p", tmp_path / "db", "-f", "csv").stdout)))
    assert [(row["event"], row["label"], row["what"]) for row in rows] == [
        ("appeared", "c", ""),
        ("changed", "a", "vram: - -> 1"),
        ("vanished", "b", ""),
    ]


def test_diff_since_a_time(ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    published(tmp_path / "db", guest("a"), guest("b"))
    for since, count in [("1h", 2), ("2020-01-01", 2), ("2999-01-01", 0)]:
        done = ask("vhost", "diff", "-p", tmp_path / "db", "--since", since, "-f", "ndjson", "--exit-code")
        assert (done.code, done.stdout.count("\n")) == (int(count > 0), count)


@pytest.mark.parametrize("text", ["", "yesterday", "7", "7y", "2026-13-01"])
def test_what_is_no_time_is_refused(text: str, ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    done = ask("vhost", "diff", "-p", tmp_path / "db", "--since", text)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", datetime(2026, 11, 28, 10, 30)),  # noqa: DTZ001 - UTC without a zone is what is returned
        ("2w", datetime(2026, 11, 14, 12)),  # noqa: DTZ001 - as above
        ("2026-11-28T12:00+02:00", datetime(2026, 11, 28, 10)),  # noqa: DTZ001 - as above
        ("999999w", datetime(1, 1, 1)),  # noqa: DTZ001 - as above
    ],
)
def test_times_are_understood(text: str, expected: datetime) -> None:
    assert moment(text, NOON) == expected


def test_the_history_of_an_address(ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a", vram="1"), guest("b"))
    published(tmp_path / "db", guest("a", vram="2"), guest("b"))
    done = ask("vhost", "history", "-p", tmp_path / "db", "l:a", "-f", "csv")
    assert [line.split(",")[1] for line in done.lines[1:]] == ["appeared", "changed"]
    assert ask("vhost", "history", "-p", tmp_path / "db", "l:a", "--on", "lab00").code == 0


@pytest.mark.parametrize(
    "address",
    ["l:gone", f"u:{UUID}", "m:00-50-56-13-11-40", "t:192.168.1.9", "p:/x/gone", "b:/y%/x", "f:gone", "l:gone,h:lab00"],
)
def test_a_machine_that_is_gone_is_found_by_what_it_was(address: str, ask: Ask, tmp_path: Path) -> None:
    gone = guest("gone", uuid=UUID, mac="00:50:56:13:11:40", tcp="192.168.1.9")
    published(tmp_path / "db", gone, guest("z", "/z/z", mac="00:50:56:13:11:41"), machine_line(pm="lab00", type="PM"))
    published(tmp_path / "db", guest("z", "/z/z", mac="00:50:56:13:11:41"), machine_line(pm="lab00", type="PM"))
    done = ask("vhost", "history", "-p", tmp_path / "db", address, "-f", "csv")
    assert [line.split(",")[1:3] for line in done.lines[1:]] == [["appeared", "gone"], ["vanished", "gone"]]


def test_an_address_that_nothing_ever_had_is_one_line(ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    done = ask("vhost", "history", "-p", tmp_path / "db", "l:never")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_the_history_is_pruned_by_time(ask: Ask, tmp_path: Path) -> None:
    published(tmp_path / "db", guest("a"))
    published(tmp_path / "db", guest("b"))
    assert (
        "removed 0 events of the history" in ask("vhost", "db", "prune", "-p", tmp_path / "db", "--history", "1d").lines
    )
    done = ask("vhost", "db", "prune", "-p", tmp_path / "db", "--history", "2999-01-01")
    assert "removed 2 events of the history" in done.lines
