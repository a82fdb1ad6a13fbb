from __future__ import annotations

import doctest
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

import vhost
from tests.conftest import ROOT
from tests.vhost.databases import machine_line, old_database, scan, seen
from vhost import Address, Cache, Record, SeveralMachines, VhostError
from vhost.address import part
from vhost.errors import DatabaseMissing, UsageError
from vhost.schema import CANONICAL, PROVENANCE

_GUEST = {"pm": "lab00.soho", "type": "XEN", "vram": "512", "vcpu": "2"}
_TST100 = {**_GUEST, "label": "tst100", "uuid": "1" * 32, "mac": "00:50:56:13:11:40"}
_TST101 = {**_GUEST, "label": "tst101", "id": "/vm/tst101.conf"}
LINES = [
    machine_line(**_TST100, id="/vm/tst100.conf", tcp="192.168.1.220"),
    machine_line(**_TST100, id="/vm/tst100.conf.bak"),
    machine_line(**_TST101, mac="00:50:56:13:11:41"),
    machine_line(**_TST101, mac="00:50:56:13:12:41"),
    machine_line(pm="lab01.soho", type="QEMU", label="tst102", id="/vm/tst102.ctys"),
]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LINES)


def test_the_examples_of_the_page_are_true(db: Path) -> None:
    found = doctest.testfile(str(ROOT / "docs/python.md"), module_relative=False, globs={"DB": str(db)})
    assert found.attempted > 10
    assert found.failed == 0


def test_importing_the_package_loads_nothing() -> None:
    script = (
        "import sys, vhost; assert 'Cache' in dir(vhost);"
        "print([name for name in sys.modules if name.startswith('vhost.') or name in {'duckdb', 'pyarrow', 'typer'}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_every_exported_name_exists() -> None:
    assert [name for name in vhost.__all__ if not isinstance(getattr(vhost, name), type)] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = vhost.nonsense


def test_a_record_has_every_column_with_its_type() -> None:
    kinds = {"VARCHAR": "str", "BOOLEAN": "bool", "TIMESTAMP": "datetime", "TIMESTAMP_NS": "datetime"}
    described = {column.name: kinds.get(column.type, "int") for column in (*CANONICAL, *PROVENANCE)}
    made = {field.name: str(field.type).removesuffix(" | None") for field in fields(Record)}
    assert made == {**described, "machine_id": "str"}


def test_times_are_aware_and_numbers_are_numbers(tmp_path: Path) -> None:
    scan(tmp_path, seen("/vm/a", vcpu="4"))
    with Cache.open(tmp_path) as cache:
        (record,) = cache.query()
    assert (record.vcpu, record.inode, record.stale) == (4, 131, False)
    assert (record.seen_at, record.mtime) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC))


def test_only_the_wanted_fields_are_filled(db: Path) -> None:
    with Cache.open(db) as cache:
        (record,) = cache.query("F:2:QEMU", fields=["L", "pname"])
    assert record == Record(label="tst102", id="/vm/tst102.ctys")


def test_other_questions_may_be_asked_while_records_are_read(db: Path) -> None:
    with Cache.open(db) as cache:
        found = [
            (record.label, cache.resolve(f"l:{record.label}").machines) for record in cache.query(fields=["label"])
        ]
    assert sorted(found) == [("tst100", 2), ("tst100", 2), ("tst101", 1), ("tst101", 1), ("tst102", 1)]


def test_answers_stay_valid_after_the_cache_is_closed(db: Path) -> None:
    with Cache.open(db) as cache:
        records = cache.query(fields=["label"])
    assert len(list(records)) == 5


def test_several_databases_are_one(db: Path, tmp_path: Path) -> None:
    other = scan(tmp_path / "other", seen("/vm/a", label="tst101"))
    with Cache.open([db, str(other)]) as cache:
        assert cache.resolve("l:tst101").machines == 2


def test_an_address_may_be_a_value(db: Path) -> None:
    with Cache.open(db) as cache:
        assert cache.resolve(Address((part("l", "tst101"),))).status == "unique"


@pytest.mark.parametrize("wrong", ["", "q:1", "l:a,h:lab00"])
def test_what_is_no_address_raises(db: Path, wrong: str) -> None:
    with Cache.open(db) as cache, pytest.raises(UsageError):
        cache.resolve(wrong, on="lab01")


def test_unknown_fields_and_broken_terms_raise(db: Path) -> None:
    with Cache.open(db) as cache:
        with pytest.raises(UsageError, match="unknown field"):
            cache.query(fields=["nonsense"])
        with pytest.raises(UsageError):
            cache.query("F:99:")


def test_a_missing_database_raises(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        Cache.open(tmp_path / "none")


def test_a_refusal_is_an_error_of_the_command_line(db: Path) -> None:
    with Cache.open(db) as cache, pytest.raises(SeveralMachines) as caught:
        cache.machine("l:tst100")
    assert isinstance(caught.value, VhostError)
    assert caught.value.exit_code == 11


def test_a_cache_can_be_opened_without_a_block_and_closed(db: Path) -> None:
    cache = Cache.open(db)
    cache.close()
    with pytest.raises(Exception, match="closed"):
        cache.resolve("l:tst101")
