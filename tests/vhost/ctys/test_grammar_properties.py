"""Whatever is typed, the answer is a call or one line."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vhost.ctys.call import call
from vhost.ctys.requests import Call
from vhost.errors import UsageError
from vhost.groups import Groups
from vhost.text import escape

PIECES = (
    "-a -t -Z -b -C -d -X -- --dry-run --format create= cancel= list enumerate= show l: p: m: CONSOLE: cli "
    ", : % = \\ ' \" ( ) [ ] lab00 root@ ~ $HOME xen KSU 0,2 POWEROFF RESUME force all b: matchvstat: @ - é \n \t \0"
).split(" ")

typed = st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join), max_size=8)


def _answered(arguments: list[str]) -> Call | None:
    try:
        return call(arguments, Groups([]))
    except UsageError as error:
        return None if "\n" not in error.where else pytest.fail("the place is more than one line")


@given(typed)
@settings(max_examples=500)
@example(["-a", "create=l:x", "lab00(" * 2_000])
@example(["-a", "list", "lab00" + "[" * 2_000 + "]" * 2_000])
@example(["-a", "list", "a[" * 2_000])
@example(["-a", "create=" + "\\" * 50_001])
@example(["-a", "enumerate=b:" + "%" * 100_000])
def test_no_input_makes_a_traceback(arguments: list[str]) -> None:
    found = _answered(arguments)

    assert found is None or found.help or found.version or found.targets


label = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


@given(label)
def test_a_value_whose_separators_are_protected_comes_back(value: str) -> None:
    text = "".join(f"\\{char}" if char in ",:%=\\$~@\"'()[]{} " else char for char in value)

    found = _answered(["-a", f"create=l:{text}"])

    assert found is not None
    request = found.targets[0].request
    assert request.address[0].value == value  # type: ignore[union-attr]  # a CREATE has one


@given(label)
def test_a_value_comes_back_from_the_options_of_a_target(value: str) -> None:
    text = "".join(f"\\{char}" if char in ",:%=\\$~@\"'()[]{} " or char.isspace() else char for char in value)
    if any(char.isspace() and char != " " for char in value) or escape(value) != value:
        return  # other blanks separate words, and a group file could not hold the rest

    found = _answered([f"lab00(-a create=l:{text})"])

    assert found is not None
    assert found.targets[0].request.address[0].value == value  # type: ignore[union-attr]  # as above
