"""A refusal names the cause that the audit names, although it looks at a few machines only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.ambiguity.worlds import IP, MAC, OTHER_MAC, OTHER_UUID, UUID, ago, audit_of, file, scanned
from vhost.ambiguity.reasons import reasons
from vhost.ambiguity.wanted import Wanted
from vhost.cache.snapshot import opened

NIL = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a world with a collision of nearly every cause."""
    work = tmp_path_factory.mktemp("reasons")
    aged = [file("/old/web.cfg", label="aged", uuid="7" * 31 + "1", content="old")]
    scanned(work, aged, root="/old", at=ago(days=40), publishing=False)
    files = [
        file("/xen/a.cfg", label="a", uuid=UUID, mac=MAC),
        file("/xen/b.cfg", label="b", uuid=UUID, mac=MAC),
        file("/xen/a.cfg.bak", label="a", uuid=UUID, mac=MAC),
        file("/xen/c.cfg", label="same", uuid=OTHER_UUID, mac=OTHER_MAC, tcp=IP),
        file("/xen/d.cfg", label="same", uuid=NIL),
        file("/xen/e.cfg", label="e", uuid=NIL, tcp=IP),
        file("/xen/f.cfg", label="f", uuid="5" * 31 + "1", mac=OTHER_MAC),
        file("/xen/g.cfg", label="aged", uuid="7" * 31 + "1"),
        replace(
            file("/elsewhere/a.cfg", label="a", uuid=UUID, mac=MAC, content="content of /xen/a.cfg"), mount="local:1"
        ),
    ]
    return scanned(work, files, root="/xen")


@pytest.fixture
def con(db: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened([db]) as snapshot:
        yield snapshot.con


def test_the_cause_is_the_one_of_the_audit(db: Path, con: duckdb.DuckDBPyConnection) -> None:
    with audit_of(db) as audit:
        listed = [one for one in audit.collisions(Wanted()) if len(one.machines) > 1]
    assert {one.cause for one in listed} == {"clone", "backup", "relabel", "address", "stale"}
    for one in listed:
        found = reasons(con, [machine["machine"] for machine in one.machines])
        same = [
            (two.cause, two.severity, two.why, two.machines)
            for two in found
            if (two.key, two.value) == (one.key, one.value)
        ]
        assert (one.cause, one.severity, one.why, len(one.machines)) in same


def test_machines_that_share_nothing_have_no_reason(con: duckdb.DuckDBPyConnection) -> None:
    machines = con.execute("SELECT DISTINCT machine_id FROM machine WHERE label IN ('b', 'e')").fetchall()
    assert reasons(con, [machine for (machine,) in machines]) == ()


def test_one_machine_has_no_reason(con: duckdb.DuckDBPyConnection) -> None:
    assert reasons(con, ["0" * 16]) == ()


def test_a_placeholder_is_no_reason(con: duckdb.DuckDBPyConnection) -> None:
    machines = con.execute("SELECT DISTINCT machine_id FROM machine WHERE label IN ('same', 'e')").fetchall()
    assert {one.key for one in reasons(con, [machine for (machine,) in machines])} == {"label", "tcp"}


def test_nothing_is_left_behind(con: duckdb.DuckDBPyConnection) -> None:
    before = con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    everything = con.execute("SELECT DISTINCT machine_id FROM machine").fetchall()
    assert reasons(con, [machine for (machine,) in everything])
    assert con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall() == before
