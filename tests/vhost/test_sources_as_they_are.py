"""The sources as they stand, without the order and the additions of the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run, tree, xen
from tests.vhost.databases import machine_line, old_database
from vhost.cache.numbering import Arrangement
from vhost.cache.snapshot import opened
from vhost.errors import MacmapMissing

AS_THEY_ARE = Arrangement(ordered=False, bound=False)
BOUND = Arrangement(ordered=False)
MACMAP = "b;00:50:56:00:00:0B;10.0.0.11;\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    lines = [machine_line(label=label, mac="00:50:56:00:00:0b") for label in ("c", "b", "c", "a")]
    return old_database(tmp_path / "db", lines, MACMAP)


def records(arrangement: Arrangement, *directories: Path) -> list[tuple[int, str, str | None]]:
    with opened(directories, arrangement=arrangement) as snapshot:
        sql = 'SELECT "index", label, tcp FROM machine WHERE NOT repeated ORDER BY "index"'
        found: list[tuple[int, str, str | None]] = snapshot.con.execute(sql).fetchall()
        return found


def test_records_keep_the_order_of_their_file_and_count_its_lines(db: Path) -> None:
    assert records(AS_THEY_ARE, db) == [(1, "c", None), (2, "b", None), (3, "c", None), (4, "a", None)]


def test_the_macmap_adds_addresses_where_it_is_asked(db: Path) -> None:
    assert records(BOUND, db)[1:] == [(2, "b", "10.0.0.11"), (3, "c", "10.0.0.11"), (4, "a", "10.0.0.11")]


def test_several_databases_go_on_counting(db: Path, tmp_path: Path) -> None:
    other = old_database(tmp_path / "other", [machine_line(label="z"), machine_line(label="y")], MACMAP)
    assert [(index, label) for index, label, _ in records(BOUND, other, db)] == [
        *((1, "z"), (2, "y"), (3, "c"), (4, "b"), (5, "c"), (6, "a"))
    ]


def test_scans_come_behind_the_old_file(db: Path, tmp_path: Path) -> None:
    pool = tree(tmp_path / "pool", {"x.cfg": xen("x")})
    assert run("vhost", "scan", "tree", "-p", db, pool).returncode == 0
    assert [label for _, label, _ in records(AS_THEY_ARE, db)] == ["c", "b", "c", "a", "x"]


def test_nothing_is_published(db: Path) -> None:
    records(BOUND, db)
    assert sorted(path.name for path in db.iterdir()) == ["enum.fdb", "macmap.fdb"]


def test_without_addresses_no_macmap_is_needed(db: Path) -> None:
    (db / "macmap.fdb").unlink()
    assert len(records(AS_THEY_ARE, db)) == 4
    with pytest.raises(MacmapMissing):
        records(BOUND, db)


def test_two_databases_that_cannot_be_written_are_read_together(db: Path, tmp_path: Path) -> None:
    other = old_database(tmp_path / "other", [machine_line(label="z")], MACMAP)
    for directory in (db, other):
        (directory / "lock").mkdir()  # what no publisher can open
    with opened([db, other]) as snapshot:
        assert snapshot.con.execute("SELECT count(*) FROM machine").fetchone() == (5,)
