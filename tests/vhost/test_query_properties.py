from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined] # what `re` parses with has no public name

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vhost import reference
from tests.vhost.reference import Machine, Word
from vhost import normal
from vhost.query.select import Choice, Pick, selected
from vhost.query.terms import parse

Expression = tuple[str, str]
"""An expression as POSIX ERE has it, and in Python's syntax."""

MACS = ["00:50:56:13:11:4a", "00:50:56:13:11:4B", "0a:50:56:13:11:40"]
SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    lambda mac: mac.replace(":", "-"),
    lambda mac: mac.replace(":", ""),
]
UUID = "6842caf91e3e43249ed596b8b9f2c5c2"
EXPRESSIONS_IN_FIELDS = {"a.b": "a.b", "a(": r"a\(", "*b": r"\*b", "b+": "b+", "[ab]1": "[ab]1", "": "", "x{": r"x\{"}
"""Values that `E:` takes as expressions; what is broken is taken literally."""

literals: st.SearchStrategy[Expression] = st.sampled_from("abAB01-;{}]").map(
    lambda char: (f"\\{char}" if char in "{}" else char, re.escape(char))
)
atoms: st.SearchStrategy[Expression] = st.one_of(
    literals,
    st.sampled_from(
        [
            (".", "."),
            (r"\.", r"\."),
            (r"\*", r"\*"),
            ("[ab]", "[ab]"),
            ("[^ab;]", "[^ab;]"),
            ("[]a]", r"[\]a]"),
            ("[a-b0-1]", "[ab01]"),
            ("[[:digit:]]", "[0-9]"),
            ("[[:upper:]b]", "[A-Zb]"),
        ]
    ),
)
quantifiers = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}"])


def _repeated(parts: tuple[Expression, list[str]]) -> Expression:
    (ere, regex), marks = parts
    for mark in filter(None, marks):
        ere, regex = ere + mark, f"(?:{regex}){mark}"
    return ere, regex


def _joined(parts: list[Expression]) -> Expression:
    return "".join(ere for ere, _ in parts), "".join(regex for _, regex in parts)


def _alternatives(parts: list[Expression]) -> Expression:
    return f"({'|'.join(ere for ere, _ in parts)})", f"(?:{'|'.join(regex for _, regex in parts)})"


