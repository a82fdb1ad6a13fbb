"""How a command is ended from outside: SIGTERM, as `timeout` sends it, and SIGHUP interrupt as Ctrl-C does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""The exit code after Ctrl-C."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_received: list[signal.Signals] = []


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the signals raise `KeyboardInterrupt`: programs that were started end too, and nothing half-written is left.

    A signal that is ignored, as `nohup` does it, stays so; the second one ends the process at once.
    """
    _received.clear()
    main = threading.current_thread() is threading.main_thread()  # no other thread may say what signals do
    held = [one for one in _SIGNALS if main and signal.getsignal(one) is signal.SIG_DFL]
    for one in held:
        signal.signal(one, _interrupt)
    try:
        yield
    finally:
        for one in held:
            signal.signal(one, signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    _received.append(signal.Signals(number))
    raise KeyboardInterrupt


def asked() -> bool:
    """Tell whether the process is to end, rather than only what it does now."""
    return bool(_received)


def how() -> str:
    """Return what interrupted the command, in words."""
    return f"ended by {_received[0].name}" if _received else "interrupted"


def leave() -> None:
    """Let another Ctrl-C end the process at once: after the first it may wait for programs that are under way."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda *_: os._exit(code(INTERRUPTED)))


def code(found: int) -> int:
    """Return an exit code; that of an interrupted command says, as shells do, which signal it was."""
    return 128 + _received[0] if found == INTERRUPTED and _received else found
