"""What somebody may write to harm: nesting, size, endless words; and text that is no configuration at all."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macmap.dhcpd import DEEPEST, MOST_PROBLEMS, parse
from macmap.dhcpd.tokens import MARK, scan
from tests.conftest import ROOT
from tests.macmap.dhcpd_texts import MAC, host, rows

SIZE = 200_000
SECONDS = 20.0
"""Of CPU time, far above what a text of SIZE needs; a quadratic reader would need minutes."""

SAMPLE = (ROOT / "sample_data/dhcp/dhcpd.conf").read_text()


@pytest.mark.parametrize(
    "unit",
    [
        "{", "}", '"', '";', '";\n', '"; ', "a ", "a", "host a {", "\\", '"\\', "(", "match if (",
        "\n", "\0", " ", "\x1c ", "default: ", "case a: ", "case a: b ", "a,", "# \n", "#", "{};", 'include "x";',
        'shared-network "a" { subnet 10.0.0.0 netmask 255.0.0.0 {', "hardware fixed-address ", "\u00a0", "/", "option ",
        "option a code 1 = {",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", '"', "host a { fixed-address "])
def test_time_grows_with_the_size_only(before: str, unit: str) -> None:
    began = time.process_time()
    parse(before + unit * (SIZE // len(unit)))
    assert time.process_time() - began < SECONDS


def test_problems_are_counted_where_they_are_too_many() -> None:
    problems = parse("}\n" * (MOST_PROBLEMS + 7)).problems
    assert (len(problems), problems[-1].problem) == (MOST_PROBLEMS + 1, "7 more problems are not listed")


def test_blocks_that_are_too_deep_are_not_read_and_those_after_them_are() -> None:
    deep = DEEPEST + 50
    parsed = parse("group {" * deep + host("deep") + "}" * deep + host("a"))
    assert rows(parsed) == [("a", MAC, "10.0.0.1")]
    assert len(parsed.problems) == 1


def test_a_statement_without_end_does_not_hide_what_follows_it() -> None:
    parsed = parse("option x " + "1, " * SIZE + "1;" + host("a"))
    assert rows(parsed) == [("a", MAC, "10.0.0.1")]
    assert "at most" in parsed.problems[0].problem


WORDS = st.sampled_from(
    [*'{}();,:="\\#\n%/', " ", "host a ", "group ", "option x ", "case ", "default:", "include ", "fixed-address "]
)


@given(st.lists(WORDS, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_answer(text: str) -> None:
    parsed = parse(text)
    lines = [*(one.line for one in parsed.entries), *(one.line for one in parsed.problems)]
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_an_answer(data: bytes) -> None:
    assert parse(data.decode("utf-8", "surrogateescape")).includes == ()


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}(\.[a-z]{1,3})?", fullmatch=True)
MACS = st.binary(min_size=6, max_size=6)
QUADS = st.ip_addresses(v=4).map(str)
BLANK = st.sampled_from([" ", "\n", "\t", "\r\n", " # { host } ;\n", "  \n\n "])
BLOCKS = st.sampled_from(
    [
        "group {{ {} }}",
        "group named {{ {} }}",
        "subnet 10.5.5.0 netmask 255.255.255.224 {{ range 10.5.5.5; {} }}",
        'shared-network "x y" {{ subnet 10.0.0.0 netmask 255.0.0.0 {{ }} {} }}',
        'if exists host-name {{ filename "a;b"; }} {}',
        "{}",
    ]
)
HOSTS = st.lists(st.tuples(NAMES, MACS, st.lists(QUADS, max_size=3, unique=True)), max_size=6)


@given(HOSTS, st.data())
@settings(max_examples=150, deadline=None)
def test_every_host_comes_out_of_any_layout(hosts: list[tuple[str, bytes, list[str]]], data: st.DataObject) -> None:
    text, expected = "", Counter[tuple[str, str, str | None]]()
    for name, mac, addresses in hosts:
        gap = data.draw(BLANK)
        parts = [f"hardware{gap}ethernet {mac.hex(':')}{gap};"]
        parts += [f"fixed-address{gap}{f'{gap},{gap}'.join(addresses)};"] if addresses else []
        body = gap.join(data.draw(st.permutations(parts)))
        text += data.draw(BLOCKS).format(f"host{gap}{name}{gap}{{{gap}{body}{gap}}}{gap}") + "\n"
        expected.update((name, mac.hex(":"), address) for address in addresses or (None,))
    parsed = parse(text)
    assert (Counter(rows(parsed)), parsed.problems) == (expected, ())


def _marks(text: str) -> list[tuple[int, int]]:
    """Return begin and end of every token of a text."""
    position, found = 0, []
    while position < len(text):
        tokens, end, _ = scan(text, position, 1)
        found += [(position, end)] if tokens else []
        position = end
    return found


SAMPLE_TOKENS = _marks(SAMPLE)
SAMPLE_NAMES = Counter(entry.name for entry in parse(SAMPLE).entries)


@given(st.sampled_from(SAMPLE_TOKENS), st.sampled_from(["", " ", "{", "}", ";", '"', "(", "=", ",", " host ", " x "]))
@settings(max_examples=300, deadline=None)
def test_one_wrong_word_costs_one_host_at_most(token: tuple[int, int], instead: str) -> None:
    begin, end = token
    changed = parse(SAMPLE[:begin] + instead + SAMPLE[end:])
    lost = SAMPLE_NAMES.keys() - {entry.name for entry in changed.entries}
    assert len(lost) <= 1


def test_a_token_knows_what_it_is() -> None:
    assert [token.kind == MARK for token in scan("; x", 0, 1)[0]] == [True]
