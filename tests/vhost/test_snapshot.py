from __future__ import annotations

import os
import time
from pathlib import Path

import duckdb
import pytest

from tests.vhost.databases import machine_line, old_database
from vhost.cache import checking, inventory, place
from vhost.cache.publish import locked, publish
from vhost.cache.snapshot import opened
from vhost.errors import DatabaseMissing, DatabaseUnusable, MacmapMissing, SourceMissing, UsageError

LAB = [
    machine_line(pm="lab00", type="XEN", label=name, mac=f"00:50:56:13:11:4{n}")
    for n, name in enumerate(("tst100", "tst101"))
]


def labels(*directories: Path, static: bool = False, hints: list[str] | None = None) -> list[str]:
    said = hints if hints is not None else []
    with opened(directories, static=static, hint=said.append) as snapshot:
        rows = snapshot.con.execute('SELECT label FROM machine WHERE NOT repeated ORDER BY "index"').fetchall()
        return [label for (label,) in rows]


def column(directory: Path, name: str) -> list[object]:
    with opened([directory]) as snapshot:
        return [value for (value,) in snapshot.con.execute(f'SELECT {name} FROM machine ORDER BY "index"').fetchall()]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LAB)


def test_old_files_are_a_database_as_they_stand(db: Path) -> None:
    assert labels(db) == ["tst100", "tst101"]


def test_records_are_numbered_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(pm="b"), machine_line(pm="B"), machine_line(pm="a")])
    assert column(db, 'pm || "index"') == ["B1", "a2", "b3"]


def test_equal_lines_share_a_number_and_both_stay(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(pm="a"), machine_line(pm="a"), machine_line(pm="b")])
    assert column(db, '("index", repeated)') == [(1, False), (1, True), (2, False)]


def test_a_missing_address_comes_from_the_first_line_of_the_macmap(tmp_path: Path) -> None:
    db = old_database(tmp_path, [LAB[0]], "x;00:50:56:13:11:40;10.0.0.1;\ny;00:50:56:13:11:40;10.0.0.2;\n")
    assert column(db, "(tcp, split_part(line, ';', 7))") == [("10.0.0.1", "10.0.0.1")]


def test_the_macmap_is_joined_on_normal_forms(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(mac="00-50-56-13-11-4A")], "x;0:50:56:13:11:4a;10.0.0.1;\n")
    assert column(db, "tcp") == ["10.0.0.1"]


def test_a_known_address_is_never_replaced(tmp_path: Path) -> None:
    db = old_database(
        tmp_path, [machine_line(mac="00:50:56:13:11:40", tcp="10.9.9.9")], "x;00:50:56:13:11:40;10.0.0.1;\n"
    )
    assert column(db, "tcp") == ["10.9.9.9"]


def test_a_changed_source_is_noticed_however_old_it_is(db: Path) -> None:
    labels(db)
    old_database(db, [machine_line(label="older")])
    os.utime(db / "enum.fdb", (0, 0))
    assert labels(db) == ["older"]


def test_static_uses_the_old_snapshot_and_says_so(db: Path) -> None:
    labels(db)
    old_database(db, [machine_line(label="newer")])
    hints: list[str] = []
    assert (labels(db, static=True, hints=hints), len(hints)) == (["tst100", "tst101"], 1)


def test_an_unchanged_database_is_not_published_again(db: Path) -> None:
    labels(db)
    before = place.snapshots(db)
    labels(db)
    assert place.snapshots(db) == before


def test_several_databases_are_one_with_numbers_of_its_own(db: Path, tmp_path: Path) -> None:
    other = old_database(tmp_path / "other", [machine_line(pm="lab00", type="XEN", label="tst100x"), LAB[0]])
    with opened([other, db]) as snapshot:
        rows = snapshot.con.execute('SELECT label, "index" FROM machine WHERE NOT repeated ORDER BY "index"').fetchall()
    assert rows == [("tst100", 1), ("tst100x", 2), ("tst101", 3)]


def test_a_missing_database_is_said_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match="no such database") as caught:
        labels(tmp_path / "none")
    assert caught.value.exit_code == 7


@pytest.mark.parametrize(("gone", "error", "code"), [("enum.fdb", SourceMissing, 2), ("macmap.fdb", MacmapMissing, 10)])
def test_a_missing_old_file_is_said_with_its_code(db: Path, gone: str, error: type[Exception], code: int) -> None:
    labels(db)
    (db / gone).unlink()
    with pytest.raises(error) as caught:
        labels(db)
    assert getattr(caught.value, "exit_code") == code  # noqa: B009 - the type of a parametrised error


def test_a_record_of_too_many_fields_is_named_by_file_and_line(db: Path) -> None:
    with (db / "enum.fdb").open("a") as file:
        file.write("\n" + ";" * 60 + "\n")
    with pytest.raises(UsageError, match=r"enum\.fdb:4: 61 fields"):
        labels(db)


