from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from scanners.dns import zone_file
from scanners.dns.zone_file import Zone, ZoneFileBroken, read
from scanners.dns.zone_reader import Row
from tests.lab.nameservers import soa
from tests.lab.zones import forward
from vhost.errors import SourceMissing


def rows(path: Path, text: str, origin: str | None = None) -> tuple[Zone, list[Row]]:
    path.write_text(text, encoding="utf-8")
    found: list[Row] = []

    def took(some: Sequence[Row], _: Zone) -> None:
        found.extend(some)

    return read(path, origin, took), found


def test_the_records_of_machines_come_out_and_the_zone_says_its_name(tmp_path: Path) -> None:
    zone, found = rows(tmp_path / "zone", forward(serial=7))
    assert zone == Zone("lab.example", 7)
    assert ("tst100.lab.example", "A", 3600, "192.0.2.100") in found
    assert ("chain1.lab.example", "CNAME", 3600, "chain2.lab.example") in found
    assert (r"a\.dot.lab.example", "A", 3600, "192.0.2.105") in found
    assert {kind for _, kind, _, _ in found} == {"A", "AAAA", "CNAME", "TXT", "HINFO", "SSHFP"}


def test_relative_names_need_the_name_of_the_zone(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileBroken, match="does not say which zone it is"):
        rows(tmp_path / "zone", "host 60 A 192.0.2.1\n")
    assert rows(tmp_path / "zone", "host 60 A 192.0.2.1\n", "lab.example")[1] == [
        ("host.lab.example", "A", 60, "192.0.2.1")
    ]


def test_generated_records_come_out(tmp_path: Path) -> None:
    _, found = rows(tmp_path / "zone", soa("lab.example") + "$GENERATE 1-3 n$ A 192.0.2.$\n")
    assert [owner for owner, *_ in found] == ["n1.lab.example", "n2.lab.example", "n3.lab.example"]


def test_a_file_that_generates_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zone_file, "MOST", 1000)
    with pytest.raises(ZoneFileBroken, match="more than 1000 records"):
        rows(tmp_path / "zone", soa("lab.example") + "$GENERATE 1-4000000000 n$ A 192.0.2.1\n")


def test_no_other_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("x A 192.0.2.1\n")
    with pytest.raises(ZoneFileBroken, match=r"3: zone file directive '\$INCLUDE' is not allowed|INCLUDE"):
        rows(tmp_path / "zone", soa("lab.example") + f"$INCLUDE {tmp_path}/other\n")


@pytest.mark.parametrize(
    "text",
    [
        "host A 999.1.1.1\n",
        "host A\n",
        "host WHAT 1\n",
        'host TXT "open\n',
        "host ( A 192.0.2.1\n",
        "\x00\x01\x02\n",
        "a..b A 192.0.2.1\n",
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ZoneFileBroken, match=r"^\d+: .") as caught:
        rows(tmp_path / "zone", soa("lab.example") + text)
    assert "\n" not in str(caught.value)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZoneFileBroken, match="longer than any should be"):
        rows(tmp_path / "zone", soa("lab.example") + "x" * 200_000)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name, problem in (("fifo", "is no regular file"), ("missing", "No such file"), ("", "is no regular file")):
        with pytest.raises(SourceMissing, match=problem):
            read(tmp_path / name, None, lambda *_: None)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(zone_file.LARGEST + 1)
    with pytest.raises(SourceMissing, match="is larger than"):
        read(tmp_path / "large", None, lambda *_: None)
