"""Every cause of ambiguity is in the lab as a fact of its files, and no collision is there by accident."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from tests.sample.lab import README, SAMPLE, disks, files, guests, keys, rows, scans, shared

CASES = rows(SAMPLE / "cases.tsv")
CAUSES = ["multipath", "backup", "moved", "clone", "relabel", "address", "mac", "contradiction", "stale"]


def pairs(cause: str) -> list[list[str]]:
    return [case["files"].split(", ") for case in CASES if case["cause"] == cause]


def labels(path: str) -> set[str | None]:
    return {machine.label for machine in files()[path].machines}


def test_every_cause_has_a_case() -> None:
    assert {case["cause"] for case in CASES} == set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_readme_explains_every_cause(cause: str) -> None:
    assert len(re.findall(rf"^\| {cause} \|", README, flags=re.MULTILINE)) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['cause']}-{case['value']}")
def test_the_files_of_a_case_have_its_key(case: dict[str, str]) -> None:
    having = {path for path, one in files().items() if (case["key"], case["value"]) in keys(one)}
    assert set(case["files"].split(", ")) <= having


def test_machines_share_a_key_only_where_a_case_says_so() -> None:
    meant = {frozenset(pair) for case in CASES for pair in combinations(case["files"].split(", "), 2)}
    found = {frozenset(pair) for pair in combinations(guests(), 2) if shared(guests()[pair[0]], guests()[pair[1]])}
    unmeant = found - meant
    assert unmeant == {frozenset({"trees/xen/tst100/tst100-inst.conf", "trees/xen/tst-ctys/tst100/tst100.conf"})}


def test_a_multipath_machine_is_one_file_that_two_hosts_see() -> None:
    ((path,),) = pairs("multipath")
    assert [scanned.host for scanned in scans() if path in scanned.observations] == ["lab00.soho", "lab01.soho"]


def test_one_backup_is_marked_by_its_state() -> None:
    states = [{machine.vmstate for path in pair for machine in files()[path].machines} for pair in pairs("backup")]
    assert {"ACTIVE", "BACKUP"} in states


def test_one_backup_has_equal_content() -> None:
    assert any((SAMPLE / one).read_bytes() == (SAMPLE / other).read_bytes() for one, other in pairs("backup"))


@pytest.mark.parametrize("suffix", ["-inst.conf", ".cfg.bak"])
def test_backups_are_named_after_the_other_with_a_suffix(suffix: str) -> None:
    assert any(other.endswith(suffix) for _, other in pairs("backup"))


@pytest.mark.parametrize("pair", pairs("clone"), ids=str)
def test_clones_share_uuid_and_mac_but_no_disk(pair: list[str]) -> None:
    one, other = (files()[path] for path in pair)
    assert ({"UUID", "MAC"} <= shared(one, other), disks(one) & disks(other)) == (True, set())


def test_one_pair_of_clones_has_different_labels() -> None:
    assert any(labels(one).isdisjoint(labels(other)) for one, other in pairs("clone"))


def test_relabelled_machines_share_nothing_but_the_label() -> None:
    ((one, other),) = pairs("relabel")
    assert shared(files()[one], files()[other]) == {"LABEL"}


def test_an_address_collision_shares_nothing_but_the_address_in_one_segment() -> None:
    ((one, other),) = pairs("address")
    masks = {machine.netmask for path in (one, other) for machine in files()[path].machines}
    assert (shared(files()[one], files()[other]), masks) == ({"TCP"}, {"255.255.255.0"})


def test_a_mac_collision_is_no_clone() -> None:
    ((one, other),) = pairs("mac")
    same_disks = disks(files()[one]) == disks(files()[other]) != set()
    assert (shared(files()[one], files()[other]), same_disks) == ({"LABEL", "MAC"}, True)


def test_tags_contradict_the_settings_in_all_of_the_identity() -> None:
    conflicts = {path: {conflict.column for conflict in one.conflicts} for path, one in files().items()}
    assert {path: columns for path, columns in conflicts.items() if columns} == {
        "trees/xen/tst107/tst107.conf": {"label", "uuid", "mac"}
    }


def test_the_stale_machine_is_told_apart_only_by_its_size() -> None:
    ((one, other),) = pairs("stale")
    sizes = {(machine.vram, machine.vcpu) for path in (one, other) for machine in files()[path].machines}
    assert (shared(files()[one], files()[other]), disks(files()[one]) == disks(files()[other]), len(sizes)) == (
        {"LABEL", "UUID", "MAC"},
        True,
        2,
    )


@pytest.mark.parametrize("cause", ["moved", "stale"])
def test_the_readme_shows_the_second_step(cause: str) -> None:
    (step,) = [case["needs"] for case in CASES if case["cause"] == cause]
    assert f"\n    {step}\n" in README


def test_what_moves_is_there_and_its_destination_is_not() -> None:
    (step,) = [case["needs"].split() for case in CASES if case["cause"] == "moved"]
    assert [(SAMPLE / path).exists() for path in step[1:]] == [True, False]
