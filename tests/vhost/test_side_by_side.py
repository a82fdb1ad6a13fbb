from __future__ import annotations

import threading

import pytest

from vhost.side_by_side import answers


def test_answers_are_in_the_order_of_the_questions_and_each_is_told() -> None:
    both = threading.Barrier(2)
    heard: list[tuple[int, int, int]] = []

    def ask(number: int) -> int:
        both.wait(10)  # nobody waits for another's answer
        return number

    assert answers([0, 1], ask, lambda *told: heard.append(told)) == [0, 1]
    assert (heard[0], heard[-1]) == ((0, 2, 0), (2, 0, 1))


@pytest.mark.parametrize("asked", [[], [3]])
def test_one_question_needs_no_threads(asked: list[int]) -> None:
    assert answers(asked, lambda number: (number, threading.current_thread() is threading.main_thread())) == [
        (number, True) for number in asked
    ]
