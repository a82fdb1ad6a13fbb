"""What is kept of replies."""

from __future__ import annotations

from scanners.answers import MOST_FOR_ONE, MOST_UNASKED, Answers, Reply
from scanners.ranges import Ranges

A, B, OWN = b"\x02\0\0\0\0\x0a", b"\x02\0\0\0\0\x0b", b"\x02\0\0\0\0\x01"


def answers(own: dict[int, bytes] | None = None) -> Answers:
    return Answers(Ranges([(10, 19)]), own or {})


def test_a_reply_that_comes_twice_is_one_answer() -> None:
    said = answers()
    first = said.add(Reply(10, A, A))
    assert (said.add(Reply(10, A, A)), list(said)) == (None, [first])


def test_a_second_mac_is_a_duplicate() -> None:
    said = answers()
    numbers = [one.number for mac in (A, B) if (one := said.add(Reply(10, mac, mac)))]
    assert numbers == [1, 2]


def test_one_mac_in_two_vlans_is_no_duplicate() -> None:
    said = answers()
    assert [one.number for vlan in (None, 5) if (one := said.add(Reply(10, A, A, vlan)))] == [1, 1]


def test_a_frame_from_another_mac_is_foreign_and_no_duplicate() -> None:
    said = answers()
    found = [said.add(Reply(10, A, A)), said.add(Reply(10, A, B))]
    assert [(one.foreign, one.number) for one in found if one] == [(False, 1), (True, 1)]


def test_what_was_not_asked_for_is_kept_and_belongs_to_no_attempt() -> None:
    said = answers()
    said.attempts[0] = 2
    asked, unasked = said.add(Reply(10, A, A)), said.add(Reply(99, B, B))
    assert [one.attempt for one in (asked, unasked) if one] == [2, 0]
    assert bytes(said.answered) == b"\1" + bytes(9)


def test_another_holder_of_our_own_address_is_its_second_mac() -> None:
    said = answers({10: OWN})
    assert said.add(Reply(10, OWN, OWN)) is None
    other = said.add(Reply(10, A, A))
    assert other is not None
    assert (other.own, other.number) == (True, 2)


def test_who_makes_up_addresses_fills_no_memory() -> None:
    said = answers()
    for number in range(MOST_UNASKED + 10):
        said.add(Reply(1000 + number, A, A))
    assert (len(said), said.overflow) == (MOST_UNASKED, 10)
    assert said.add(Reply(10, A, A)) is not None


def test_who_makes_up_macs_fills_no_memory() -> None:
    said = answers()
    for number in range(MOST_FOR_ONE + 10):
        said.add(Reply(10, number.to_bytes(6, "big"), A))
    assert (len(list(said)), said.overflow) == (MOST_FOR_ONE, 10)
