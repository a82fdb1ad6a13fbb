from __future__ import annotations

import pytest

from scanners.live.physical import machine

SAID = """\
name lab00.soho
boot 0b6f4f5e-1111-4222-8333-444444444444
uuid 9C3572D8-D8A3-4341-989C-32BF71C61315
mac 00:1E:67:0a:10:00
mac 00:00:00:00:00:00
mac 00:1e:67:0a:10:00
mac fe:54:00:00:00:01
mac
"""


def test_a_machine_says_its_name_its_boot_its_uuid_and_each_mac_once() -> None:
    found = machine(SAID, "lab00")
    assert found is not None
    assert (found.type, found.host, found.label) == ("PM", "lab00", "lab00.soho")
    assert (found.id, found.uuid) == ("0b6f4f5e-1111-4222-8333-444444444444", "9c3572d8d8a34341989c32bf71c61315")
    assert found.macs == ("00:1e:67:0a:10:00", "fe:54:00:00:00:01")


@pytest.mark.parametrize(
    "number",
    ["0" * 32, "F" * 32, "Not Settable", "", "03000200-0400-0500-0006-000700080009"],
)
def test_a_number_that_many_boards_have_is_none(number: str) -> None:
    found = machine(f"name lab00\nuuid {number}\n", "lab00")
    assert found is not None
    assert (found.uuid, found.id, found.macs) == (None, None, ())


def test_what_says_no_name_is_no_machine() -> None:
    assert machine("mac 00:1e:67:0a:10:00\n", "lab00") is None
