"""Listens on an interface for what hosts announce, and sends nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scanners.overheard import Heard, Overheard, now
from scanners.packets import Frame, LinkFailed

Tell = Callable[[Sequence[Heard]], None]
"""Told of each claim once, soon after it was heard."""
Progress = Callable[[int, int, int], None]
"""Told (seconds that have passed, seconds that are left, claims), a few times a second."""

_SHOW_EVERY = 0.1


class Source(Protocol):
    """Where frames come in; `scanners.packets.Packets` is one."""

    def received(self) -> Iterator[Frame]:
        """Return the frames that are there. Raises `LinkFailed`."""

    def wait(self, seconds: float) -> None:
        """Return when there is a frame, or after so many seconds."""


@dataclass(slots=True)
class Listened:
    """What was heard: `problem` says why the listening ended early; `interrupted` that the user ended it."""

    heard: Overheard = field(default_factory=Overheard)
    problem: str | None = None
    interrupted: bool = False


def listen(source: Source, seconds: float, tell: Tell = lambda _: None, progress: Progress | None = None) -> Listened:
    """Return what was heard in so many seconds. An interface that fails, and Ctrl-C, end it early and lose nothing."""
    listened = Listened()
    began = time.monotonic()
    try:
        while (passed := time.monotonic() - began) < seconds:
            source.wait(min(_SHOW_EVERY, seconds - passed))
            _take(source, listened.heard, tell)
            if progress is not None:
                progress(int(passed), int(seconds - passed), len(listened.heard.claims))
    except LinkFailed as error:
        listened.problem = str(error)
    except KeyboardInterrupt:
        listened.interrupted = True
    return listened


def _take(source: Source, heard: Overheard, tell: Tell) -> None:
    at = now()
    news = [one for frame in source.received() if (one := heard.add(frame, at)) is not None]
    if news:
        tell(news)
