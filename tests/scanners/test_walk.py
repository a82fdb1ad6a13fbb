"""Directories that are opened relative to each other."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from scanners.walk import Descriptors, Directory, is_too_long, open_root


def test_a_directory_is_entered_from_its_parent(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    inner = Directory(open_root(str(tmp_path)).enter("a"), f"{tmp_path}/a")

    assert (inner.device, inner.inode) == ((tmp_path / "a").stat().st_dev, (tmp_path / "a").stat().st_ino)


def test_a_link_in_the_place_of_a_directory_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("/etc")

    with pytest.raises(NotADirectoryError):
        open_root(str(tmp_path)).enter("a")


def test_an_open_directory_that_was_moved_is_still_entered(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    parent = open_root(f"{tmp_path}/a")
    (tmp_path / "a").rename(tmp_path / "c")

    assert os.fstat(parent.enter("b")).st_ino == (tmp_path / "c/b").stat().st_ino


def test_a_closed_directory_is_found_again_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a")
    parent = open_root(f"{tmp_path}/link")
    parent.close()

    assert os.fstat(parent.enter("b")).st_ino == (tmp_path / "a/b").stat().st_ino


def test_another_directory_at_the_path_of_a_closed_one_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    parent = open_root(f"{tmp_path}/a")
    parent.close()
    (tmp_path / "a").rename(tmp_path / "old")
    (tmp_path / "a/b").mkdir(parents=True)

    with pytest.raises(OSError, match="Stale") as raised:
        parent.enter("b")

    assert raised.value.errno == errno.ESTALE


def test_a_directory_that_nobody_refers_to_is_closed(tmp_path: Path) -> None:
    directory = open_root(str(tmp_path))
    fd = directory.fd
    del directory

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_only_so_many_directories_stay_open(tmp_path: Path) -> None:
    descriptors = Descriptors(2)
    directories = [open_root(str(tmp_path)) for _ in range(3)]

    assert [directory.keep(descriptors) for directory in directories] == [True, True, False]


def test_a_directory_that_is_closed_makes_room_for_another(tmp_path: Path) -> None:
    descriptors = Descriptors(1)
    first, second = open_root(str(tmp_path)), open_root(str(tmp_path))
    first.keep(descriptors)
    first.close()

    assert second.keep(descriptors)


@pytest.mark.parametrize(
    ("path", "answer"),
    [("/" + "x" * 4094, False), ("/" + "x" * 4095, True), ("/" + "é" * 2047, False), ("/" + "é" * 2048, True)],
)
def test_the_length_of_a_path_is_counted_in_bytes(path: str, answer: bool) -> None:
    assert is_too_long(path) is answer
