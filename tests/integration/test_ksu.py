"""Commands as root by `ksu`, with a real Kerberos realm on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands import complaint, run
from tests.lab.kerberos import KerberosHost, kerberos_host
from vhost.errors import NotPermitted
from vhost.transport import Host, Privilege, Site, Transport, connections

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("ksu")]

KSU = Privilege(ksu=True)


@pytest.fixture(scope="module")
def lab() -> Iterator[KerberosHost]:
    with kerberos_host("acue") as made:
        made.server.host("lab00", user="acue")
        yield made


@pytest.fixture
def transport(lab: KerberosHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transport]:
    monkeypatch.setenv(connections.SSH_CONFIG, str(lab.server.config))
    lab.ticket()
    with Transport() as made:
        yield made


@pytest.mark.parametrize("command", [["id", "-u"], ["/usr/bin/id", "-u"]])
def test_a_command_with_or_without_its_path_is_run_as_root(transport: Transport, command: list[str]) -> None:
    site = Site(transport, Host("lab00"), KSU)

    answer = site.run(command, timeout=20)

    assert (answer.status, answer.text, answer.err) == (0, "0\n", "")


def test_words_and_the_exit_status_arrive_although_ksu_itself_always_ends_with_zero(transport: Transport) -> None:
    site = Site(transport, Host("lab00"), KSU)

    answer = site.run(["sh", "-c", 'printf "%s|" "$@"; echo oh >&2; exit 7', "sh", "a b", "$(id)", "'"], timeout=20)

    assert (answer.status, answer.text, answer.err) == (7, "a b|$(id)|'|", "oh\n")


def test_a_command_that_is_not_there_is_no_success(transport: Transport) -> None:
    answer = Site(transport, Host("lab00"), KSU).run(["/no/such/xl", "list"], timeout=20)

    assert answer.status == 127
    assert "/no/such/xl" in answer.complaint


def test_without_a_ticket_nothing_is_asked_and_the_refusal_has_its_exit_code(lab: KerberosHost) -> None:
    lab.no_ticket()
    env = {connections.SSH_CONFIG: str(lab.server.config)}

    done = run("vhost", "destroy", "l:web02", "--no-cache", "-Z", "KSU", "--on", "lab00", env=env, timeout=60)

    assert done.returncode == NotPermitted.exit_code, done.stderr
    assert "Authentication failed" in complaint(done)


def test_without_a_ticket_a_command_is_not_permitted(lab: KerberosHost, transport: Transport) -> None:
    lab.no_ticket()

    with pytest.raises(NotPermitted, match=r"[Aa]uthentication failed"):
        Site(transport, Host("lab00"), KSU).run(["id", "-u"], timeout=20)


def test_with_neither_ticket_nor_a_line_of_sudoers_nobody_is_let_in(lab: KerberosHost, transport: Transport) -> None:
    lab.no_ticket()

    with pytest.raises(NotPermitted, match="sudo"):
        Site(transport, Host("lab00"), Privilege(ksu=True, sudo=True)).run(["id", "-u"], timeout=20)
