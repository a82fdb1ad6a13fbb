"""The tree scanner: roots and directories, each of them walked once."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from scanners.tree import scan
from tests.scanners.trees import machines, vmx, write, xen


@pytest.mark.parametrize("name", [".snapshot", ".zfs", ".git", "lost+found"])
def test_copies_of_a_tree_are_skipped_and_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, {f"{name}/hourly.0/x.cfg": xen("x")})

    found = scan([str(tmp_path)])

    assert (machines(found, tmp_path), found.skipped) == ({}, [f"{tmp_path}/{name}"])


def test_all_directories_are_entered_where_all_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {".snapshot/x.cfg": xen("x")})

    assert machines(scan([str(tmp_path)], all_dirs=True), tmp_path) == {".snapshot/x.cfg": "x"}


def test_a_copy_of_a_tree_that_is_a_root_is_entered(tmp_path: Path) -> None:
    write(tmp_path, {".snapshot/x.cfg": xen("x")})

    assert machines(scan([f"{tmp_path}/.snapshot"]), tmp_path) == {".snapshot/x.cfg": "x"}


def test_roots_within_each_other_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/x.cfg": xen("x")})

    found = scan([f"{tmp_path}/a/b", str(tmp_path), f"{tmp_path}/a/", str(tmp_path)])

    assert machines(found, tmp_path) == {"a/b/x.cfg": "x"}
    assert found.counts.directories == 3


def test_a_directory_in_two_roots_always_has_the_same_path(tmp_path: Path) -> None:
    write(tmp_path, {"pool/b/x.cfg": xen("x")})
    (tmp_path / "a").symlink_to(tmp_path / "pool/b")

    for _ in range(5):
        found = scan([f"{tmp_path}/a", f"{tmp_path}/pool"])

        assert machines(found, tmp_path) == {"a/x.cfg": "x"}
        assert found.again == {f"{tmp_path}/pool/b": f"{tmp_path}/a"}


def test_a_root_that_is_a_link_is_followed_and_keeps_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"pool/x.cfg": xen("x")})
    (tmp_path / "link").symlink_to("pool")

    assert machines(scan([f"{tmp_path}/link"]), tmp_path) == {"link/x.cfg": "x"}


def test_a_root_may_be_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"x.vmx": vmx("x"), "x.ctys": '#@#DIST="SuSE"\n', "y.cfg": xen("y"), "z/z.cfg": xen("z")})

    found = scan([f"{tmp_path}/x.vmx"])

    assert machines(found, tmp_path) == {"x.vmx": "x"}
    assert [one.machines[0].dist for one in found.observations if one.machines] == ["SuSE"]


def test_a_file_that_is_a_root_is_looked_at_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"x.log": xen("x")})

    assert machines(scan([f"{tmp_path}/x.log"]), tmp_path) == {"x.log": "x"}


def test_a_file_below_another_root_is_reported_once(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x")})

    assert len(scan([str(tmp_path), f"{tmp_path}/x.cfg"]).observations) == 1


def test_many_open_directories_do_not_exhaust_the_descriptors(tmp_path: Path) -> None:
    for depth in range(120):
        write(tmp_path, {"d/" * depth + f"{side}/x.cfg": xen("x") for side in ("a", "d", "e")})
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        found = scan([str(tmp_path)])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert (found.findings, len(machines(found, tmp_path))) == ([], 3 * 120)


def test_a_scan_leaves_no_descriptor_open(tmp_path: Path) -> None:
    write(tmp_path, {f"{a}/{b}/x.cfg": xen("x") for a in range(10) for b in range(10)})
    before = sorted(Path("/proc/self/fd").iterdir())

    scan([str(tmp_path)])

    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_mounts_that_hold_the_roots_are_named(tmp_path: Path) -> None:
    found = scan([str(tmp_path)])

    point, mount = next(iter(found.mounts.items()))
    assert str(tmp_path).startswith(point)
    assert mount.startswith("local:")


def test_without_a_mount_table_everything_is_found_on_an_unknown_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a/x.cfg": xen("x")})
    monkeypatch.setattr("scanners.tree._MOUNTINFO", tmp_path / "none")

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"a/x.cfg": "x"}
    assert found.observations[0].stamp.mount is None
