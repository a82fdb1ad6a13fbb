from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.text import escape, shown, unescape

ANY_BYTES = st.binary(max_size=40)
TRICKY = st.text(alphabet=st.sampled_from("\\x5c3b0a;\n\x1b\u2028u80ffé"), max_size=30)


@given(ANY_BYTES)
def test_any_file_name_comes_back(name: bytes) -> None:
    text = os.fsdecode(name)
    assert unescape(escape(text)) == text


@given(TRICKY)
def test_text_that_looks_like_escapes_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text(max_size=40) | TRICKY)
def test_an_escaped_value_cannot_split_a_record_or_steer_a_terminal(text: str) -> None:
    assert re.search("[;\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", escape(text)) is None


@given(st.text(max_size=40) | TRICKY)
def test_what_is_shown_cannot_steer_a_terminal_and_is_escaped_once(text: str) -> None:
    assert re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", shown(text)) is None
    assert shown(escape(text)) == escape(text)


@given(st.text(max_size=40))
def test_an_escaped_value_is_valid_text(text: str) -> None:
    assert escape(text).encode().decode() == escape(text)


@given(TRICKY)
def test_a_field_of_an_old_file_is_printed_as_it_was(field: str) -> None:
    safe = "".join(char for char in field if char.isprintable() and char != ";")
    assert escape(unescape(safe)) == safe


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("a;b", r"a\x3bb"),
        ("a\nb", r"a\x0ab"),
        ("\x1b[2J", r"\x1b[2J"),
        ("caf\udcff", r"caf\xff"),
        (r"C:\temp", r"C:\temp"),
        (r"\x3b", r"\x5cx3b"),
        ("\u202etxt", r"\u202etxt"),
        ("Ünïcode", "Ünïcode"),
    ],
)
def test_each_kind_of_character_has_its_escape(value: str, field: str) -> None:
    assert escape(value) == field
