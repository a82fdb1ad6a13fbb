"""Sets of addresses, held against sets of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanners.ranges import Ranges

PAIRS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])))
LIMITS = st.tuples(st.integers(0, 80), st.integers(0, 80)).map(lambda pair: (min(pair), max(pair)))


def members(pairs: list[tuple[int, int]]) -> list[int]:
    return sorted({number for first, last in pairs for number in range(first, last + 1)})


@given(PAIRS)
def test_ranges_hold_each_member_once_and_in_order(pairs: list[tuple[int, int]]) -> None:
    made = Ranges(pairs)
    assert list(made) == members(pairs)
    assert made.size == len(members(pairs))


@given(PAIRS)
def test_the_index_of_a_member_is_its_place(pairs: list[tuple[int, int]]) -> None:
    made = Ranges(pairs)
    expected = {address: index for index, address in enumerate(members(pairs))}
    assert {address: made.index(address) for address in range(80)} == {n: expected.get(n) for n in range(80)}
    assert all((number in made) == (number in expected) for number in range(80))


@given(PAIRS, LIMITS)
def test_what_is_within_and_what_is_not_make_up_the_whole(
    pairs: list[tuple[int, int]], limits: tuple[int, int]
) -> None:
    made = Ranges(pairs)
    inside, outside = list(made.within(*limits)), list(made.without(*limits))
    assert inside == [number for number in made if limits[0] <= number <= limits[1]]
    assert sorted(inside + outside) == list(made)


def test_ranges_that_touch_become_one() -> None:
    assert Ranges([(5, 9), (0, 4), (20, 20)]).pairs == ((0, 9), (20, 20))
