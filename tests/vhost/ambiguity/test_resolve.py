from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vhost.ambiguity.worlds import ADDRESSES, WORLDS, Claim, World, fitting, stored
from tests.vhost.databases import machine_line, old_database, scan, seen
from vhost.address import Address, parse
from vhost.ambiguity.resolve import Answer, Resolver
from vhost.cache.snapshot import opened
from vhost.errors import Ambiguous, UsageError

KNOWN_HOSTS = [Claim("host", pm="h1"), Claim("host2", pm="h2")]


@given(WORLDS, st.lists(ADDRESSES, min_size=1, max_size=8))
def test_addresses_fit_what_the_obvious_rule_says(world: World, asked: list[Address]) -> None:
    claims = [*world, *KNOWN_HOSTS]
    found = defaultdict(set)
    with stored(claims) as con:
        for number, machine in Resolver(con).matches(asked):
            found[number].add(machine)
    assert [found[number] for number in range(len(asked))] == [fitting(claims, one) for one in asked]


def answers(world: World, *asked: str) -> list[Answer]:
    with stored(world) as con:
        return Resolver(con).answers([parse(text) for text in asked])


def test_many_addresses_are_answered_in_their_order_and_repeated_ones_alike() -> None:
    world = [Claim("M", label="a"), Claim("N", label="b"), Claim("O", label="b")]
    found = answers(world, "l:a", "l:b", "l:c", "l:a")
    assert [(one.status, one.machines, one.machine_id) for one in found] == [
        ("unique", 1, "M"),
        ("ambiguous", 2, None),
        ("none", 0, None),
        ("unique", 1, "M"),
    ]


def test_a_machine_that_no_scan_can_see_is_stale_and_makes_others_ambiguous_all_the_same() -> None:
    world = [Claim("M", label="a", stale=True), Claim("N", label="b", stale=True), Claim("O", label="b")]
    assert [one.status for one in answers(world, "l:a", "l:b")] == ["stale", "ambiguous"]


def test_one_fresh_view_keeps_a_machine_from_being_stale_but_not_on_another_host() -> None:
    world = [Claim("M", pm="h1", label="a", stale=True), Claim("M", pm="h2", label="a")]
    assert [one.status for one in answers(world, "l:a", "l:a,h:h1", "l:a,h:h2")] == ["unique", "stale", "unique"]


def test_the_fields_are_those_of_the_claim_that_fits_best() -> None:
    world = [
        Claim("M", label="a", mac="00:50:56:00:00:01"),
        Claim("M", label="a", mac="00:50:56:00:00:02", tcp="10.0.0.2"),
    ]
    first, second = answers(world, "l:a", "l:a,t:10.0.0.2")
    assert (first.mac, second.mac, second.tcp) == ("00:50:56:00:00:01", "00:50:56:00:00:02", "10.0.0.2")


def test_parts_may_fit_different_interfaces_of_a_machine() -> None:
    world = [Claim("M", mac="00:50:56:00:00:01"), Claim("M", tcp="10.0.0.2"), Claim("N", mac="00:50:56:00:00:01")]
    assert [one.machine_id for one in answers(world, "m:00:50:56:00:00:01,t:10.0.0.2")] == ["M"]


def test_parts_that_speak_of_the_file_have_to_fit_the_same_path() -> None:
    world = [Claim("M", id="/a/x.conf"), Claim("M", id="/b/y.conf"), Claim("N", id="/a/y.conf")]
    assert [one.machine_id for one in answers(world, "b:/a,f:y.conf", "b:/b,f:x.conf")] == ["N", None]


def test_a_host_that_is_refused_spoils_only_its_own_address() -> None:
    world = [Claim("M", pm="lab00.soho", label="a"), Claim("N", pm="lab00.site2", label="b")]
    found = answers(world, "l:a", "l:a,h:lab00", "l:a,h:nowhere", "l:a,h:lab00.soho")
    assert [one.status for one in found] == ["unique", "ambiguous", "none", "unique"]
    assert "fits 2 PMs" in found[1].problem
    assert "no record names it" in found[2].problem


def test_asking_for_machines_names_a_refused_host() -> None:
    with stored([Claim("M", pm="lab00.soho", label="a"), Claim("N", pm="lab00.site2")]) as con:
        assert Resolver(con).machines(parse("l:a")) == ["M"]
        with pytest.raises(Ambiguous):
            Resolver(con).machines(parse("l:a,h:lab00"))
        with pytest.raises(UsageError):
            Resolver(con).machines(parse("l:a,h:nowhere"))


def test_nothing_asked_is_nothing_answered() -> None:
    assert answers([]) == []


@pytest.mark.parametrize(
    "text",
    ["u:6842CAF9-2264-4cd9-8b6f-3f6a1a8a7b2e", "m:0-50-56-13-11-4A", "m:0050.5613.114a", "t:Tst100.", "p://x/./y/"],
)
def test_values_are_found_in_any_spelling(tmp_path: Path, text: str) -> None:
    uuid = "{6842caf9 2264 4cd9 8b6f 3f6a1a8a7b2e}"
    line = machine_line(label="x", id="/x/y", uuid=uuid, mac="00:50:56:13:11:4A", tcp="TST100")
    with opened([old_database(tmp_path, [line])]) as snapshot:
        (found,) = Resolver(snapshot.con).answers([parse(text)])
    assert found.status == "unique"


def test_a_name_stands_for_the_addresses_that_the_macmap_gives_it(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(label="x", id="/x", tcp="10.0.0.9")], "web.soho;;10.0.0.9;\n")
    with opened([db]) as snapshot:
        (found,) = Resolver(snapshot.con).answers([parse("t:WEB.soho")])
    assert found.label == "x"


@pytest.mark.parametrize("label", ["a;b", "a\nb", "a\udcffb", r"a\x3bb", "\u202eevil", "a,b:c%d\\"])
def test_labels_that_a_record_escapes_are_found_by_their_own_text(tmp_path: Path, label: str) -> None:
    scan(tmp_path, seen("/x", label=label))
    with opened([tmp_path]) as snapshot:
        (found,) = Resolver(snapshot.con).answers([parse("l:" + label.replace("\\", r"\x5c").replace(",", r"\,"))])
    assert found.status == "unique"
