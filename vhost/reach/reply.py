"""What is asked and what is answered, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["ping", "ssh"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how hard hosts are asked.

    Every try waits `seconds`, and there are `tries` of them; all together take at most `total` seconds.
    `parallel` connections are open at a time, `rate` echo requests leave in a second.
    """

    seconds: float = 1.0
    tries: int = 2
    total: float = 120.0
    parallel: int = 128
    rate: int = 1000


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether a host answers, after how many seconds (None: not measured), and why it does not."""

    up: bool
    seconds: float | None = None
    problem: str = ""

    @property
    def late(self) -> bool:
        """Tell whether there was no time to ask."""
        return self is LATE


SILENT = Reply(up=False, problem="no answer")
UNKNOWN = Reply(up=False, problem="the name has no address")
LATE = Reply(up=False, problem="not asked: the time for all of them was over")
