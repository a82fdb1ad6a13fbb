from __future__ import annotations

from vhost.span import spoken


def test_spans_are_spoken_in_the_largest_unit_that_there_are_two_of() -> None:
    assert [spoken(seconds) for seconds in (5, 119, 120, 7200, 172_800)] == [
        "5 seconds", "119 seconds", "2 minutes", "2 hours", "2 days",
    ]  # fmt: skip
