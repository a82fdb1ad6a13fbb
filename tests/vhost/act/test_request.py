from __future__ import annotations

import socket

import pytest

from vhost.act.request import Mode, Verb, cancel_mode
from vhost.act.wake import frame, send
from vhost.errors import UsageError, VhostError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("poweroff", Mode(Verb.POWEROFF)),
        ("POWEROFF:0", Mode(Verb.POWEROFF, grace=0)),
        ("poweroff:2.5", Mode(Verb.POWEROFF, grace=2.5)),
        ("reset", Mode(Verb.RESET)),
        ("init:6", Mode(Verb.INIT, level="6")),
    ],
)
def test_modes_are_words_with_an_argument(text: str, expected: Mode) -> None:
    assert cancel_mode(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "create", "poweroff:", "poweroff:-1", "poweroff:nan", "poweroff:inf", "reset:3", "init", "init:66", "init:;"],
)
def test_other_modes_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        cancel_mode(text)


def test_the_frame_is_six_bytes_and_sixteen_macs() -> None:
    made = frame("00-0E-0C-35-F8-48")
    assert made == b"\xff" * 6 + bytes.fromhex("000e0c35f848") * 16


def test_what_is_no_mac_wakes_nobody() -> None:
    with pytest.raises(UsageError, match="is no MAC"):
        frame("tst100")


def test_the_frame_arrives_as_it_was_made() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        send("00:0e:0c:35:f8:48", "127.0.0.1", listener.getsockname()[1])
        assert listener.recv(200) == frame("00-0E-0C-35-F8-48")


def test_an_address_that_is_no_network_is_said() -> None:
    with pytest.raises(VhostError, match="the frame cannot be sent"):
        send("00:0e:0c:35:f8:48", "::1")  # no IPv4 address
