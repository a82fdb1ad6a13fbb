"""Asks many side by side, and tells how many have answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from vhost.discover import Progress

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_ONCE = 16


def answers(
    asked: Sequence[Asked],
    ask: Callable[[Asked], Answer],
    told: Progress | None = None,
    counts: Callable[[Answer], bool] = bool,
) -> list[Answer]:
    """Return what each answers, in their order; `told` hears of every one that has, and how many of them count."""
    if told:
        told(0, len(asked), 0)
    if len(asked) == 1:
        return [ask(asked[0])]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        waiting = [pool.submit(ask, one) for one in asked]
        found = 0
        for done, future in enumerate(as_completed(waiting), 1):
            found += counts(future.result())
            if told:
                told(done, len(asked) - done, found)
        return [future.result() for future in waiting]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
