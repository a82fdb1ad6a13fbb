from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.errors import UsageError
from vhost.host import own_name
from vhost.transport import Host, Privilege, host, privilege, quoted
from vhost.transport.privilege import refused
from vhost.transport.words import for_any_shell

HOSTILE = [
    "-oProxyCommand=reboot", "$(reboot)", "lab00;reboot", "lab 00", "lab00\nreboot", "`id`", "", "@lab00", "root@",
    "-l@lab00", "a" * 300, "lab00'", 'lab00"', "lab00\\x", "lab00|x", "lab00&", "lab00>x", "löb", "..", "%h", "root@-x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_cannot_be_a_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a host"):
        host(text)


@pytest.mark.parametrize("text", ["lab00", "lab00.soho", "192.168.1.71", "fe80::1%eth0", "::1", "lab_00", "xn--lb-eka"])
def test_hosts_are_taken_as_they_are(text: str) -> None:
    assert host(text) == Host(text)


def test_a_host_may_have_an_account() -> None:
    assert host("acue@lab00").account == "acue@lab00"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", own_name(), own_name().upper(), own_name() + "."])
def test_our_own_names_are_local(name: str) -> None:
    assert host(name).local


def test_another_account_here_is_not_local() -> None:
    assert not host("nobody@localhost").local


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_a_shell_takes_back_every_word(words: list[str]) -> None:
    line = f"printf '%s\\0' {quoted(words)}"
    said = subprocess.run(["sh", "-c", line], capture_output=True, check=True, timeout=20).stdout
    assert said.decode().split("\0")[:-1] == words


ODD = ["a b", "it's", '"', "$(id)", "`id`", "two\nlines\n", "!x", "\\", "end\\", "\\'", "\\n%s", "100%", "*", "ä", ""]


@pytest.mark.parametrize("shell", ["sh", "tcsh", "fish"])
@pytest.mark.parametrize("words", [ODD, [word for word in ODD if not set(word) & set("\n!\\")]])
def test_every_login_shell_hands_every_word_on(shell: str, words: list[str], tmp_path: Path) -> None:
    line = for_any_shell(f"cat; printf '%s\\0' {quoted(words)}")
    said = subprocess.run(
        [shell, "-c", line], env={**os.environ, "HOME": str(tmp_path)}, input=b"said ", capture_output=True, check=True,
        timeout=20,
    ).stdout  # fmt: skip
    assert said.decode().removeprefix("said ").split("\0")[:-1] == words


def test_a_word_with_a_nul_is_refused() -> None:
    with pytest.raises(UsageError, match="NUL"):
        quoted(["xl", "a\0b"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO", Privilege()),
        ("", Privilege(ksu=True, sudo=True)),
        ("ksu", Privilege(ksu=True)),
        ("SUDO", Privilege(sudo=True)),
        ("ALL,NOKSU", Privilege(sudo=True)),
        ("KSU:NO", Privilege()),
    ],
)
def test_privileges_are_listed_and_later_ones_win(text: str, expected: Privilege) -> None:
    assert privilege(text) == expected


def test_an_unknown_privilege_is_refused() -> None:
    with pytest.raises(UsageError, match="'DOAS' is no way"):
        privilege("DOAS")


def test_commands_are_raised_by_ksu_or_sudo() -> None:
    assert Privilege(ksu=True).wrap(["/usr/sbin/xl", "list"]) == ("ksu", "-q", "-e", "/usr/sbin/xl", "list")
    assert Privilege(sudo=True).wrap(["xl", "list"]) == ("sudo", "-n", "--", "xl", "list")


@pytest.mark.parametrize(
    "said",
    [
        "sudo: a password is required",
        "sudo: a terminal is required to read the password; either use the -S option",
        "Sorry, user acue is not allowed to execute '/usr/sbin/xl list' as root on lab00.",
        "acue is not in the sudoers file.",
        "account root: authorization failed",
        "xencall: error: Could not obtain handle on privileged command interface: Permission denied",
        "error: authentication unavailable: no polkit agent available to authenticate action",
    ],
)
def test_refusals_are_recognised(said: str) -> None:
    assert refused(said)


def test_other_complaints_are_no_refusals() -> None:
    assert not refused("xl: domain tst100 not found")
