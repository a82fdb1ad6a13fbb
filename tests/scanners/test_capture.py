"""Captures of every kind, whole and damaged."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.capture import Capture
from scanners.packets import Frame
from tests.lab.captures import COOKED, COOKED_2, RAW, TIME, cooked, cooked_2, pcap, pcapng
from tests.lab.crafted import arp, frame, mac
from vhost.errors import SourceMissing

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
FRAMES = [
    frame(A, B, arp(2, B, f"10.77.0.{number}", A, "10.77.0.1"), tags=[number] * (number % 2)) for number in range(9)
]
Maker = Callable[[Sequence[bytes]], bytes]


def read(path: Path) -> tuple[list[tuple[Frame, datetime]], list[str]]:
    capture = Capture(path)
    return list(capture.frames()), capture.problems


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "capture"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "make",
    [
        pcap,
        lambda frames: pcap(frames, nano=True),
        lambda frames: pcap(frames, order=">"),
        pcapng,
        lambda frames: pcapng(frames, order=">"),
        lambda frames: gzip.compress(pcap(frames)),
        lambda frames: gzip.compress(pcapng(frames)),
    ],
)
def test_every_frame_is_read_with_its_time(tmp_path: Path, make: Maker) -> None:
    found, problems = read(written(tmp_path, make(FRAMES)))
    times = [datetime.fromtimestamp(TIME + number + 0.5, UTC) for number in range(len(FRAMES))]
    assert found == [(Frame(data), at) for data, at in zip(FRAMES, times, strict=True)]
    assert problems == []


@pytest.mark.parametrize(("link", "make"), [(COOKED, cooked), (COOKED_2, cooked_2)])
def test_a_capture_of_all_interfaces_is_read_as_frames(
    tmp_path: Path, link: int, make: Callable[[bytes, int, bytes], bytes]
) -> None:
    message = arp(2, B, "10.77.0.9", A, "10.77.0.1")
    found, problems = read(written(tmp_path, pcap([make(mac(B), 0x0806, message)], link=link)))
    assert [data for (data, _), _ in found] == [bytes(6) + mac(B) + b"\x08\x06" + message]
    assert problems == []


def test_what_is_not_understood_is_counted(tmp_path: Path) -> None:
    other = cooked(mac(B), 0x0806, b"", hardware=772)
    assert read(written(tmp_path, pcap([b"x", b"y"], link=RAW))) == (
        [],
        ["2 packets of link type 101 are not understood"],
    )
    assert read(written(tmp_path, pcap([other], link=COOKED))) == (
        [],
        ["1 packets of link type 113 are not understood"],
    )


@pytest.mark.parametrize("make", [pcap, pcapng, lambda frames: gzip.compress(pcap(frames), 0)])
def test_a_capture_that_is_cut_off_gives_what_was_whole(tmp_path: Path, make: Maker) -> None:
    data = make(FRAMES)
    for cut in range(1, 70):
        found, problems = read(written(tmp_path, data[:-cut]))
        whole = [Frame(one) for one in FRAMES[: len(found)]]
        assert [one for one, _ in found][:7] == whole[:7]
        assert len(found) >= 7
        if problems:
            (problem,) = problems
            assert problem.startswith("is cut off or damaged after packet ")


@pytest.mark.parametrize(("make", "clean"), [(pcap, [76, 152]), (pcapng, [92, 184])])
def test_only_an_end_between_packets_is_no_damage(tmp_path: Path, make: Maker, clean: list[int]) -> None:
    data = make([frame(A, B, arp(2, B, "10.77.0.9", A, "10.77.0.1"))] * 3)
    unharmed = [cut for cut in range(1, clean[-1] + 1) if not read(written(tmp_path, data[:-cut]))[1]]
    assert unharmed == clean


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"\x1f\x8bnonsense", b"#!/bin/sh\n", pcap([])[:20], pcapng([])[:10]]
)
def test_what_is_no_capture_is_named(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceMissing, match="is no capture"):
        read(written(tmp_path, data))


def test_a_missing_file_and_a_pipe_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="No such file"):
        read(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceMissing, match="is no regular file"):
        read(tmp_path / "pipe")


def test_an_empty_capture_holds_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path, pcap([]))) == read(written(tmp_path, pcapng([]))) == ([], [])


def test_a_block_that_says_it_is_huge_takes_no_memory(tmp_path: Path) -> None:
    data = pcapng(FRAMES) + (6).to_bytes(4, "little") + (0xFFFFFFFC).to_bytes(4, "little")
    tracemalloc.start()
    try:
        found, problems = read(written(tmp_path, data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(found), len(problems)) == (len(FRAMES), 1)
    assert peak < 64 << 20


def test_a_long_capture_takes_the_memory_of_a_short_one(tmp_path: Path) -> None:
    path = written(tmp_path, pcap(FRAMES * 20_000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in Capture(path).frames())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 180_000
    assert peak < 4 << 20


@given(
    st.sampled_from([pcap, pcapng]),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=8),
    st.data(),
)
def test_no_damage_breaks_the_reader(make: Maker, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    damaged = bytearray(make(FRAMES))
    for at, value in changes:
        damaged[at % len(damaged)] = value
    cut = data.draw(st.integers(0, len(damaged)))
    path = Path("/dev/shm") / f"vhost-capture-{os.getpid()}"  # noqa: S108 - one file for each of many examples
    path.write_bytes(bytes(damaged[:cut]))
    try:
        capture = Capture(path)
        found = list(capture.frames())
    except SourceMissing:
        return
    finally:
        path.unlink()
    assert len(found) <= capture.packets
