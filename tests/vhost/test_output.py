from __future__ import annotations

import pytest

from vhost.errors import UsageError
from vhost.query import output, selection
from vhost.query.columns import Column
from vhost.query.output import Addresses, FieldList, Records, Table
from vhost.query.select import Choice
from vhost.query.sort import Sort
from vhost.record import FIELDS, Field

DEFAULT = "tab_gen:3_label_10"


def parsed(text: str) -> output.Output:
    return output.parse(text, lambda: DEFAULT).output


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.column)
def test_every_keyword_names_its_field_in_any_case(field: Field) -> None:
    found = {parsed(spelling) for word in field.keywords for spelling in (word, word.lower(), word.title())}
    assert found == {FieldList((field.number,))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mac,l,L", FieldList((3, 6))),
        ("maxkey", FieldList((1, 2, 3, 4, 5, 6))),
        ("machine,titleidx,l", FieldList(tuple(range(1, 48)), "titleidx")),
        ("ip,l", FieldList((3, 7), numeric=True)),
        ("tcp,ip", FieldList((7,), numeric=True)),
        ("d", FieldList((), names=True)),
        ("title,dns,t", FieldList((7,), "title", names=True)),
        ("ctys,l,title", Addresses("title")),
        ("ctysaddress,tab_gen:3", Addresses()),
        ("tab:3_L_5%1", Table((Column(3, "L", 5), Column(1)))),
        ("tab_gen:3%%4_ID_9_l%%4__9_B,l,dns", Table((Column(3), Column(4, "ID", 9, "L"), Column(4, "", 9, "B")))),
        ("rec", Records("REC", ())),
        ("SPEC_GEN:3_x", Records("SPEC", (Column(3, "x"),))),
        ("tab_gen:3,xml_gen:4__2_L", Records("XML", (Column(4, "", 2, "L"),))),
        ("tab_gen:3,machine", FieldList(tuple(range(1, 48)), "title")),
        ("machine,tab_gen:3", Table((Column(3),))),
        ("title", Table((Column(3, "label", 10),), "title")),
        ("sort:2%reverse,titleidxasc", Table((Column(3, "label", 10),), "titleidxasc")),
    ],
)
def test_an_output_is_parsed(text: str, expected: output.Output) -> None:
    assert parsed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l", None),
        ("sort,l", Sort()),
        ("SORT:12,l", Sort(12)),
        ("sort:2%reverse,l", Sort(2, reverse=True)),
        ("sort:unique,l", Sort(unique=True)),
        ("sort%r%u,l", Sort(reverse=True, unique=True)),
        ("sort:1%unique%reverse,l", Sort(1, reverse=True, unique=True)),
        ("sort:1,reverse,l", Sort(1, reverse=True)),
        ("sort,l,UNIQUE,reverse", Sort(reverse=True, unique=True)),
        ("sort:each,l", Sort()),
    ],
)
def test_an_order_is_parsed(text: str, expected: Sort | None) -> None:
    assert output.parse(text).sort == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("foo", "'foo'"),
        ("ctysrel", "'ctysrel'"),
        ("l:x", "'l:x'"),
        (",", "names no field"),
        ("", "names no field"),
        ("sort:foo,l", "'sort:foo'"),
        ("sort:0,l", "'sort:0'"),
        ("sort:1000,l", "'sort:1000'"),
        ("sort:-1,l", "'sort:-1'"),
        ("reverse,l", "without SORT"),
        ("tab_gen:x", "'x' is no column"),
        ("tab_gen:-1", "'-1' is no column"),
        ("tab_gen:3_a_b_c", "no column"),
        ("tab_gen:3_L_100001", "wider than"),
        ("tab_gen:3_L_99999999999999999999", "wider than"),
        (f"tab_gen:{'9' * 5000}", "no column"),
        ("tab_gen:3_L_60000%%4_I_60000", "wider than"),
        (f"tab_gen:{'%%'.join(['3'] * 5001)}", "more than 5000 columns"),
    ],
)
def test_what_is_no_output_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        output.parse(text, lambda: DEFAULT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", selection.Selection()),
        ("First", selection.Selection(Choice("FIRST"))),
        ("last,first", selection.Selection(Choice("FIRST"))),
        ("last,all", selection.Selection(Choice("LAST"))),
        ("complement,last", selection.Selection(Choice("LAST", complement=True))),
        ("sort", selection.Selection(sort=Sort())),
        ("usort,unique", selection.Selection(sort=Sort(unique=True), unique=True)),
    ],
)
def test_a_selection_is_parsed(text: str, expected: selection.Selection) -> None:
    assert selection.parse(text) == expected


@pytest.mark.parametrize("text", ["", ",", "foo", "first;last", "unique unique", "0"])
def test_what_is_no_selection_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="known are ALL"):
        selection.parse(text)


@pytest.mark.parametrize(
    ("select", "order", "expected"),
    [
        ("all", None, None),
        ("all", Sort(2, reverse=True), Sort(2, reverse=True)),
        ("sort", Sort(2), Sort(2)),
        ("usort", Sort(2), Sort(2, unique=True)),
        ("sort,usort", None, Sort(unique=True)),
    ],
)
def test_both_orders_are_one(select: str, order: Sort | None, expected: Sort | None) -> None:
    assert selection.parse(select).ordered(order) == expected
