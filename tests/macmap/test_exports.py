"""Exports come back through the parsers as they went in; what contradicts itself is refused, marked, or as it is."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macmap.exports import collisions
from macmap.exports.claim import Claim, largest
from macmap.exports.forms import BY_NAME, FORMS, Form
from macmap.formats import BY_NAME as PARSED
from macmap.formats import recognised
from vhost.text import escape

MAC, OTHER = "52:54:00:4e:01:33", "52:54:00:4e:01:34"
NAMES = [form.name for form in FORMS]
ODD = [
    "a b",
    "a\nb",
    'a"b',
    "a;b",
    "a,b",
    "#a",
    "12h",
    "ignore",
    "infinite",
    "{",
    "}",
    "a\x1b",
    "\udcff",
    "1-2",
    "10.0.0.1",
]
ODD += ["set:x", "id:1", "\\x0a", "\u202e", "b\u00fcro", MAC, "deleted", "a'", "*/", "//", "\r", "a\\", "", "-"]

names = st.sampled_from([*ODD, "db01", "db01.soho", "DB01", "host", "x_1"]) | st.text(min_size=1, max_size=12)
macs = st.integers(1, 6).map(lambda last: f"{MAC[:-1]}{last}")
ips = st.integers(1, 6).map("10.0.0.{}".format) | st.integers(1, 6).map("2001:db8::{}".format)
claims = st.builds(Claim, names | st.none(), macs | st.none(), ips | st.none())
many = st.lists(claims, max_size=12)


def back(form: Form, text: str) -> list[Claim]:
    """Return the claims that the parser of a format reads; nothing may be wrong."""
    parser = PARSED["kea" if form.name == "kea6" else form.name]
    parsed = parser.parse(text.splitlines(keepends=True), {})
    assert parsed.problems == ()
    return [Claim(entry.name, entry.mac, entry.ip) for entry in parsed.entries]


@pytest.mark.parametrize("name", NAMES)
@given(given_=many)
def test_what_is_exported_comes_back_as_it_was(name: str, given_: list[Claim]) -> None:
    form = BY_NAME[name]
    kept = [one for one in form.claims(given_)[0] if form.fits(one)]
    text = "".join(f"{line}\n" for line in form.written(kept, {}))
    assert back(form, text) == [one.bare for one in kept]
    assert len(text.splitlines()) == text.count("\n")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"csv", "json"}])
@given(given_=many)
def test_what_is_marked_does_not_come_back(name: str, given_: list[Claim]) -> None:
    form = BY_NAME[name]
    kept = [one for one in form.claims(given_)[0] if form.fits(one)]
    marks = collisions.found(kept, form.pairs)
    text = "".join(f"{line}\n" for line in form.written(kept, marks))
    assert back(form, text) == [one.bare for one in kept if one not in marks]
    assert text.count("collision: ") >= len(marks)


@pytest.mark.parametrize("name", ["csv", "json"])
@given(given_=many)
def test_data_keeps_what_is_marked_with_the_reason(name: str, given_: list[Claim]) -> None:
    form = BY_NAME[name]
    kept = [one for one in form.claims(given_)[0] if form.fits(one)]
    marks = collisions.found(kept)
    text = "".join(f"{line}\n" for line in form.written(kept, marks))
    assert back(form, text) == [one.bare for one in kept]
    told = json.loads(text) if name == "json" else list(csv.DictReader(io.StringIO(text)))
    reasons = [marks.get(one, "") for one in kept]
    assert [one.get("collision", "") for one in told] == (reasons if name == "json" else list(map(escape, reasons)))


@pytest.mark.parametrize("name", NAMES)
def test_an_export_is_recognised_by_an_import(name: str) -> None:
    form = BY_NAME[name]
    address = "2001:db8::1" if name == "kea6" else "10.0.0.1"
    kept, _ = form.claims([Claim("db01", MAC, address)])
    found = recognised("any", "".join(f"{line}\n" for line in form.written(kept, {})))
    assert found is not None
    assert found.name == ("kea" if name == "kea6" else name)


@pytest.mark.parametrize(
    ("form", "claim", "expected"),
    [
        ("ethers", Claim("db01", MAC, "10.0.0.1"), f"{MAC} db01"),
        ("ethers", Claim(None, MAC, "10.0.0.1"), f"{MAC} 10.0.0.1"),
        ("hosts", Claim("db01", MAC, "10.0.0.1"), "10.0.0.1\tdb01"),
        ("dnsmasq", Claim("db01", MAC, "10.0.0.1"), f"dhcp-host={MAC},10.0.0.1,db01"),
        ("dnsmasq", Claim("db01", MAC, "2001:db8::1"), f"dhcp-host={MAC},[2001:db8::1],db01"),
        ("dhcpd", Claim("db01", MAC, "10.0.0.1"), f"host db01 {{ hardware ethernet {MAC}; fixed-address 10.0.0.1; }}"),
        ("dhcpd", Claim("db01", MAC, "::1"), f"host db01 {{ hardware ethernet {MAC}; fixed-address6 ::1; }}"),
        ("dhcpd", Claim("db01", MAC), f"host db01 {{ hardware ethernet {MAC}; }}"),
    ],
)
def test_a_claim_as_each_format_spells_it(form: str, claim: Claim, expected: str) -> None:
    kept, _ = BY_NAME[form].claims([claim])
    assert list(BY_NAME[form].written(kept, {})) == [expected]


def test_the_document_of_kea_is_plain_json() -> None:
    kept, without = BY_NAME["kea6"].claims([Claim("a", MAC, "2001:db8::1"), Claim("b", OTHER, "10.0.0.1")])
    document = json.loads("\n".join(BY_NAME["kea6"].written(kept, {})))
    host = {"hw-address": MAC, "hostname": "a", "ip-addresses": ["2001:db8::1"]}
    assert (document, without) == ({"Dhcp6": {"reservations": [host]}}, 1)


def test_what_another_claim_says_as_well_is_not_said_again() -> None:
    whole = Claim("a", MAC, "10.0.0.1")
    given_ = [
        Claim("a", MAC),
        whole,
        Claim(None, MAC, "10.0.0.1"),
        whole,
        Claim("b", MAC),
        Claim("a", None, "10.0.0.1"),
    ]
    assert largest(given_) == [whole, Claim("b", MAC)]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Claim("a", MAC), Claim("b", MAC), f"MAC {MAC} has 2 names: a, b"),
        (Claim(None, MAC, "10.0.0.1"), Claim(None, MAC, "10.0.0.2"), f"MAC {MAC} has 2 addresses: 10.0.0.1, 10.0.0.2"),
        (Claim(None, MAC, "10.0.0.1"), Claim(None, OTHER, "10.0.0.1"), f"address 10.0.0.1 has 2 MACs: {MAC}, {OTHER}"),
        (Claim("a", None, "10.0.0.1"), Claim("b", None, "10.0.0.1"), "address 10.0.0.1 has 2 names: a, b"),
        (Claim("a", None, "10.0.0.1"), Claim("A", None, "10.0.0.2"), "name a has 2 addresses: 10.0.0.1, 10.0.0.2"),
        (Claim("a", MAC), Claim("a", OTHER), f"name a has 2 MACs: {MAC}, {OTHER}"),
        (Claim("a.x", MAC), Claim("a.y", MAC), f"MAC {MAC} has 2 names: a.x, a.y"),
        (Claim("a", MAC, "10.0.0.1"), Claim("a", MAC, "2001:db8::1"), None),
        (Claim("a", MAC), Claim("A.soho.", MAC), None),
        (Claim("a", MAC), Claim("a", None, "10.0.0.1"), None),
    ],
)
def test_contradictions(one: Claim, other: Claim, reason: str | None) -> None:
    found = collisions.found([one, other])
    assert set(found) == ({one, other} if reason else set())
    assert reason is None or found[one] == reason
