from __future__ import annotations

import pytest

from macmap.entry import Entry
from macmap.listing import Order, ethers, listed

BOTH = Entry(name="b", mac="52:54:00:00:00:0b", ip="10.0.0.2", line=1)
OTHER = Entry(name="b", mac="52:54:00:00:00:0b", ip="10.0.0.1", line=1)
NO_MAC = Entry(name="a", ip="10.0.0.3", line=2)
NO_IP = Entry(name="Z", mac="52:54:00:00:00:0a", line=3)


@pytest.mark.parametrize(
    ("order", "lines"),
    [
        (
            "name",
            [
                "Z;52:54:00:00:00:0A;;",
                "a;;10.0.0.3;",
                "b;52:54:00:00:00:0B;10.0.0.1;",
                "b;52:54:00:00:00:0B;10.0.0.2;",
            ],
        ),
        (
            "ip",
            [
                "10.0.0.1;b;52:54:00:00:00:0B;",
                "10.0.0.2;b;52:54:00:00:00:0B;",
                "10.0.0.3;a;;",
                ";Z;52:54:00:00:00:0A;",
            ],
        ),
        (
            "mac",
            [
                "52:54:00:00:00:0A;Z;;",
                "52:54:00:00:00:0B;b;10.0.0.1;",
                "52:54:00:00:00:0B;b;10.0.0.2;",
                ";a;10.0.0.3;",
            ],
        ),
    ],
)
def test_entries_are_listed_by_their_first_part(order: Order, lines: list[str]) -> None:
    assert listed([BOTH, NO_MAC, OTHER, NO_IP], order) == lines


def test_the_same_entry_twice_is_listed_twice() -> None:
    assert listed([BOTH, BOTH]) == ["b;52:54:00:00:00:0B;10.0.0.2;"] * 2


def test_ethers_binds_each_mac_to_its_name_once() -> None:
    assert ethers([BOTH, NO_MAC, OTHER, NO_IP]) == ["52:54:00:00:00:0A Z", "52:54:00:00:00:0B b"]


def test_ethers_binds_macs_to_addresses() -> None:
    assert ethers([BOTH, NO_MAC, OTHER, NO_IP], "ip") == ["52:54:00:00:00:0B 10.0.0.1", "52:54:00:00:00:0B 10.0.0.2"]


def test_a_name_cannot_forge_a_part_or_a_line() -> None:
    assert listed([Entry(name="a;b\nc\x1b\udcff", line=1)]) == [r"a\x3bb\x0ac\x1b\xff;;;"]
