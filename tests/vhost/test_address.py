from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.address import KINDS, LONGEST, MOST_PARTS, Address, Kind, Part, address, parse, part
from vhost.errors import UsageError

VALUES = st.text(st.characters(exclude_categories=["Cs"]) | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))
TRICKY = st.text(st.sampled_from([*"\\,:%x5c3bu0a; %", "\u202e", "\udcff", "é"]))
VALUE = (VALUES | TRICKY).filter(bool)
PARTS = st.builds(part, st.sampled_from(KINDS), VALUE)
BASES = st.builds(lambda values: part("b", *values), st.lists(VALUE, min_size=1, max_size=3))
ADDRESSES = st.builds(
    lambda parts, host: address(*parts, host=host),
    st.lists(PARTS | BASES, min_size=1, max_size=6),
    st.none() | VALUE,
)


@given(ADDRESSES)
def test_the_text_of_an_address_parses_to_the_same_address(made: Address) -> None:
    assert parse(str(made)) == made


@given(ADDRESSES)
def test_the_text_is_one_printable_word_for_a_shell(made: Address) -> None:
    assert shlex.split(made.quoted()) == [str(made)]
    assert "\n" not in str(made)
    assert ";" not in str(made)


@given(st.text())
def test_any_text_is_an_address_or_named_as_wrong(text: str) -> None:
    try:
        made = parse(text)
    except UsageError as error:
        assert error.problem  # noqa: PT017 - most texts are none
    else:
        assert parse(str(made)) == made


@pytest.mark.parametrize(
    ("keywords", "kind"),
    [
        ("ID id I i PATHNAME PNAME P p", "p"),
        ("BASEPATH BASE B", "b"),
        ("LABEL Label L", "l"),
        ("FILENAME FNAME F", "f"),
        ("UUID U", "u"),
        ("MAC M", "m"),
        ("TCP T", "t"),
    ],
)
def test_every_keyword_is_understood_in_any_case(keywords: str, kind: Kind) -> None:
    assert {parse(f"{word}:x") for word in keywords.split()} == {address(part(kind, "x"))}


@pytest.mark.parametrize("word", ["PM", "host", "h"])
def test_a_host_is_kept_apart(word: str) -> None:
    assert parse(f"{word}:root@lab00,l:tst100") == address(part("l", "tst100"), host="root@lab00")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("tst100", [part("l", "tst100")]),
        ("tst100,m:0:50:56:1:2:3", [part("l", "tst100"), part("m", "00:50:56:01:02:03")]),
        (r"l:a\,b\:c\%d", [part("l", "a,b:c%d")]),
        ("l:a:b%c", [part("l", "a:b%c")]),
        (r"p:C:\vm\x", [part("p", r"C:\vm\x")]),
        (r"b:/a\%b%/c/", [part("b", "/a%b", "/c")]),
        ("t:FE80::1", [part("t", "fe80::1")]),
        ("t:Tst100.Soho.", [part("t", "tst100.soho")]),
        ("u:6842CAF9-2264-4cd9-8b6f-3f6a1a8a7b2e", [part("u", "6842caf922644cd98b6f3f6a1a8a7b2e")]),
        (r"l:a\x0ab\x5c", [part("l", "a\nb\\")]),
        ("m:00:50:56:13:11:40,m:00:50:56:13:11:41", [part("m", "00:50:56:13:11:40"), part("m", "00:50:56:13:11:41")]),
        ("l:a,l:a", [part("l", "a")]),
    ],
)
def test_texts_and_their_parts(text: str, parts: list[Part]) -> None:
    assert parse(text) == address(*parts)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (address(part("l", "tst100"), host="lab00"), "l:tst100,h:lab00"),
        (address(part("f", "x.conf"), part("l", "a,b")), r"l:a\,b,f:x.conf"),
        (address(part("m", "00-50-56-13-11-40")), "m:00:50:56:13:11:40"),
        (address(part("l", "a;b\x1b")), r"l:a\x3bb\x1b"),
        (address(part("b", "/a%b", "/c")), r"b:/a\%b%/c"),
    ],
)
def test_the_canonical_text(made: Address, text: str) -> None:
    assert str(made) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "an empty part at character 1"),
        ("l:a,", "an empty part at character 5"),
        ("l:a,,m:1", "an empty part at character 5"),
        ("l:a,b", "'b' at character 5 has no keyword"),
        ("l:a,mac:", "mac: has no value at character 9"),
        ("l:a,lable:x", "unknown keyword 'lable' at character 5; perhaps LABEL"),
        ("x:1", "known are l (LABEL)"),
        ("00:50:56:13:11:40", "perhaps m:00:50:56:13:11:40"),
        ("h:lab00", "says nothing of the machine"),
        ("l:a,h:lab00,h:lab01", "names two hosts"),
        ("b:/a%%/b", "an empty directory at character 1"),
        ("x" * (LONGEST + 1), "longer than"),
        (",".join(f"m:{n}" for n in range(MOST_PARTS + 1)), "more than"),
    ],
)
def test_what_is_wrong_is_named_with_its_position(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert problem in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_host_restricts_an_address() -> None:
    assert parse("l:a").on("lab00") == parse("l:a,h:lab00")
    assert parse("l:a,h:lab00").on("lab00") == parse("l:a,h:lab00").on(None) == parse("l:a,h:lab00")


@pytest.mark.parametrize(("text", "host"), [("l:a,h:lab00", "lab01"), ("l:a", "")])
def test_a_host_that_contradicts_or_is_empty_is_refused(text: str, host: str) -> None:
    with pytest.raises(UsageError):
        parse(text).on(host)
