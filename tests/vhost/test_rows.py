from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from vhost.query import rows
from vhost.query.columns import Column, Longer
from vhost.query.scope import Scope
from vhost.record import COUNT

values = st.text(st.characters(exclude_characters=";\n\0", exclude_categories=["Cs"]), max_size=6)
records = st.lists(values, min_size=1, max_size=COUNT)
CON = duckdb.connect(":memory:")


def shown(expression: str, fields: list[str], index: int = 12) -> object:
    """Return what an expression shows of a record with these raw values."""
    source = Scope(rows='(SELECT ? AS line, ? AS "index")').split()
    (value,) = CON.execute(f"SELECT {expression} FROM {source}", [";".join(fields), index]).fetchone() or (None,)
    return value


def padded(fields: list[str], index: int = 12) -> list[str]:
    """Return the 47 values, INDEX put in."""
    made = fields + [""] * (COUNT - len(fields))
    made[31] = str(index)
    return made


@given(fields=records, number=st.integers(1, 60))
def test_a_raw_value_is_the_field_of_the_line(fields: list[str], number: int) -> None:
    assert shown(rows.raw(number), fields) == (padded(fields)[number - 1] if number <= COUNT else "")


@given(fields=records)
def test_field_0_is_the_line_with_its_index_and_its_length(fields: list[str]) -> None:
    assert shown(rows.raw(0), fields) == ";".join(padded(fields)[: len(fields)])


@given(fields=records, numbers=st.sets(st.integers(1, COUNT), min_size=1, max_size=46))
def test_a_field_list_joins_the_values(fields: list[str], numbers: set[int]) -> None:
    chosen = sorted(numbers)
    assert shown(rows.fields(chosen), fields) == ";".join(padded(fields)[number - 1] for number in chosen)


@given(value=values, width=st.integers(1, 9), longer=st.sampled_from(["", "L"]))
def test_a_cell_is_cut_and_padded(value: str, width: int, longer: Longer) -> None:
    kept = value[-width:] if longer == "L" else value[:width]
    assert shown(rows.cell(Column(1, "", width, longer)), [value]) == kept.ljust(width)


@given(parts=st.lists(st.sampled_from(["", "x", "a b"]), min_size=7, max_size=7))
def test_an_address_leaves_out_what_is_unknown(parts: list[str]) -> None:
    pm, _, label, path, uuid, mac, tcp = parts
    known = [part for part in (path, label, uuid, mac, tcp) if part]
    assert shown(rows.ADDRESS, parts) == (f"{pm}[{','.join(known)}]" if known else pm)
