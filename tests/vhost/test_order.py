from __future__ import annotations

import os
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from vhost.query.order import ordered
from vhost.query.sort import Sort

lines = st.lists(
    st.text(st.sampled_from([*"ab;|Z 0-~", "é", "\u3042", "\U0001f600"]), max_size=8), max_size=8
)  # many ties, and characters whose UTF-8 has one to four bytes


def sorted_by_program(texts: list[str], sort: Sort, separator: str) -> list[str]:
    """Return the lines as the program `sort` orders them."""
    key = ["-t", separator, "-k", str(sort.key)] if sort.key else []
    flags = [flag for flag, wanted in (("-r", sort.reverse), ("-u", sort.unique)) if wanted]
    done = subprocess.run(
        ["sort", *key, *flags],
        input="".join(f"{text}\n" for text in texts).encode(),
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split("\n")[:-1]


@settings(max_examples=150)
@given(
    texts=lines,
    key=st.none() | st.integers(1, 4),
    reverse=st.booleans(),
    unique=st.booleans(),
    separator=st.sampled_from(";|"),
)
def test_records_are_in_the_order_of_the_program_sort(
    texts: list[str], key: int | None, *, reverse: bool, unique: bool, separator: str
) -> None:
    sort = Sort(key, reverse, unique)
    assert ordered(texts, sort, separator, str) == sorted_by_program(texts, sort, separator)


def test_a_wrapped_record_is_ordered_by_its_first_line_first() -> None:
    records = ["b|2\n |1", "a|2\n |3", "c|1\n |9"]
    assert ordered(records, Sort(2), "|", str) == ["c|1\n |9", "b|2\n |1", "a|2\n |3"]


def test_wrapped_records_that_differ_below_their_first_line_are_both_kept() -> None:
    records = ["a|1\n |2", "a|1\n |3", "b|1\n |2"]
    assert ordered(records, Sort(2, unique=True), "|", str) == ["a|1\n |2", "a|1\n |3"]