@pytest.mark.parametrize("value", ["caf\udcff", "tab\there", "carriage\rreturn", 'quo"te', "C:\\x3b", "Ünï"])
def test_bytes_of_an_old_file_come_out_as_they_were(tmp_path: Path, value: str) -> None:
    directory = tmp_path / "db"
    directory.mkdir()
    (directory / "enum.fdb").write_bytes(os.fsencode(f"lab00;XEN;{value}") + b";" * 44 + b"\n")
    (directory / "macmap.fdb").touch()
    printed = value.replace("\udcff", r"\xff")
    assert column(directory, "split_part(line, ';', 3)") == [printed]


def test_a_short_record_keeps_its_own_line(tmp_path: Path) -> None:
    db = old_database(tmp_path, ["lab00;XEN;tst100;/x"])
    assert column(db, "(line, label, vcpu)") == [("lab00;XEN;tst100;/x", "tst100", None)]


def test_an_index_in_the_source_is_not_part_of_the_line(tmp_path: Path) -> None:
    fields = ["x"] * 47
    db = old_database(tmp_path, [";".join(fields)])
    assert column(db, "split_part(line, ';', 32)") == [""]


def test_readers_keep_their_snapshot_while_new_ones_are_published(db: Path) -> None:
    with opened([db]) as first:
        for name in ("one", "two", "three"):
            old_database(db, [machine_line(label=name)])
            with opened([db]) as second:
                assert second.con.execute("SELECT label FROM machine").fetchall() == [(name,)]
        assert first.con.execute("SELECT count(*) FROM machine").fetchall() == [(2,)]


def test_only_the_last_two_snapshots_stay(db: Path) -> None:
    for name in ("one", "two", "three", "four"):
        old_database(db, [machine_line(label=name)])
        labels(db)
    assert len(place.snapshots(db)) == 2


def test_a_snapshot_name_is_never_used_again(db: Path) -> None:
    with locked(db):
        first = publish(db, lambda *_: None)
        first.unlink()
        second = publish(db, lambda *_: None)
    assert first != second or second.stat().st_mtime_ns != 0
    assert place.snapshot_number(second.name) is not None


def test_a_snapshot_is_read_only_and_leaves_no_log_behind(db: Path) -> None:
    labels(db)
    path = (db / "cache.duckdb").resolve()
    assert (path.stat().st_mode & 0o777, [*db.glob("*.wal")], [*db.glob("*.tmp")]) == (0o444, [], [])


def test_a_snapshot_that_was_written_to_is_replaced(db: Path) -> None:
    labels(db)
    path = (db / "cache.duckdb").resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as writer:
        writer.execute("DELETE FROM machine")
    assert labels(db) == ["tst100", "tst101"]


def test_a_snapshot_with_a_log_beside_it_is_replaced(db: Path) -> None:
    labels(db)
    path = (db / "cache.duckdb").resolve()
    path.with_name(path.name + ".wal").write_bytes(b"left by a writer")
    assert labels(db) == ["tst100", "tst101"]
    assert (db / "cache.duckdb").resolve() != path


def test_a_damaged_snapshot_is_replaced(db: Path) -> None:
    labels(db)
    path = (db / "cache.duckdb").resolve()
    path.chmod(0o644)
    path.write_bytes(b"\0" * 5000)
    assert labels(db) == ["tst100", "tst101"]


def test_a_snapshot_that_is_a_pipe_is_not_waited_for(db: Path) -> None:
    assert labels(db) == ["tst100", "tst101"]
    snapshot = (db / place.LINK).resolve()
    snapshot.unlink()
    os.mkfifo(snapshot)
    assert [problem.partition(" (")[0] for problem in checking.problems(db)] == ["cache.duckdb: is no regular file"]
    assert [stored.records for stored in inventory.snapshot(db)] == [None]
    assert labels(db) == ["tst100", "tst101"]


def test_a_snapshot_of_a_newer_program_is_refused(db: Path) -> None:
    labels(db)
    path = (db / "cache.duckdb").resolve()
    stamp = path.stat().st_mtime_ns
    path.chmod(0o644)
    with duckdb.connect(str(path)) as writer:
        writer.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    os.utime(path, ns=(stamp, stamp))
    with pytest.raises(DatabaseUnusable, match="version 99") as caught:
        labels(db)
    assert caught.value.exit_code == 8


def test_leftovers_of_a_killed_publisher_are_removed(db: Path) -> None:
    for name in ("cache.duckdb.1.tmp", "cache.duckdb.1.tmp.wal", "cache.duckdb.1.link"):
        (db / name).touch()
    labels(db)
    assert sorted(path.name for path in db.glob("cache.duckdb.*")) == []


def test_a_lock_that_is_held_is_waited_for_only_so_long(db: Path) -> None:
    began = time.monotonic()
    with locked(db), pytest.raises(DatabaseUnusable, match="lock"), locked(db, seconds=0.2):
        pass
    assert time.monotonic() - began < 5
