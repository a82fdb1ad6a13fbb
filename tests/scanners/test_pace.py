"""How many frames may be sent at what time."""

from __future__ import annotations

import pytest

from scanners.pace import Pace


@pytest.mark.parametrize("rate", [1, 50, 533, 10_000])
def test_the_rate_is_kept_over_a_second(rate: int) -> None:
    pace = Pace(rate, now=100.0)
    sent = sum(pace.due(100.0 + step / 1000) for step in range(1, 1001))
    assert rate - 1 <= sent <= rate + 1


def test_what_a_pause_missed_is_not_made_up_for() -> None:
    pace = Pace(1000, now=0.0)
    assert pace.due(60.0) == 21


def test_the_pause_is_the_time_until_the_next_frame() -> None:
    pace = Pace(100, now=0.0)
    assert pace.due(0.0) == 1
    assert pace.due(0.0) == 0
    assert pace.pause() == pytest.approx(0.01)
    assert pace.due(0.01) == 1


def test_without_a_rate_nothing_waits() -> None:
    pace = Pace(0, now=0.0)
    assert pace.due(0.0) == pace.due(0.0) > 1
    assert pace.pause() == 0
