"""Breaks off what the engine does when its time is up or a signal has come, of which an operator takes no note."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import duckdb


@contextmanager
def watched(con: duckdb.DuckDBPyConnection, until: float | None, late: threading.Event) -> Iterator[None]:
    """Interrupt the connection at `until`, a time of `monotonic`, and set `late`; or when a signal comes.

    A signal does what it does in Python as soon as the engine has given up.
    """
    over = threading.Event()
    ours, theirs = socket.socketpair()
    os.set_blocking(theirs.fileno(), False)

    def watch() -> None:
        left = None if until is None else max(0.0, until - monotonic())
        woken, _, _ = select.select([ours], [], [], left)
        if not over.is_set():
            if not woken:
                late.set()
            con.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    main = threading.current_thread() is threading.main_thread()  # no other one hears of signals
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False) if main else -1
    watcher.start()
    try:
        yield
    finally:
        over.set()
        if main:
            signal.set_wakeup_fd(before)
        ours.shutdown(socket.SHUT_RDWR)
        watcher.join()
        ours.close()
        theirs.close()
