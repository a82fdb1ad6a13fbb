"""Users whom the system does not know, as containers run programs: no home, no name, and no traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import BIN
from vhost.cache import place
from vhost.errors import UsageError
from vhost.home import expanded, home, login

UNKNOWN = 54321
CAPABLE = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # the tests may lie where only root looks
COMMANDS = [
    ["vhost", "query", "x"],
    ["vhost", "log"],
    ["vhost", "--install-completion", "bash"],
    ["vhost", "macros", "list"],
    ["vhost", "groups", "list"],
    ["vhost", "config", "check"],
    ["ctys-vping", "-n", "lab00"],
    ["ctys-groups", "-c"],
    ["ctys", "-n", "-a", "cancel=p:x", "root@localhost"],
]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: object) -> None:
        raise KeyError

    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)


@pytest.mark.usefixtures("nobody")
def test_a_user_whom_nobody_knows_has_a_number_and_no_home() -> None:
    assert (home(), login()) == (Path("/nonexistent"), str(os.getuid()))


def test_the_home_is_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert (home(), expanded("~/x"), expanded("/~")) == (Path("/home/me"), Path("/home/me/x"), Path("/~"))


def test_the_home_of_an_unknown_user_is_a_name_as_others() -> None:
    assert place.chosen("~no-such-user/db") == [Path("~no-such-user/db")]


@pytest.mark.parametrize(("path", "problem"), [("/srv/\udcff", "is no UTF-8"), ("/srv/q?x", "has a '[?]'")])
def test_a_database_cannot_lie_where_the_engine_cannot_open_it(path: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        place.chosen(path)


@pytest.mark.integration
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_work_for_a_user_whom_nobody_knows(command: list[str]) -> None:
    name, *arguments = command
    done = subprocess.run(
        ["/usr/bin/setpriv", f"--reuid={UNKNOWN}", "--clear-groups", *CAPABLE, str(BIN / name), *arguments],
        env={"PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2, 7}
