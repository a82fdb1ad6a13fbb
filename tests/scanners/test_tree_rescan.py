"""The tree scanner: what is not read again, and what is read together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanners.tree import scan
from tests.scanners.trees import known, machines, nothing, vmx, write, xen


def test_an_unchanged_file_is_not_opened(tmp_path: Path, opened: list[str]) -> None:
    write(tmp_path, {"a/x.cfg": xen("x"), "a/notes": "hello"})
    first = scan([str(tmp_path)])
    opened.clear()

    again = scan([str(tmp_path)], known=known(first))

    assert again.unchanged == [f"{tmp_path}/a/notes", f"{tmp_path}/a/x.cfg"]
    assert again.observations == []
    assert {"x.cfg", "notes"}.isdisjoint(opened)


def test_every_candidate_is_opened_once(tmp_path: Path, opened: list[str]) -> None:
    write(
        tmp_path, {"x.cfg": xen("x"), "y.vmx": vmx("y"), "y.ctys": "#@#OS=x\n", "notes": "hello", "large": "x" * 9000}
    )

    scan([str(tmp_path)])

    assert sorted(opened) == sorted([tmp_path.name, "large", "notes", "x.cfg", "y.ctys", "y.vmx"])


def test_a_file_of_another_content_is_read_again(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.cfg": xen("old")}))])
    write(tmp_path, {"x.cfg": xen("other")})

    assert machines(scan([str(tmp_path)], known=known(first)), tmp_path) == {"x.cfg": "other"}


def test_an_older_file_of_the_same_size_that_took_the_place_is_noticed(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.cfg": xen("new"), ".x.tmp": xen("old")}))])
    os.utime(tmp_path / ".x.tmp", (1_000_000_000, 1_000_000_000))
    (tmp_path / ".x.tmp").rename(tmp_path / "x.cfg")

    assert machines(scan([str(tmp_path)], known=known(first)), tmp_path) == {"x.cfg": "old"}


@pytest.mark.parametrize("part", range(4))
def test_any_difference_of_the_stamp_counts(tmp_path: Path, part: int) -> None:
    first = scan([str(write(tmp_path, {"x.cfg": xen("x")}))])
    path, stamp = next(iter(known(first).items()))
    device, inode, size, mtime = (value + (at == part) for at, value in enumerate(stamp))

    assert machines(scan([str(tmp_path)], known={path: (device, inode, size, mtime)}), tmp_path) == {"x.cfg": "x"}


def test_a_file_that_was_emptied_is_seen_as_no_configuration_for_as_long_as_it_is(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.cfg": xen("x")}))])
    write(tmp_path, {"x.cfg": ""})

    second = scan([str(tmp_path)], known=known(first))
    third = scan([str(tmp_path)], known=known(second))

    assert nothing(second, tmp_path) == nothing(third, tmp_path) == ["x.cfg"]


def test_a_file_that_is_gone_is_neither_read_nor_unchanged(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.cfg": xen("x"), "y.cfg": xen("y")}))])
    (tmp_path / "x.cfg").unlink()

    again = scan([str(tmp_path)], known=known(first))

    assert (again.unchanged, again.observations) == ([f"{tmp_path}/y.cfg"], [])


def test_a_wrapper_beside_a_foreign_configuration_adds_its_tags(tmp_path: Path) -> None:
    write(tmp_path, {"x.vmx": vmx("x"), "x.ctys": '#@#MAGICID-VMW\n#@#LABEL="x"\n#@#DIST="SuSE"\n'})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"x.vmx": "x"}
    assert found.observations[1].machines[0].dist == "SuSE"


def test_the_tags_of_a_file_win_over_those_of_its_wrapper(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x", DIST="own"), "x.ctys": '#@#DIST="wrapper"\n#@#DISTREL="9"\n'})

    machine = scan([str(tmp_path)]).observations[0].machines[0]

    assert (machine.dist, machine.distrel) == ("own", "9")


def test_a_wrapper_can_hide_the_machine_beside_it(tmp_path: Path) -> None:
    write(tmp_path, {"x.vmx": vmx("x"), "x.ctys": "#@#MAGICID-IGNORE\n"})

    assert machines(scan([str(tmp_path)]), tmp_path) == {}


_WRAPPER = '#!/bin/sh\n#@#MAGICID-QEMU\n#@#LABEL="x"\n#@#MAC0="00:50:56:13:12:00"\n#@#VRAM="1024"\n'
_STARTER = "#!/bin/sh\nqemu-system-x86_64 -name x -m 512 -smp 4 -drive file=/vm/x.img\n"


def test_a_wrapper_beside_its_starter_is_the_machine(tmp_path: Path) -> None:
    write(tmp_path, {"x.ctys": _WRAPPER, "x.sh": _STARTER})

    assert machines(scan([str(tmp_path)]), tmp_path) == {"x.ctys": "x"}


def test_a_starter_says_what_its_wrapper_does_not(tmp_path: Path) -> None:
    write(tmp_path, {"x.ctys": _WRAPPER, "x.sh": _STARTER})

    observation = scan([str(tmp_path)]).observations[0]

    assert (observation.machines[0].vram, observation.machines[0].vcpu) == ("1024", "4")
    assert [disk.source for disk in observation.disks] == ["/vm/x.img"]


def test_a_starter_without_a_wrapper_is_a_machine(tmp_path: Path) -> None:
    write(tmp_path, {"x.sh": _STARTER})

    assert machines(scan([str(tmp_path)]), tmp_path) == {"x.sh": "x"}


def test_a_starter_that_calls_nothing_leaves_its_wrapper_alone(tmp_path: Path) -> None:
    write(tmp_path, {"x.ctys": _WRAPPER, "x.sh": "#!/bin/sh\n#@#MAGICID-QEMU\nexit 0\n"})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"x.ctys": "x"}
    assert nothing(found, tmp_path) == ["x.sh"]


@pytest.mark.parametrize("changed", ["x.vmx", "x.ctys"])
def test_a_change_of_one_file_of_a_group_reads_all_of_it(tmp_path: Path, changed: str) -> None:
    files = {"x.vmx": vmx("x"), "x.ctys": '#@#DIST="SuSE"\n', "y.cfg": xen("y")}
    first = scan([str(write(tmp_path, files))])
    write(tmp_path, {changed: files[changed] + "# changed\n"})

    again = scan([str(tmp_path)], known=known(first))

    assert machines(again, tmp_path) == {"x.vmx": "x"}
    assert nothing(again, tmp_path) == ["x.ctys"]
    assert again.unchanged == [f"{tmp_path}/y.cfg"]


def test_a_new_wrapper_reads_the_configuration_beside_it_again(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.vmx": vmx("x")}))])
    write(tmp_path, {"x.ctys": '#@#DIST="SuSE"\n'})

    again = scan([str(tmp_path)], known=known(first))

    assert [one.machines[0].dist for one in again.observations if one.machines] == ["SuSE"]


@pytest.mark.parametrize("as_what", ["gone", "empty", "a directory"])
def test_a_wrapper_that_is_no_more_reads_the_configuration_beside_it_again(tmp_path: Path, as_what: str) -> None:
    first = scan([str(write(tmp_path, {"x.vmx": vmx("x"), "x.ctys": '#@#DIST="SuSE"\n'}))])
    (tmp_path / "x.ctys").unlink()
    if as_what == "empty":
        (tmp_path / "x.ctys").touch()
    if as_what == "a directory":
        (tmp_path / "x.ctys").mkdir()

    again = scan([str(tmp_path)], known=known(first))

    assert [one.machines[0].dist for one in again.observations if one.machines] == [None]


def test_a_wrapper_whose_starter_is_gone_is_read_again(tmp_path: Path) -> None:
    first = scan([str(write(tmp_path, {"x.ctys": _WRAPPER, "x.sh": _STARTER}))])
    (tmp_path / "x.sh").unlink()

    again = scan([str(tmp_path)], known=known(first))

    assert [one.machines[0].vcpu for one in again.observations] != ["4"]
    assert again.unchanged == []


def test_an_unchanged_group_is_not_read_again(tmp_path: Path) -> None:
    first = scan(
        [str(write(tmp_path, {"x.ctys": _WRAPPER, "x.sh": _STARTER, "y.vmx": vmx("y"), "y.ctys": "#@#OS=y\n"}))]
    )

    again = scan([str(tmp_path)], known=known(first))

    assert (again.counts.unchanged, again.counts.read) == (4, 0)
