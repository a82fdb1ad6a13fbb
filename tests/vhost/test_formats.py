from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
import yaml
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from vhost.errors import UsageError
from vhost.render.typed import FORMATS, known, lines

hostile = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(
        ["null", "~", "yes", "1e3", "0x10", "2020-01-01", "- a", "a: b", "#", "{}", "]]>", "<!--", "&amp;", '"', "'"]
    ),
    st.sampled_from(
        ["=1+1", "a\tb", "\ufeff", "\ufffe", "\x7f", "\x85", "\u2028", "|", "\\|", "a\r\nb", "`x`", r"\x1b"]
    ),
)
cells = st.one_of(st.none(), hostile, st.integers(-(2**31), 2**64 - 1), st.booleans())
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[cells] * width), max_size=4))
Table = list[tuple[Any, ...]]


def names(table: Table) -> list[str]:
    return [f"c{place}" for place in range(len(table[0]) if table else 2)]


def rendered(form: str, table: Table) -> str:
    return "\n".join(lines(form, names(table), iter(table))) + "\n"


def objects(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(names(table), row, strict=True)) for row in table]


@given(table=tables)
def test_json_gives_back_every_value(table: Table) -> None:
    assert json.loads(rendered("json", table)) == objects(table)


@given(table=tables)
def test_ndjson_gives_back_every_value_a_line_each(table: Table) -> None:
    found = [json.loads(line) for line in rendered("ndjson", table).split("\n") if line]
    assert found == objects(table)


@given(table=tables)
def test_yaml_gives_back_every_value(table: Table) -> None:
    assert yaml.safe_load(rendered("yaml", table)) == objects(table)


@given(table=tables)
def test_csv_gives_back_every_value_as_text(table: Table) -> None:
    head, *found = csv.reader(io.StringIO(rendered("csv", table), newline=""), strict=True)
    assert (head, found) == (names(table), [[text(value) or "" for value in row] for row in table])


@given(table=tables)
def test_xml_gives_back_every_value_that_xml_can_hold(table: Table) -> None:
    root = ElementTree.fromstring(rendered("xml", table).encode())
    found = [[element.text for element in machine] for machine in root]
    assert (root.tag, found) == ("machines", [[held(text(value)) for value in row] for row in table])


@given(table=tables)
def test_markdown_keeps_every_cell_in_its_column(table: Table) -> None:
    widths = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in rendered("markdown", table).split("\n")[:-1]}
    assert widths == {len(names(table)) + 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x86_64", "x86_64"),
        ("_x_", r"\_x\_"),
        ("R&D<b>", "R&amp;D&lt;b&gt;"),
        ("a|b", r"a\|b"),
        ("*", r"\*"),
        (None, ""),
        (True, "true"),
        (5, "5"),
    ],
)
def test_markdown_shows_a_value_as_it_is(value: object, expected: str) -> None:
    assert list(lines("markdown", ["c"], iter([(value,)])))[-1] == f"| {expected} |"


def test_xml_tells_unknown_from_text() -> None:
    assert '<c xsi:nil="true"/>' in "".join(lines("xml", ["c"], iter([(None,)])))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_in_any_case(name: str) -> None:
    assert known(name.upper()) == name


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="known are json, ndjson, csv"):
        known("toml")


def text(value: object) -> str | None:
    """Return a value as text formats write it."""
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


def held(value: str | None) -> str | None:
    """Return text as XML holds it: what it cannot is escaped."""
    if value is None:
        return None
    made = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda match: f"\\x{ord(match.group()):02x}", value)
    return made.replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
