"""Bytes of files, and the text that they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners import reading
from scanners.candidates import LARGEST


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'name = "tst100"\n', 'name = "tst100"\n'),
        ("naïve".encode(), "naïve"),
        (b"na\xefve", "na\udcefve"),
        (b"\xef\xbb\xbfname", "name"),
        (b"\xef\xbb\xbfna\xefve", "na\udcefve"),
        ("name".encode("utf-16"), "name"),
        (b"\xfe\xff\x00n\x00a", "na"),
        (b'.encoding = "windows-1252"\nname = "na\xefve"', '.encoding = "windows-1252"\nname = "naïve"'),
        (b'.encoding = "Shift_JIS"\nname = "\x83\x65"', '.encoding = "Shift_JIS"\nname = "テ"'),
        (b'.encoding = "us-ascii"\nname = "na\xefve"', '.encoding = "us-ascii"\nname = "na\udcefve"'),
        (b'.encoding = "no-such"\nname = "na\xefve"', '.encoding = "no-such"\nname = "na\udcefve"'),
        (b'.encoding = "windows-1252"\nname = "na\xc3\xafve"', '.encoding = "windows-1252"\nname = "naïve"'),
    ],
)
def test_bytes_are_decoded_as_what_they_say_they_are(data: bytes, text: str) -> None:
    assert reading.text(data, "tst100.vmx") == text


def test_zero_bytes_are_no_text() -> None:
    assert reading.text(b"ELF\0\0", "tst100") is None


def test_zero_bytes_in_what_should_be_a_configuration_are_kept() -> None:
    assert reading.text(b"name\0", "tst100.cfg.bak") == "name\0"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_none(data: bytes) -> None:
    assert isinstance(reading.text(data, "tst100.cfg"), str)


@given(st.binary(max_size=50).map(lambda data: b"#" + data.replace(b".", b"").replace(b"\0", b"")))
def test_bytes_without_a_declared_encoding_can_be_had_back(data: bytes) -> None:
    text = reading.text(data, "tst100.cfg")

    assert text is not None
    assert text.encode(errors="surrogateescape") == data


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path, os.O_RDONLY)
    yield fd
    os.close(fd)


@pytest.mark.parametrize("noticed", [0, 3, 5, 7, 100])
def test_a_file_that_changes_size_is_read_as_it_is_now(tmp_path: Path, directory: int, noticed: int) -> None:
    (tmp_path / "x.cfg").write_bytes(b"12345")

    assert reading.content("x.cfg", directory, noticed) == b"12345"


def test_no_more_is_read_than_a_configuration_may_have(tmp_path: Path, directory: int) -> None:
    (tmp_path / "x.cfg").write_bytes(bytes(3 * LARGEST))

    assert len(reading.content("x.cfg", directory, 10)) == LARGEST + 1


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path, directory: int) -> None:
    (tmp_path / "x.cfg").symlink_to("/etc/passwd")

    with pytest.raises(OSError, match="symbolic links"):
        reading.content("x.cfg", directory, 10)


def test_a_fifo_that_took_the_place_of_a_file_blocks_nobody(tmp_path: Path, directory: int) -> None:
    os.mkfifo(tmp_path / "x.cfg")

    assert reading.content("x.cfg", directory, 10) == b""
