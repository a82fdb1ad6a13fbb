"""Which file system begins where, and which mount of it is walked first."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanners.crossings import Crossing, Crossings, gone
from scanners.mounts import Table, parse

ROOT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw"


def crossings(roots: list[str], *lines: str) -> Crossings:
    return Crossings(roots, lambda: parse("\n".join((ROOT, *lines))))


def stages(found: Crossings, *paths: str) -> list[int | None]:
    return [crossing.stage if (crossing := found.at(path)) else None for path in paths]


def test_a_root_is_on_the_file_system_that_holds_it() -> None:
    found = crossings(["/pool/vm"], "2 1 0:40 / /pool rw - nfs nas:/vm rw")

    assert found.at("/pool/vm") == Crossing("nas:/vm", 0)
    assert found.mounts == {"/pool": "nas:/vm"}


def test_a_mount_below_a_root_begins_at_its_point() -> None:
    found = crossings(["/pool"], "2 1 0:40 / /pool/b rw - nfs nas:/vm rw", "3 1 0:41 / /other rw - tmpfs t rw")

    assert found.at("/pool/b") == Crossing("nas:/vm", 0)
    assert found.mounts == {"/": "local:ext4:/dev/sda1", "/pool/b": "nas:/vm"}


def test_nothing_begins_elsewhere() -> None:
    assert crossings(["/pool"]).at("/pool/a") is None


def test_of_the_mounts_of_one_device_each_has_a_stage_of_its_own_nearest_first() -> None:
    found = crossings(
        ["/pool"], "2 1 8:1 /x /pool/z rw - ext4 /dev/sda1 rw", "3 1 8:1 /y /pool/a/b rw - ext4 /dev/sda1 rw"
    )

    assert stages(found, "/pool", "/pool/z", "/pool/a/b") == [0, 1, 2]


def test_mounts_of_different_devices_are_walked_together() -> None:
    found = crossings(["/pool"], "2 1 0:40 / /pool/a rw - tmpfs t rw", "3 1 0:41 / /pool/b rw - tmpfs t rw")

    assert stages(found, "/pool", "/pool/a", "/pool/b") == [0, 0, 0]


def test_roots_side_by_side_are_walked_together() -> None:
    assert stages(crossings(["/pool", "/vm"]), "/pool", "/vm") == [0, 0]


def test_roots_within_each_other_are_walked_one_after_the_other() -> None:
    assert stages(crossings(["/pool/a", "/pool"]), "/pool", "/pool/a") == [0, 1]


def test_mounts_below_a_root_that_is_a_link_are_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "real/a").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")

    found = crossings([f"{tmp_path}/link"], f"2 1 0:40 / {tmp_path}/real/a rw - nfs nas:/vm rw")

    assert found.at(f"{tmp_path}/link/a") == Crossing("nas:/vm", 0)
    assert found.mounts == {f"{tmp_path}/link": "local:ext4:/dev/sda1", f"{tmp_path}/link/a": "nas:/vm"}


def test_what_shows_the_kernel_holds_no_files_unless_it_is_a_root() -> None:
    line = "2 1 0:40 / /pool/proc rw - proc proc rw"

    assert crossings(["/pool"], line).at("/pool/proc") == Crossing(None, 0)
    assert crossings(["/pool/proc"], line).at("/pool/proc") == Crossing("local:proc:0:40", 0)


def test_what_was_mounted_meanwhile_is_read_from_the_table_of_now() -> None:
    tables = [parse(ROOT), parse(f"{ROOT}\n2 1 0:40 / /pool/a rw - nfs nas:/vm rw")]
    found = Crossings(["/pool"], lambda: tables.pop(0))

    assert found.surprise("/pool/a") == "nas:/vm"
    assert found.mounts["/pool/a"] == "nas:/vm"


def test_a_subvolume_is_a_part_of_its_file_system() -> None:
    found = crossings(["/pool"], "2 1 0:40 /@ /pool rw - btrfs /dev/sdb rw,subvol=/@")

    assert found.surprise("/pool/a/b") == "local:btrfs:/dev/sdb[/@/a/b]"
    assert "/pool/a/b" not in found.mounts


def test_without_a_table_nothing_is_known() -> None:
    found = Crossings(["/pool"], Table)

    assert (found.at("/pool"), found.surprise("/pool"), found.mounts) == (None, None, {})


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"/p": "nas:/vm"}, {"/p": "nas:/vm"}, []),
        ({"/p": "nas:/vm"}, {}, ["/p"]),
        ({"/p": "nas:/vm"}, {"/p": "local:ext4:/dev/sda1"}, ["/p"]),
        ({"/p": "nas:/vm"}, {"/p": "other:/vm"}, []),
        ({"/p": "local:ext4:/dev/sda1"}, {"/p": "local:ext4:/dev/sdb1"}, []),
        ({"/p": "local:ext4:/dev/sda1"}, {"/p": "nas:/vm"}, []),
        ({}, {"/p": "nas:/vm"}, []),
    ],
)
def test_a_mount_is_gone_where_nothing_or_the_empty_mount_point_is(
    before: dict[str, str], now: dict[str, str], expected: list[str]
) -> None:
    assert gone(before, now) == expected
