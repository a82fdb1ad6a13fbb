"""The views of collisions: the same columns and rows wherever a snapshot comes from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.vhost.databases import machine_line, old_database
from vhost.cache.collision_views import define
from vhost.cache.snapshot import build_into, opened
from vhost.collisions.views import VIEWS

MAC = "00:50:56:13:11:40"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [machine_line(pm=pm, type="XEN", label=pm, id=f"/{pm}.conf", mac=MAC) for pm in ("lab00", "lab01")]
    return old_database(tmp_path_factory.mktemp("db"), lines)


@pytest.fixture(scope="module")
def snapshot(db: Path) -> Path:
    with opened([db]):
        return (db / "cache.duckdb").resolve()


def causes(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    return con.execute("SELECT key, cause, machines FROM collision").fetchall()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_columns_that_are_documented(snapshot: Path, name: str) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        found = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {name})").fetchall()
    assert found == [(column.name, column.type) for column in VIEWS[name][0]]


def test_a_snapshot_that_is_attached_under_any_name_shows_its_collisions(snapshot: Path) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE VIEW contradiction AS SELECT 1 AS other")
        con.execute(f"ATTACH '{snapshot}' AS other (READ_ONLY)")
        assert con.execute("SELECT key, cause, machines FROM other.collision").fetchall() == [("mac", "clone", 2)]


def test_several_databases_show_the_collisions_between_them(db: Path, tmp_path: Path) -> None:
    other = old_database(tmp_path / "db", [machine_line(pm="lab02", type="XEN", label="lab02", id="/2.conf", mac=MAC)])
    with opened([db, other]) as together:
        define(together.con)
        assert causes(together.con) == [("mac", "clone", 3)]


def test_a_database_in_memory_shows_its_collisions(db: Path) -> None:
    with duckdb.connect() as con:
        build_into(con, "snapshot", db, print)
        con.execute("USE snapshot")
        define(con)
        assert causes(con) == [("mac", "clone", 2)]
