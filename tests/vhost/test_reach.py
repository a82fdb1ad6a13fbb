"""Who answers: the static table, ssh servers of many kinds, echoes on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.errors import UsageError
from vhost.process import ProgramFailed
from vhost.reach import KINDS, Limits, Reply, echo, ping_program, probe
from vhost.reach.table import form, listed

QUICK = Limits(seconds=0.3, tries=2, total=20)
Serve = Callable[[bytes | None], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what starts a server that says these bytes to everybody (None: nothing) and gives its port."""
    with ExitStack() as stack:

        def start(said: bytes | None) -> int:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=200))
            threading.Thread(target=_talk, args=(listening, said, stack), daemon=True).start()
            port: int = listening.getsockname()[1]
            return port

        yield start


def _talk(listening: socket.socket, said: bytes | None, stack: ExitStack) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        stack.callback(connection.close)
        if said is not None:
            with connection:
                connection.sendall(said)


def asked(port: int, *hosts: str, limits: Limits = QUICK) -> dict[str, Reply]:
    return probe(hosts or ("127.0.0.1",), "ssh", limits, port=port)


@pytest.mark.parametrize(
    "said",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"hello\r\nSSH-2.0-x\r\n", b"SSH-1.99-old"],
    ids=["plain", "after a line", "cut"],
)
def test_a_server_that_names_itself_is_up(said: bytes, serve: Serve) -> None:
    reply = asked(serve(said))["127.0.0.1"]
    assert (reply.up, reply.problem, (reply.seconds or 0) > 0) == (True, "", True)


@pytest.mark.parametrize(
    "said",
    [b"220 mail.soho ESMTP\r\n", b"", b"x" * 100_000, b"a\n" * 50_000],
    ids=["mail", "silent end", "endless", "lines"],
)
def test_another_server_is_not(said: bytes, serve: Serve) -> None:
    port = serve(said)
    assert asked(port)["127.0.0.1"] == Reply(up=False, problem=f"port {port} is open, but no ssh server")


def test_a_port_that_accepts_and_says_nothing_is_given_up(serve: Serve) -> None:
    assert asked(serve(None))["127.0.0.1"] == Reply(up=False, problem="no answer")


def test_a_port_that_nobody_listens_on_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert asked(port)["127.0.0.1"] == Reply(up=False, problem="Connection refused")


def test_a_host_is_asked_once_however_it_is_written(serve: Serve) -> None:
    replies = asked(serve(b"SSH-2.0-x\r\n"), "127.0.0.1", "localhost", "no.such.host.invalid")
    assert {host: reply.up for host, reply in replies.items()} == {
        "127.0.0.1": True,
        "localhost": True,
        "no.such.host.invalid": False,
    }
    assert replies["no.such.host.invalid"].problem == "the name has no address"


def test_hundreds_of_hosts_are_asked_side_by_side(serve: Serve) -> None:
    hosts = [f"127.0.1.{number}" for number in range(1, 151)]
    port = serve(b"SSH-2.0-x\r\n")
    silent = probe(hosts, "ssh", Limits(seconds=2, tries=1, total=60, parallel=32), port=port)
    assert {reply.problem for reply in silent.values()} == {"Connection refused"}  # it listens on 127.0.0.1 only


def test_what_is_not_asked_in_time_is_named(serve: Serve) -> None:
    reply = asked(serve(b"SSH-2.0-x\r\n"), limits=Limits(total=0))["127.0.0.1"]
    assert (reply.up, "time" in reply.problem) == (False, True)


def test_progress_counts_hosts(serve: Serve) -> None:
    seen: list[tuple[int, int, int]] = []
    probe(["127.0.0.1"], "ssh", QUICK, port=serve(b"SSH-2.0-x\r\n"), told=lambda *counts: seen.append(counts))
    assert seen == [(1, 0, 1)]


def test_a_static_table_answers_instead_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "up").write_text("Lab00.soho   # a PM\n192.168.1.220\n2001:DB8:0::1\n\n# nobody\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))
    hosts = ("lab00.SOHO.", "lab01.soho", "192.168.1.220", "2001:db8::1", "")
    for kind in KINDS:
        replies = probe(hosts, kind)
        assert [replies[host].up for host in hosts] == [True, False, True, True, False]


def test_a_static_table_that_is_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "none"))
    with pytest.raises(UsageError, match="VHOST_UP_FILE cannot be read"):
        probe(["lab00"])


@given(st.lists(st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True)))
def test_every_line_of_a_table_counts_as_up(hosts: list[str]) -> None:
    assert listed("\n".join(hosts)) == {form(host) for host in hosts}


@given(st.binary(max_size=200))
def test_a_packet_with_its_checksum_sums_to_nothing(data: bytes) -> None:
    even = data + b"\0" * (len(data) % 2)
    assert echo.checksum(even + echo.checksum(even).to_bytes(2)) == 0


@given(st.binary(max_size=100))
def test_a_packet_of_others_is_no_answer(data: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        asking = echo._Asking(echo.V4, plain, ["127.0.0.1"], QUICK)
        asking.sent[0, 1] = 0.0
        asking._take(data)
        assert asking.found == {}


def test_no_hosts_need_no_network() -> None:
    assert (probe([]), probe([""], "ssh")[""].up) == ({}, False)


def test_without_the_program_and_sockets_nothing_can_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramFailed, match="ping: is not installed"):
        ping_program.ask(["127.0.0.1"], QUICK)