def _sequences(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    repeated = st.tuples(inner, st.lists(quantifiers, min_size=1, max_size=2)).map(_repeated)
    return st.lists(repeated, min_size=1, max_size=4).map(_joined)


def _grouped(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return _sequences(st.lists(inner, min_size=1, max_size=3).map(_alternatives))


def _affordable(expression: Expression) -> bool:
    """Tell whether the reference can match it: Python's `re` goes back, and takes exponential time for `(a*)*`."""
    costs = list(_endless(re.compile(expression[1]).pattern))
    return len(costs) <= 3 and max(costs, default=0) == 0


def _endless(regex: str) -> Iterator[int]:
    """Return, for every repetition without an end, how many others it stands in."""

    def walk(items: object, depth: int) -> Iterator[int]:
        for operation, argument in list(items) if isinstance(items, _parser.SubPattern) else ():
            inner = depth
            if operation is _constants.MAX_REPEAT and argument[1] is _constants.MAXREPEAT:
                yield depth
                inner = depth + 1
            for part in argument if isinstance(argument, tuple) else ():
                for branch in part if isinstance(part, list) else [part]:
                    yield from walk(branch, inner)

    yield from walk(_parser.parse(regex), 0)


groups = st.recursive(_sequences(atoms), _grouped, max_leaves=4).filter(_affordable)
expressions: st.SearchStrategy[Expression] = st.tuples(
    st.sampled_from([("", ""), ("", ""), ("^", "^"), ("*", r"\*")]), groups, st.sampled_from([("", ""), ("$", "$")])
).map(lambda parts: _joined(list(parts)))

values = st.one_of(st.text("abAB01.-", max_size=4), st.sampled_from(["tst100", "a{b", "x]y", *EXPRESSIONS_IN_FIELDS]))
machines: st.SearchStrategy[list[Machine]] = st.lists(
    st.fixed_dictionaries(
        {
            1: values,
            3: values,
            6: st.just("")
            | st.builds(lambda mac, spell: spell(mac), st.sampled_from(MACS), st.sampled_from(SPELLINGS)),
            5: st.sampled_from(["", UUID, UUID.upper(), f"{UUID[:8]}-{UUID[8:]}"]),
            28: values,
            47: values,
        }
    ),
    max_size=8,
).map(reference.database)

numbers = st.sampled_from([1, 3, 28, 32, 47])


def _field_term(number: int, expression: Expression) -> Word:
    return Word(f"F:{number}:{expression[0]}", reference.in_field(number, expression[1]))


def _range(first: int, length: int, letter: str) -> Word:
    last = max(0, first + length)
    return Word(f"{letter}:{first}:{last}", reference.numbered(first, last))


def _mac_part(mac: str, end: int) -> Word:
    return Word(mac[:end], reference.anywhere(re.escape(mac[:end]), re.IGNORECASE))


def _spelled(number: int, value: str, spell: Callable[[str], str]) -> Word:
    return Word(spell(value), reference.same_digits(number, value))


terms: st.SearchStrategy[Word] = st.one_of(
    expressions.map(lambda expression: Word(expression[0], reference.anywhere(expression[1]))),
    st.builds(_field_term, numbers, expressions),
    st.builds(
        lambda a, b, letter: Word(f"{letter}:{a}:{b}", reference.field_in_field(a, b, EXPRESSIONS_IN_FIELDS)),
        numbers,
        st.sampled_from([28, 32, 47]),
        st.sampled_from("eE"),
    ),
    st.builds(_range, st.integers(0, 9), st.integers(-1, 9), st.sampled_from("rR")),
    st.builds(_mac_part, st.sampled_from(MACS), st.sampled_from([5, 8, 14])),
    st.builds(_spelled, st.just(6), st.sampled_from(MACS), st.sampled_from(SPELLINGS)),
    st.builds(_spelled, st.just(5), st.just(UUID), st.sampled_from([str.upper, str.lower])),
)
operators = st.lists(st.sampled_from(["AND", "OR", "NOT", "and", "Or", "nOT"]), max_size=2).map(tuple)
queries: st.SearchStrategy[list[Word]] = st.lists(
    st.builds(lambda word, before: Word(word.text, word.test, before), terms, operators), max_size=5
)


CON = duckdb.connect(":memory:")
CON.execute(
    'CREATE TABLE machine ("index" INTEGER, line VARCHAR, mac VARCHAR, uuid VARCHAR, tcp VARCHAR, repeated BOOLEAN)'
)


def fill(records: list[Machine]) -> None:
    """Make the records the content of the table, as far as terms look into it."""
    columns = [
        [record.index for record in records],
        [record.line for record in records],
        [normal.mac(record.fields[5]) for record in records],
        [normal.uuid(record.fields[4]) for record in records],
    ]
    CON.execute("DELETE FROM machine")
    CON.execute(
        "INSERT INTO machine SELECT UNNEST(?::INTEGER[]), UNNEST(?::VARCHAR[]), UNNEST(?::VARCHAR[]),"
        " UNNEST(?::VARCHAR[]), NULL, false",
        columns,
    )


def answered(records: list[Machine], words: list[Word], choice: Choice) -> list[int]:
    fill(records)
    return [index for (index,) in selected(CON, parse(reference.typed(words)), choice, ['"index"'])]


@settings(max_examples=200)
@given(records=machines, words=queries)
def test_a_query_selects_what_a_slow_evaluator_selects(records: list[Machine], words: list[Word]) -> None:
    expected = [machine.index for machine in reference.selected(records, words)]
    assert answered(records, words, Choice()) == expected


@settings(max_examples=100)
@given(records=machines, words=queries)
def test_complement_is_all_that_is_not_selected(records: list[Machine], words: list[Word]) -> None:
    chosen = reference.selected(records, words)
    expected = [machine.index for machine in records if machine not in chosen]
    assert answered(records, words, Choice(complement=True)) == expected


@settings(max_examples=100)
@given(records=machines, words=queries, pick=st.sampled_from(["FIRST", "LAST"]), complement=st.booleans())
def test_first_and_last_are_the_ends_of_the_selection(
    records: list[Machine], words: list[Word], pick: Pick, *, complement: bool
) -> None:
    everything = answered(records, words, Choice(complement=complement))
    expected = everything[:1] if pick == "FIRST" else everything[-1:]
    assert answered(records, words, Choice(pick, complement)) == expected


@given(expression=expressions, text=st.text("abAB01.-{}]*", max_size=8))
def test_an_expression_finds_what_it_finds_in_another_engine(expression: Expression, text: str) -> None:
    record = reference.database([{1: text}])
    found = answered(record, [Word(f"F:1:{expression[0]}", lambda _: True)], Choice())
    assert bool(found) is (re.search(expression[1], record[0].fields[0]) is not None)
