"""What an expression may be: bounded in size and time, and what RE2 reads differently translated or refused."""

from __future__ import annotations

import duckdb
import pytest

from vhost.errors import UsageError
from vhost.query import select
from vhost.query.expression import translate
from vhost.query.select import ALL, selected
from vhost.query.terms import parse

CON = duckdb.connect(":memory:")
CON.execute(
    "CREATE TABLE machine AS SELECT 1 AS \"index\", 'a1;b]x;00:50:56:13:11:4a' AS line,"
    " NULL::VARCHAR AS mac, NULL::VARCHAR AS uuid, NULL::VARCHAR AS tcp, false AS repeated"
)


def finds(*terms: str) -> bool:
    return bool(list(selected(CON, parse(terms), ALL, ["line"])))


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("[[.a.]]1", True),
        ("[[=b=]][[.].]]", True),
        ("[[.a.]-c]1", True),
        ("^[^[.a.]]1", False),
        ("[[:digit:][.x.]];", True),
        ("x{,3}", True),
        ("00:50:56:13:11:4A", True),
        ("()", True),
        ("a1||zz", True),
    ],
)
def test_what_the_engine_reads_differently_is_translated(term: str, found: bool) -> None:
    assert finds(term) is found


@pytest.mark.parametrize(
    ("term", "position"),
    [
        (r"(a)\1", 4),
        ("[[.hyphen.]]", 2),
        ("[[=ab=]]", 2),
        ("[[:foo:]]", 2),
        ("a{1001}", 2),
        ("(" * 201 + ")" * 201, 201),
    ],
)
def test_what_the_engine_does_not_have_is_refused_with_its_position(term: str, position: int) -> None:
    with pytest.raises(UsageError, match=f"position {position}"):
        translate(term)


@pytest.mark.parametrize(
    "term",
    ["((a{1000}){1000}){1000}", "(a{1,1000}){1,1000}", "a{1000}{1000}", ".{1000}" * 60],
    ids=lambda text: text[:20],
)
def test_repetition_without_measure_is_refused(term: str) -> None:
    with pytest.raises(UsageError, match="cannot be searched"):
        finds(term)


@pytest.mark.parametrize("term", ["a" * 65_000, "aa:" * 21_000, "x|" * 30_000])
def test_a_long_expression_is_read_in_one_pass(term: str) -> None:
    assert len(translate(term).regex) >= len(term)


@pytest.mark.parametrize("term", ["[" + "a" * 65_000, "(" * 65_000])
def test_a_long_broken_expression_is_named_by_its_position(term: str) -> None:
    with pytest.raises(UsageError, match="position"):
        translate(term)


@pytest.mark.parametrize("terms", [["x" * 65_537], ["x" * 60_000] * 20, ["x"] * 10_001, ["y" * 10_000_000]])
def test_megabytes_of_terms_are_refused(terms: list[str]) -> None:
    with pytest.raises(UsageError, match="are allowed"):
        parse(terms)


def test_thousands_of_terms_are_answered() -> None:
    assert finds(*["a1"] * 2000)


def test_a_search_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "SECONDS", 0.2)
    with pytest.raises(UsageError, match=r"takes longer than 0\.2 s"), select.bounded(CON):
        CON.execute("SELECT count(*) FROM range(100000000) a, range(100000000) b").fetchall()
    assert finds("a1")
