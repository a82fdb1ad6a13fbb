"""The facts in the metadata of a segment, which anybody who may write into a database can have written."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vhost.cache import place, snapshot
from vhost.cache.checking import problems
from vhost.cache.scan import METADATA, Scan, brief, literal, read

SCAN = Scan(
    scan_id="1",
    kind="machine",
    scanner="tree",
    observer="o",
    source_host="lab00",
    as_host="lab00",
    root="/etc/xen",
    seen_at="2026-11-28 10:00:00",
    partial=False,
    options=("all",),
    mounts={"/": "ext4"},
)


def segment(path: Path, facts: str) -> Path:
    with duckdb.connect(":memory:") as con:
        metadata = f"KV_METADATA {{{METADATA}: {literal(facts)}}}"
        con.execute(f"COPY (SELECT 1 AS a) TO {literal(str(path))} (FORMAT parquet, {metadata})")
    return path


def reading(path: Path, facts: str) -> Scan:
    with duckdb.connect(":memory:") as con:
        return read(con, segment(path, facts))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert reading(tmp_path / "1.parquet", SCAN.written()) == SCAN


@pytest.mark.parametrize(
    "changed",
    [
        {"observer": {"a": 1}},
        {"as_host": []},
        {"as_host": None},
        {"seen_at": 2**70},
        {"seen_at": "9999-99-99"},
        {"partial": "no"},
        {"options": [1]},
        {"options": "all"},
        {"types": {}},
        {"mounts": {"/": []}},
        {"mounts": []},
        {"version": "1"},
        {"more": 1},
    ],
    ids=str,
)
def test_facts_of_another_kind_are_no_scan(changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it is no segment of a scan"):
        reading(tmp_path / "1.parquet", json.dumps({**asdict(SCAN), **changed}))


@pytest.mark.parametrize("facts", ["[" * 100_000, "[]", "null", "{", "{}"], ids=lambda text: text[:5])
def test_what_is_no_object_is_no_scan(facts: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"it is no segment of a scan|Expecting"):
        reading(tmp_path / "1.parquet", facts)


def test_a_newer_segment_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it has version 1e"):
        reading(tmp_path / "1.parquet", json.dumps({**asdict(SCAN), "version": 10**70}))


def test_a_snapshot_that_is_a_link_to_itself_is_none(tmp_path: Path) -> None:
    (tmp_path / place.LINK).symlink_to(place.LINK)
    with snapshot.left(tmp_path) as con:
        assert con is None
    assert [problem for problem in problems(tmp_path) if "symbolic links" in problem]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('IO Error: Could not write file "a": No space left\nmore', 'Could not write file "a": No space left'),
        (
            (
                'IO Error: Async write failed: {"exception_type":"IO",'
                '"exception_message":"Could not write file \\"a\\": No space left"}'
            ),
            'Could not write file "a": No space left',
        ),
        ("", "ValueError"),
    ],
)
def test_what_the_engine_says_is_one_sentence(said: str, expected: str) -> None:
    assert brief(ValueError(said)) == expected
