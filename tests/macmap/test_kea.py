"""Kea's configurations and leases: its own examples, comments, includes, what is broken, what is being written."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from macmap.entry import MOST_PROBLEMS, Entry, Parsed
from macmap.kea import leases
from macmap.kea.document import DEEPEST, MOST_ITEMS
from macmap.kea.reservations import parse
from tests.conftest import SHARED

CORPUS = Path(os.environ.get("VHOST_CORPUS", SHARED / "corpus"))
EXAMPLES = sorted((CORPUS / "kea").glob("*.json"))
MIGRATED = sorted((CORPUS / "dhcpd/keama").glob("*.out"))
HOST = '{ "hw-address": "1A:1b:1c:1d:1e:1f", "ip-address": "192.0.2.201", "hostname": "db01" }'
ENTRY = Entry(name="db01", mac="1a:1b:1c:1d:1e:1f", ip="192.0.2.201", line=1, hostname="db01")


def reserved(text: str) -> Iterator[dict[str, Any]]:
    """Return the reservations of a text, by a reader that is not ours: comments and commas out, then json."""
    bare = re.sub(
        r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|#[^\n]*|/\*.*?\*/', lambda match: match[1] or "", text, flags=re.DOTALL
    )
    bare = re.sub(r",(\s*[}\]])", r"\1", bare)
    bare = re.sub(r"(:\s*)(\.\d)", r"\g<1>0\2", bare)
    yield from _reserved(json.loads(bare))


def _reserved(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield from value.get("reservations", [])
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from _reserved(item)


def key(one: dict[str, Any]) -> set[tuple[str | None, str | None, str | None]]:
    addresses = [*one.get("ip-addresses", []), *([one["ip-address"]] if one.get("ip-address") else [])] or [None]
    mac = one.get("hw-address")
    return {(one.get("hostname") or None, mac and mac.lower().rpartition(" ")[2], address) for address in addresses}


def bound(parsed: Parsed) -> set[tuple[str | None, str | None, str | None]]:
    return {(one.name, one.mac, one.ip) for one in parsed.entries}


def test_the_corpus_is_there() -> None:
    assert min(len(EXAMPLES), len(MIGRATED)) > 40


@pytest.mark.parametrize("path", [*EXAMPLES, *MIGRATED], ids=lambda path: path.name)
def test_the_reservations_of_a_real_configuration_come_out(path: Path) -> None:
    text = path.read_text()
    expected = set().union(*map(key, reserved(text)))
    parsed = parse(text)
    assert (bound(parsed), parsed.problems) == (expected, ())


@pytest.mark.parametrize(
    "text",
    [
        f'{{"Dhcp4": {{"reservations": [{HOST}]}}}}',
        f'{{"Dhcp4": {{"subnet4": [{{"id": 1, "reservations": [{HOST}]}}]}}}}',
        f'{{"Dhcp4": {{"shared-networks": [{{"subnet4": [{{"pools": [{{"reservations": [{HOST}]}}]}}]}}]}}}}',
        f'{{"Dhcp4": /* a "comment" */ {{"reservations": [{HOST},],}},}} // the end',
        f'# {{\n{{"Dhcp4": {{"x": "//", "reservations": [{HOST}]}}}} # the end',
    ],
    ids=["global", "subnet", "pool", "comments and commas", "comment signs in strings"],
)
def test_reservations_stand_at_every_level(text: str) -> None:
    parsed = parse(text)
    assert bound(parsed) == {("db01", "1a:1b:1c:1d:1e:1f", "192.0.2.201")}
    assert parsed.problems == ()


def test_the_interface_of_a_subnet_is_the_segment_wherever_it_stands() -> None:
    (entry,) = parse(f'{{"subnet4": [{{"reservations": [{HOST}], "interface": "eth1"}}], "interface": "no"}}').entries
    assert entry.segment == "eth1"


def test_a_v6_reservation_has_its_addresses_and_duid() -> None:
    parsed = parse(
        '{"reservations": [{"duid": "01:02:0A", "ip-addresses": ["2001:DB8::1", "2001:db8::2"], "prefixes": ["x"]}]}'
    )
    assert [(one.ip, one.duid) for one in parsed.entries] == [("2001:db8::1", "01:02:0a"), ("2001:db8::2", "01:02:0a")]


@pytest.mark.parametrize("duid", ["01:02:0a", "01020A", "0x01020a", "'abc'"])
def test_a_duid_in_every_spelling(duid: str) -> None:
    (entry,) = parse(f'{{"reservations": [{{"duid": "{duid}", "hostname": "a"}}]}}').entries
    assert entry.duid == ("61:62:63" if "'" in duid else "01:02:0a")


def test_an_include_is_read_in_its_place_and_named_while_it_is_missing() -> None:
    text = '{"Dhcp4": {"reservations": [\n <?include "more.json"?> ]}}'
    (missing,) = parse(text).includes
    assert (missing.name, missing.line) == ("more.json", 2)
    parsed = parse(text, {"more.json": f"\n{HOST}, {{bad}}"})
    assert [(one.name, one.line, one.file) for one in parsed.entries] == [("db01", 2, "more.json")]
    assert [(one.line, one.file) for one in parsed.problems] == [(2, "more.json")]


def test_a_text_that_ends_too_early_is_said_once() -> None:
    assert [one.problem for one in parse('{"Dhcp4": {"x": [[[').problems] == [
        "']' expected at the end: what began in line 1 is still open"
    ]


def test_an_include_of_itself_is_a_problem() -> None:
    parsed = parse('{"x": <?include "a"?>}', {"a": '<?include "a"?> 1'})
    assert ["include itself" in one.problem for one in parsed.problems] == [True]


@pytest.mark.parametrize(
    ("bad", "line", "expected"),
    [
        ('{"hw-address": "1a:1b"}', 2, "a MAC of 6 bytes expected, not '1a:1b'"),
        ('{"hw-address": "1a:1b:1c:1d:1e:1e", "ip-address": "1.2.3.400"}', 2, "an address expected, not '1.2.3.400'"),
        ('{"duid": "xyz"}', 2, "a DUID in hex digits expected, not 'xyz'"),
        ('{"hostname": }', 2, "a value expected, not '}'"),
        ('{"hostname" "x"}', 2, "':' expected after '\"hostname\"'"),
        ('{"hostname": "x" "ip-address": "1.2.3.4"}', 2, "',' expected before '\"ip-address\"'"),
        ("{hostname: 1}", 2, "a name in quotes expected, not 'hostname'"),
        ('{"a": "x\n}', 2, "the end of '\"x' expected"),
        ('{"a": [1, 2}', 2, "']' expected, not '}': what began in line 2 is still open"),
        ('{"a": nul}', 2, "a value expected, not 'nul'"),
        ('{"a": "\\x"}', 2, "a string or number of JSON expected, not '\"\\\\x\"'"),
    ],
)
def test_a_bad_spot_is_named_and_the_others_come_out(bad: str, line: int, expected: str) -> None:
    parsed = parse(f'{{"reservations": [\n{bad},\n{HOST} ]}}')
    assert (parsed.problems[0].line, parsed.problems[0].problem) == (line, expected)
    assert ("db01", "1a:1b:1c:1d:1e:1f", "192.0.2.201") in bound(parsed)


@pytest.mark.parametrize(
    "text", ["", "{", '{"reservations": [', f'{{"reservations": [{HOST}', f'{{}}}} "reservations": [{HOST}]']
)
def test_a_document_that_ends_too_early_is_a_problem_and_what_was_good_is_kept(text: str) -> None:
    parsed = parse(text)
    assert parsed.problems
    assert len(parsed.entries) == text.count("db01")


def test_depth_items_and_problems_are_bounded() -> None:
    assert "in each other" in parse("[" * (DEEPEST + 9)).problems[0].problem
    assert (
        "items" in parse('{"reservations": [{"ip-addresses": [%s]}]}' % ("1," * (MOST_ITEMS + 9))).problems[0].problem
    )
    assert len(parse("{" + "," * 9 + "x" * 9 + " y" * 9_000).problems) == MOST_PROBLEMS + 1


HEADER4 = (
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
)
LEASE4 = "10.0.0.5,08:00:27:12:34:56,,3600,1508141363,1,0,0,pc1.soho.,0,,0\n"
HEADER6 = (
    "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,"
    "hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n"
)
LEASE6 = "2001:DB8::5,00:01:02,7200,1508141363,1,3600,0,7,128,0,0,pc1,08:00:27:12:34:56,0,,1,2,0\n"


def leased(text: str) -> Parsed:
    return leases.parse(text.splitlines(keepends=True))


def test_a_v4_lease_has_its_parts() -> None:
    (entry,) = leased(HEADER4 + LEASE4).entries
    assert entry == Entry(
        name="pc1.soho",
        mac="08:00:27:12:34:56",
        ip="10.0.0.5",
        line=2,
        hostname="pc1.soho",
        state="active",
        expires_at=datetime(2017, 10, 16, 8, 9, 23, tzinfo=UTC),
        seen_at=datetime(2017, 10, 16, 7, 9, 23, tzinfo=UTC),
    )


def test_a_v6_lease_has_its_parts_and_prefixes_are_passed() -> None:
    (entry,) = leased(HEADER6 + LEASE6 + LEASE6.replace("::5", "::").replace(",3600,0,", ",3600,2,")).entries
    assert (entry.ip, entry.duid, entry.mac, entry.name) == ("2001:db8::5", "00:01:02", "08:00:27:12:34:56", "pc1")


def test_the_last_line_of_an_address_wins_and_a_lifetime_of_nothing_takes_it_back() -> None:
    later = LEASE4.replace("pc1", "pc2")
    assert [one.name for one in leased(HEADER4 + LEASE4 + later).entries] == ["pc2.soho"]
    assert leased(HEADER4 + LEASE4 + LEASE4.replace(",3600,", ",0,")) == Parsed()


@pytest.mark.parametrize(("state", "ended"), [("0", False), ("1", True), ("2", True), ("3", True), ("4", False)])
def test_states(state: str, ended: bool) -> None:
    (entry,) = leased(HEADER4 + LEASE4.replace("soho.,0", f"soho.,{state}")).entries
    assert entry.ended is ended


def test_escaped_values_and_leases_that_never_end() -> None:
    (entry,) = leased(HEADER4 + LEASE4.replace("pc1", "a&#x2cb").replace(",3600,", ",4294967295,")).entries
    assert (entry.name, entry.expires_at) == ("a,b.soho", None)


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (LEASE4[:30], "12 values expected, not 4"),
        (LEASE4.replace("10.0.0.5", "10.0.0"), "an address expected, not '10.0.0'"),
        (LEASE4.replace("08:00:27", "08:00:27:99"), "a MAC of 6 bytes expected"),
        (LEASE4.replace("1508141363", "soon"), "seconds since 1970 and a lifetime expected, not 'soon', '3600'"),
    ],
)
def test_a_bad_line_of_leases_is_named(bad: str, expected: str) -> None:
    parsed = leased(HEADER4 + LEASE4.replace("0.0.5", "0.0.6") + bad)
    (found,) = parsed.problems
    assert (found.line, found.problem[: len(expected)]) == (3, expected)
    assert parsed.entries[0].ip == "10.0.0.6"


def test_a_file_without_the_names_of_its_columns_is_a_problem() -> None:
    assert [one.line for one in leased(LEASE4 + LEASE4).problems] == [1]
