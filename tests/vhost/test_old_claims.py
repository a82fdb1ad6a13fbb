"""Files of the old tool: the same records whether they are few or so many that they come through Arrow."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.vhost.databases import machine_line, old_database, scan, seen
from vhost.cache import handing, old_claims, oldfiles
from vhost.cache.numbering import Arrangement
from vhost.cache.snapshot import build_into
from vhost.errors import UsageError

PLAIN = [
    machine_line(pm=f"lab{n:02}", type="XEN", label=f"tst{n}", mac=f"00-50-56-13-11-{n:02X}", tcp="fe80::0:1")
    for n in range(3)
]
FILES = {
    "plain": PLAIN,
    "with an INDEX": [line.replace(";;;;;;", ";;;;;7;", 1) for line in PLAIN],
    "short": [PLAIN[0], "lab01;XEN;tst1"],
    "odd bytes": [PLAIN[0], PLAIN[1].replace("tst1", "t\0st")],
    "equal lines": [PLAIN[0], PLAIN[1], PLAIN[0]],
    "blank lines": ["", PLAIN[0], "", PLAIN[1], ""],
    "carriage returns": [f"{line}\r" for line in PLAIN],
    "marks of CSV": [PLAIN[0].replace("tst0", label) for label in ('"', 'a"b', "'", "\\", "#", " a ", "NULL")],
    "the mark of NULL": [PLAIN[0].replace("tst0", "\1")],
    "empty": [],
}


def built(db: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        build_into(con, "snapshot", db, print)
        rows = con.execute('FROM snapshot.machine ORDER BY "index", scan_id, path, repeated').fetchall()
        return [*rows, *con.execute("FROM snapshot.binding ORDER BY ALL").fetchall()]


@pytest.mark.parametrize("lines", FILES.values(), ids=FILES)
def test_many_records_are_read_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]) -> None:
    db = old_database(tmp_path / "db", lines, "x;00:50:56:13:11:40;10.0.0.1;\n;;FE80::1;\n")
    scan(db, seen("/vm/a.conf"), seen("/vm/b.conf", label="tst101"))
    few = built(db)
    monkeypatch.setattr(handing, "FEW", -1)
    monkeypatch.setattr(oldfiles, "_LITTLE", -1)
    assert built(db) == few


def test_a_long_record_of_a_large_file_is_named_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oldfiles, "_LITTLE", -1)
    db = old_database(tmp_path, [*PLAIN, PLAIN[0] + ";more"])
    with pytest.raises(UsageError, match=r"enum\.fdb:4"):
        built(db)
    with duckdb.connect() as con, pytest.raises(UsageError, match=r"enum\.fdb:4"):
        old_claims.count(con, db / "enum.fdb")


def test_a_large_file_below_a_name_like_a_pattern_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oldfiles, "_LITTLE", -1)
    db = old_database(tmp_path / "it's [1] * and ?", PLAIN)
    with duckdb.connect() as con:
        assert old_claims.count(con, db / "enum.fdb") == len(PLAIN)


def test_two_databases_of_which_one_is_large_are_read_on_one_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "FEW", 2)
    monkeypatch.setattr(oldfiles, "_LITTLE", 300)
    sizes = (1, 3, 2)
    with duckdb.connect() as con:
        for number, size in enumerate(sizes):
            build_into(con, f"db{number}", old_database(tmp_path / str(number), PLAIN[:size]), print)
        counts = [con.execute(f"SELECT count(*) FROM db{number}.machine").fetchone() for number in range(len(sizes))]
    assert counts == [(size,) for size in sizes]


def test_many_records_keep_the_order_of_their_file(tmp_path: Path) -> None:
    tcp = ("10.0.0.1", "FE80::0:1")
    lines = [f"lab;XEN;tst{n * 7919 % 20000};;;;{tcp[n % 2]}" + ";" * 40 for n in range(20_000)]
    with duckdb.connect() as con:
        unsorted = Arrangement(ordered=False, bound=False)
        build_into(con, "snapshot", old_database(tmp_path, lines), print, arrangement=unsorted)
        found = con.execute('SELECT label, tcp FROM snapshot.machine ORDER BY "index"').fetchall()
    assert found == [(f"tst{n * 7919 % 20000}", ("10.0.0.1", "fe80::1")[n % 2]) for n in range(20_000)]
