"""The tree scanner: what nobody should have in a tree, and somebody has."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanners.candidates import LARGEST
from scanners.tree import scan
from tests.scanners.trees import machines, nothing, problems, vmx, write, xen


def test_a_missing_root_is_named_and_the_others_are_scanned(tmp_path: Path) -> None:
    write(tmp_path, {"x.cfg": xen("x")})

    found = scan([f"{tmp_path}/none", str(tmp_path), f"{tmp_path}/x.cfg/none"])

    assert found.missing == [f"{tmp_path}/none", f"{tmp_path}/x.cfg/none"]
    assert [(one.problem, one.lost) for one in found.findings] == [("does not exist", True)] * 2
    assert machines(found, tmp_path) == {"x.cfg": "x"}


def test_a_root_that_is_no_tree_is_a_finding(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.cfg")

    assert problems(scan([f"{tmp_path}/x.cfg"]), tmp_path) == {"x.cfg": "is neither a directory nor a regular file"}


def test_a_large_file_with_the_name_of_a_configuration_is_skipped_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "x.cfg").touch()
    os.truncate(tmp_path / "x.cfg", 2 << 30)

    found = scan([str(tmp_path)])

    assert "2147483648 bytes are too many" in problems(found, tmp_path)["x.cfg"]
    assert found.findings[0].lost


def test_a_large_file_of_another_name_is_an_image_and_no_finding(tmp_path: Path) -> None:
    for name in ("x", "x-disk", "x.bin"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 2 << 30)

    found = scan([str(tmp_path)])

    assert (found.observations, found.findings) == ([], [])


def test_the_largest_configuration_is_read(tmp_path: Path) -> None:
    text = xen("x")
    write(tmp_path, {"x.vmx": vmx("x").ljust(LARGEST, "\n"), "y.vmx": vmx("y").ljust(LARGEST + 1, "\n"), "z": text})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"x.vmx": "x", "z": "x"}
    assert list(problems(found, tmp_path)) == ["y.vmx"]


def test_links_fifos_and_sockets_are_neither_opened_nor_findings(tmp_path: Path, opened: list[str]) -> None:
    write(tmp_path, {"real/x.cfg": xen("x")})
    (tmp_path / "link.cfg").symlink_to("real/x.cfg")
    (tmp_path / "links").symlink_to("real")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "dead.cfg").symlink_to("none")
    os.mkfifo(tmp_path / "fifo.cfg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.cfg"))

    found = scan([str(tmp_path)])

    assert (machines(found, tmp_path), nothing(found, tmp_path), found.findings) == ({"real/x.cfg": "x"}, [], [])
    assert sorted(opened) == sorted([tmp_path.name, "real", "x.cfg"])


@pytest.mark.parametrize(
    "name",
    [b"new\nline.cfg", b"esc\x1b[2J.cfg", b"na\xefve.cfg", "na\u202eive.cfg".encode(), b"$(reboot);x.cfg", b" .cfg "],
)
def test_any_name_is_read_and_can_be_had_back(tmp_path: Path, name: bytes) -> None:
    write(tmp_path, {os.fsdecode(name + b".d/" + name): xen("x")})

    stamp = scan([str(tmp_path)]).observations[0].stamp

    assert os.fsencode(stamp.path) == os.fsencode(tmp_path) + b"/" + name + b".d/" + name


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Give a folder with 10,000 levels below it, which only `rm` can remove."""
    fd = os.open(tmp_path, os.O_RDONLY)
    for _ in range(10_000):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    yield tmp_path
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_ten_thousand_levels_are_read_as_deep_as_a_path_reaches(deep: Path) -> None:
    write(deep, {"x.cfg": xen("x"), "d/" * 1000 + "y.cfg": xen("y")})

    found = scan([str(deep)])

    assert sorted(machines(found, deep).values(), key=str) == ["x", "y"]
    assert [one.problem for one in found.findings] == [
        "the path is longer than 4095 bytes; nothing below it is looked at"
    ]
    assert len(found.findings[0].where) < 200


def test_more_entries_than_any_directory_has_are_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanners.walk.MOST_ENTRIES", 5)
    write(tmp_path, {f"{number}.cfg": xen("x") for number in range(6)})

    found = scan([str(tmp_path)])

    assert len(found.observations) == 5
    assert problems(found, tmp_path) == {".": "more than 5 entries; the rest is not looked at"}


def test_more_directories_than_any_tree_has_are_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanners.crawl.MOST_DIRECTORIES", 5)
    write(tmp_path, {f"{number}/x.cfg": xen("x") for number in range(20)})

    found = scan([str(tmp_path)], threads=1)

    assert found.counts.directories == 5
    assert [(one.problem, one.lost) for one in found.findings] == [
        ("more than 5 directories; this one and others are not looked at", True)
    ]


@pytest.mark.parametrize(
    "content",
    [
        "<domain type='kvm'><name>x</name><memory>1</memory><devices>",
        "<!DOCTYPE d [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><domain type='x'><name>&c;</name><os/></domain>",
    ],
)
def test_a_broken_file_is_a_finding_and_what_was_known_of_it_may_still_hold(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"x.xml": content, "y.cfg": xen("y")})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"y.cfg": "y"}
    assert [(one.where, one.lost) for one in found.findings] == [(f"{tmp_path}/x.xml", True)]
    assert found.observations[0].finding == found.findings[0].problem


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    done = tmp_path / "done"
    write(
        tmp_path, {"x.cfg": xen("x") + f"extra = __import__('os').system('touch {done}')\n", "y.sh": f"touch {done}\n"}
    )

    assert machines(scan([str(tmp_path)]), tmp_path) == {"x.cfg": "x"}
    assert not done.exists()


def test_a_spot_that_cannot_be_read_is_a_finding_beside_the_machine(tmp_path: Path) -> None:
    write(tmp_path, {"x.vmx": vmx("x") + "odd line\n"})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"x.vmx": "x"}
    assert [(one.problem, one.lost) for one in found.findings] == [("line 5: not readable as a setting", False)]


def test_many_unreadable_spots_are_one_line(tmp_path: Path) -> None:
    write(tmp_path, {"x.vmx": vmx("x") + "odd line\n" * 10})

    assert problems(scan([str(tmp_path)]), tmp_path)["x.vmx"].endswith("; and 7 more")


def test_a_file_that_a_parser_fails_on_does_not_cost_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(text: str) -> None:
        raise RecursionError(text[:0] + "too deep")

    monkeypatch.setattr("scanners.vmware.Vmware.parse", fails)
    write(tmp_path, {"x.vmx": vmx("x"), "y.cfg": xen("y")})

    found = scan([str(tmp_path)])

    assert machines(found, tmp_path) == {"y.cfg": "y"}
    assert problems(found, tmp_path) == {"x.vmx": "cannot be parsed: RecursionError: too deep"}
    assert found.findings[0].lost
