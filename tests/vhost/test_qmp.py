from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from vhost.errors import TimedOut, VhostError
from vhost.qmp import Monitor

GREETING: dict[str, object] = {"QMP": {"version": {}, "capabilities": []}}


@contextmanager
def guest(*answers: Any, greeting: object = GREETING) -> Iterator[Monitor]:
    """Give a monitor whose guest answers each command with the next of these; a list is sent one after the other."""
    here, there = socket.socketpair()

    def serve() -> None:
        with there, there.makefile("rw") as file:
            file.write((greeting if isinstance(greeting, str) else json.dumps(greeting)) + "\n")
            file.flush()
            for answer in ({"return": {}}, *answers):
                line = file.readline()
                if not line:
                    return
                for message in answer if isinstance(answer, list) else [answer]:
                    told = {**message, "id": json.loads(line)["id"]} if "event" not in message else message
                    file.write(json.dumps(told) + "\n")
                file.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with Monitor(here, "lab00:/run/a.qmp", patience=0.5) as monitor:
            yield monitor
    finally:
        here.close()
        thread.join()


def test_answers_are_found_between_events() -> None:
    with guest([{"event": "STOP"}, {"return": {"status": "paused"}}, {"event": "RESUME"}]) as monitor:
        assert monitor.execute("query-status") == {"status": "paused"}
        assert monitor.wait({"RESUME"}, 1) == "RESUME"


def test_an_event_that_does_not_come_is_none() -> None:
    with guest({"return": {}}) as monitor:
        monitor.execute("system_reset")
        assert monitor.wait({"RESET"}, 0.05) is None


def test_what_the_guest_refuses_is_said() -> None:
    with guest({"error": {"class": "GenericError", "desc": "no way"}}) as monitor, pytest.raises(VhostError) as raised:
        monitor.execute("migrate")
    assert str(raised.value) == "lab00:/run/a.qmp: migrate: no way"


def test_a_guest_that_goes_instead_of_answering_gives_none() -> None:
    with guest() as monitor:
        assert monitor.execute("quit") is None


def test_a_monitor_that_somebody_else_holds_is_given_up() -> None:
    here, there = socket.socketpair()
    with there, pytest.raises(TimedOut, match="does not answer"):
        Monitor(here, "where", patience=0.05).__enter__()


@pytest.mark.parametrize("greeting", ["(qemu) ", "[1]", '{"hello": 1}', "[" * 100_000])
def test_what_is_no_qmp_is_refused(greeting: str) -> None:
    with pytest.raises(VhostError), guest(greeting=greeting):
        pass


def test_a_guest_that_says_other_things_without_end_is_given_up() -> None:
    here, there = socket.socketpair()
    over = threading.Event()

    def flood() -> None:
        with there, suppress(OSError):
            there.sendall(json.dumps(GREETING).encode() + b"\n")
            while not over.is_set():
                there.sendall(b'{"event": "STOP"}\n' * 1000)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        with pytest.raises(TimedOut, match="does not answer"):
            Monitor(here, "where", patience=0.2).__enter__()
    finally:
        over.set()
        here.close()
        thread.join()
