from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from vhost import resolver
from vhost.errors import UsageError
from vhost.resolver import System, table

TABLE = """\
# name address
lab00.soho 192.168.1.71
LAB00-alias. 192.168.1.71   # a second name
six.soho 2001:DB8::1
alone
"""


@pytest.fixture
def hosts(tmp_path: Path) -> resolver.Table:
    path = tmp_path / "hosts.tbl"
    path.write_text(TABLE)
    return table(path)


def test_a_table_knows_names_in_any_case_and_with_a_dot(hosts: resolver.Table) -> None:
    names = ["lab00.soho", "Lab00-Alias", "six.soho.", "alone", "none"]
    assert hosts.addresses(names) == dict(
        zip(names, ["192.168.1.71", "192.168.1.71", "2001:db8::1", None, None], strict=True)
    )


def test_a_table_knows_the_first_name_of_an_address_in_any_spelling(hosts: resolver.Table) -> None:
    assert hosts.names(["192.168.1.71", "2001:db8:0::1", "10.0.0.1"]) == {
        "192.168.1.71": "lab00.soho.",
        "2001:db8:0::1": "six.soho.",
        "10.0.0.1": None,
    }


def test_the_environment_chooses_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(resolver.HOSTS_FILE, str(tmp_path / "missing"))
    with pytest.raises(UsageError, match="missing: VHOST_HOSTS_FILE cannot be read"):
        resolver.chosen()


def test_without_a_table_the_system_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(resolver.HOSTS_FILE, raising=False)
    assert isinstance(resolver.chosen(), System)


def test_the_system_gives_an_ipv4_address_before_an_ipv6_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert System().addresses(["localhost"]) == {"localhost": "127.0.0.1"}


def test_the_system_gives_names_with_a_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getnameinfo", lambda *_: ("localhost", "0"))
    assert System().names(["127.0.0.1"]) == {"127.0.0.1": "localhost."}


@pytest.mark.parametrize("name", ["", "x" * 300, "nothing here", "-o", "\ud800"])
def test_what_is_no_name_is_unknown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert System().addresses([name]) == {name: None}


def test_a_slow_look_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()

    def slow(name: str, *_: object, **__: object) -> list[object]:
        if name == "slow":
            gone.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(resolver, "PATIENCE", 0.2)
    began = time.monotonic()
    answers = System().addresses(["slow", "quick"])
    seconds = time.monotonic() - began
    gone.set()
    assert (answers, seconds < 10) == ({"quick": None}, True)


def test_look_ups_run_side_by_side_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def counted(*_: object, **__: object) -> list[object]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return []

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    System().addresses([f"host{number}" for number in range(200)])
    assert 1 < most <= resolver.THREADS
