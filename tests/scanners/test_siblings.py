"""Which files speak of one machine together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.siblings import Memory, groups, wrapper

_NAMES = st.lists(st.from_regex(r"[ab]{1,2}(\.(ctys|sh|vmx|a)){0,3}", fullmatch=True), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.vmx", "b.cfg"], [("a.vmx",), ("b.cfg",)]),
        (["a.vmx", "a.ctys"], [("a.ctys", "a.vmx")]),
        (["a.ctys", "a.sh", "a.xml", "b.sh"], [("a.ctys", "a.sh", "a.xml"), ("b.sh",)]),
        (["a", "a.ctys"], [("a.ctys", "a")]),
        (["www.lab", "www.lab.ctys"], [("www.lab.ctys", "www.lab")]),
        (["a.vmx", "a.vmx.ctys", "a.ctys"], [("a.vmx.ctys", "a.vmx"), ("a.ctys",)]),
        (["a.ctys"], [("a.ctys",)]),
        ([".ctys", ".x"], [(".ctys",), (".x",)]),
        ([], []),
    ],
)
def test_a_wrapper_goes_with_the_files_of_its_name(names: list[str], expected: list[tuple[str, ...]]) -> None:
    assert groups(names) == expected


@given(_NAMES)
def test_every_file_is_in_one_group(names: list[str]) -> None:
    assert sorted(name for group in groups(names) for name in group) == sorted(names)


@given(_NAMES)
def test_only_a_wrapper_brings_files_together(names: list[str]) -> None:
    assert all(group[0].endswith(".ctys") for group in groups(names) if len(group) > 1)


@given(_NAMES)
def test_groups_that_did_not_change_are_remembered(names: list[str]) -> None:
    paths = [f"/vm.pool/{name}" for name in names]
    memory = Memory(dict.fromkeys(paths))

    assert all(memory.is_same(group) for group in groups(paths))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (["/p/a.vmx", "/p/a.ctys"], ("/p/a.vmx",)),
        (["/p/a.vmx", "/p/a.ctys"], ("/p/a.ctys",)),
        (["/p/a.vmx"], ("/p/a.ctys", "/p/a.vmx")),
        (["/p/a.ctys"], ("/p/a.ctys", "/p/a.vmx")),
        (["/p/a.ctys", "/p/a.vmx"], ("/p/a.ctys", "/p/a.vmx", "/p/a.sh")),
        (["/p/a.ctys", "/p/a.vmx", "/p/a.sh"], ("/p/a.ctys", "/p/a.vmx")),
        (["/p/a.vmx", "/p/a.ctys"], ("/p/a.vmx.ctys", "/p/a.vmx")),
    ],
)
def test_a_group_with_a_new_or_a_missing_file_is_another(before: list[str], now: tuple[str, ...]) -> None:
    assert not Memory(dict.fromkeys(before)).is_same(now)


def test_a_directory_of_the_same_name_is_no_sibling() -> None:
    assert wrapper("/p/a/b", {"/p/a.ctys"}) is None
