"""An X server of the tests' own, without a screen (Xvfb), and the windows on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Display:
    """A running X server by the name of its display."""

    name: str

    def titles(self) -> str:
        """Return what `xwininfo` says of all windows."""
        done = subprocess.run(
            ["xwininfo", "-root", "-tree", "-display", self.name],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.stdout


@contextmanager
def display() -> Iterator[Display]:
    """Give an X server that ends with the context; it takes the first display that is free."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
        pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        os.close(writing)
        try:
            with os.fdopen(reading) as said:
                number = said.readline().strip()
            assert number, "Xvfb does not start"
            yield Display(f":{number}")
        finally:
            server.terminate()
            server.wait(10)


def below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those have."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *below(child)]
    return found
