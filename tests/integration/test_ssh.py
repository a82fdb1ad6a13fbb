"""Hosts through a real OpenSSH server of the tests' own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.commands import run
from tests.lab.qemu_guests import Guests, eventually
from tests.lab.ssh_server import Server, server
from vhost.errors import NotPermitted, TimedOut, Unreachable
from vhost.transport import Host, Privilege, Site, Transport, connections

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def lab() -> Iterator[Server]:
    accounts = {"acue": "ALL=(root) NOPASSWD: /usr/bin/id", "bob": ""}
    with server(accounts=accounts) as made:
        made.host("lab00")
        made.host("lab01", user="acue")
        made.host("lab02", user="bob")
        yield made


@pytest.fixture
def transport(lab: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transport]:
    monkeypatch.setenv(connections.SSH_CONFIG, str(lab.config))
    with Transport() as made:
        yield made


def test_every_word_arrives_as_it_is(transport: Transport) -> None:
    words = ["a b", "$(id)", "it's", '"', "\\", "", "*", "ä\n;"]
    answer = transport.run(Host("lab00"), ["printf", "%s\\0", *words], timeout=20)
    assert answer.text.split("\0")[:-1] == words


@pytest.mark.parametrize("status", [0, 1, 127, 255])
def test_the_status_of_the_command_is_kept_apart_from_that_of_ssh(transport: Transport, status: int) -> None:
    answer = transport.run(Host("lab00"), ["sh", "-c", f"echo out; echo err >&2; exit {status}"], timeout=20)
    assert (answer.status, answer.out, answer.err) == (status, b"out\n", "err\n")


def test_one_connection_serves_many_commands(transport: Transport, lab: Server) -> None:
    before = (lab.directory / "sshd.log").read_text().count("Accepted publickey for root")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: transport.run(Host("lab00"), ["echo", str(n)], timeout=60), range(50)))
    assert [int(answer.out) for answer in answers] == list(range(50))
    assert (lab.directory / "sshd.log").read_text().count("Accepted publickey for root") == before + 1


def test_no_connection_outlives_a_call_where_two_names_are_one_server(lab: Server) -> None:
    lab.host("lab03", "lab04", "lab05")
    env = {connections.SSH_CONFIG: str(lab.config)}
    done = run("vhost", "list", "-T", "XEN", "lab00", "lab03", "lab04", "lab05", env=env)
    assert done.returncode == 0, done.stderr
    eventually(lambda: lab.sessions() == [])


def test_sudo_is_given_where_the_host_allows_it(transport: Transport) -> None:
    site = Site(transport, Host("lab01"), Privilege(sudo=True))
    assert site.run(["id", "-u"], timeout=20).text == "0\n"


def test_sudo_is_tried_where_ksu_may_be_used_too_and_does_not_let_us(transport: Transport) -> None:
    site = Site(transport, Host("lab01"), Privilege(ksu=True, sudo=True))
    assert site.run(["id", "-u"], timeout=20).text == "0\n"


@pytest.mark.parametrize(("name", "command"), [("lab02", "id"), ("lab01", "whoami")])
def test_sudo_that_is_refused_is_no_answer(transport: Transport, name: str, command: str) -> None:
    with pytest.raises(NotPermitted, match="sudo"):
        Site(transport, Host(name), Privilege(sudo=True)).run([command], timeout=20)


def test_a_monitor_that_sudo_does_not_let_us_reach_is_no_monitor_that_is_silent(transport: Transport) -> None:
    site = Site(transport, Host("lab02"), Privilege(sudo=True))
    with pytest.raises(NotPermitted, match="sudo"), site.monitor("/run/tst200.qmp"):
        pass


def test_a_changed_host_key_is_never_accepted(transport: Transport, lab: Server, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "k"], check=True, timeout=20)
    known = (lab.directory / "known_hosts").read_text()
    lab.know(" ".join((tmp_path / "k.pub").read_text().split()[:2]))
    try:
        with pytest.raises(Unreachable, match="host key has changed"):
            transport.run(Host("lab00"), ["true"], timeout=20)
    finally:
        (lab.directory / "known_hosts").write_text(known)


def test_an_unknown_account_is_not_let_in(transport: Transport) -> None:
    with pytest.raises(Unreachable, match="does not let us in"):
        transport.run(Host("lab00", user="nobody"), ["true"], timeout=20)


def test_a_command_that_takes_too_long_is_given_up(transport: Transport) -> None:
    with pytest.raises(TimedOut, match=r"lab00: sleep 60: did not end within 0\.5 s"):
        transport.run(Host("lab00"), ["sleep", "60"], timeout=0.5)
    assert transport.run(Host("lab00"), ["echo", "still here"], timeout=20).out == b"still here\n"


def test_a_connection_that_is_cut_is_named_and_made_anew(transport: Transport, lab: Server) -> None:
    transport.run(Host("lab00"), ["true"], timeout=20)

    def cut() -> None:
        for pid in lab.sessions():
            os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(0.5, cut)
    timer.start()
    with pytest.raises(Unreachable, match="connection was lost"):
        transport.run(Host("lab00"), ["sleep", "30"], timeout=20)
    timer.join()
    assert transport.run(Host("lab00"), ["echo", "again"], timeout=20).out == b"again\n"


def test_a_host_that_takes_the_connection_and_says_nothing_is_given_up(
    transport: Transport, lab: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_OPTIONS", ("BatchMode=yes", "ConnectTimeout=1"))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        lab.host("lab09", port=silent.getsockname()[1])
        with pytest.raises(Unreachable, match="lab09"):
            transport.run(Host("lab09"), ["true"], timeout=20)


def test_a_host_that_refuses_is_asked_once(transport: Transport, lab: Server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        lab.host("lab08", port=closed.getsockname()[1])
        for _ in range(2):
            with pytest.raises(Unreachable, match="Connection refused"):
                transport.run(Host("lab08"), ["true"], timeout=20)


def test_output_that_is_no_text_is_kept(transport: Transport) -> None:
    answer = transport.run(Host("lab00"), ["printf", "\\377\\000x"], timeout=20)
    assert (answer.out, answer.text) == (b"\xff\x00x", "\udcff\x00x")


def test_a_monitor_is_reached_through_the_connection(transport: Transport, tmp_path: Path) -> None:
    guests = Guests(tmp_path)
    script = guests.script("tst200")
    try:
        guests.start(script, "-S")
        with Site(transport, Host("lab00")).monitor(str(guests.socket(script))) as monitor:
            assert monitor.execute("query-status")["status"] == "prelaunch"
    finally:
        guests.end()


def test_programs_there_are_found(transport: Transport) -> None:
    site = Site(transport, Host("lab01"))
    assert (site.tool("sudo"), site.tool("xl")) == ("/usr/bin/sudo", None)
