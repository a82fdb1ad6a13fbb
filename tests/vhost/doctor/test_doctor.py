"""`vhost doctor`: what is found, what is missing, what to do about it."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run
from vhost.doctor import places, programs, system
from vhost.doctor.examination import examined, needs, verdict


def test_without_words_only_what_is_vital_counts(tmp_path: Path) -> None:
    done = run("vhost", "doctor", "--db", tmp_path / "none", env={"PATH": str(tmp_path)})

    assert done.returncode == 0
    assert any(line.startswith("missing program    xterm") for line in done.stdout.splitlines())
    assert done.stderr == ""


def test_with_words_everything_that_concerns_them_counts(tmp_path: Path) -> None:
    done = run("vhost", "doctor", "CONSOLE:XTERM", "--db", tmp_path, env={"PATH": str(tmp_path), "DISPLAY": ""})

    assert done.returncode == 1
    assert "missing session    DISPLAY" in done.stdout
    assert "log in with a desktop, or with ssh -X" in done.stdout
    assert "gnome-terminal" not in done.stdout


def test_a_word_that_says_nothing_is_an_error() -> None:
    done = run("vhost", "doctor", "bogus")

    assert (done.returncode, complaint(done)) == (
        1,
        "vhost: doctor: nothing is known that 'bogus' needs; see vhost doctor",
    )


def test_json_has_every_need_with_its_advice(tmp_path: Path) -> None:
    found = json.loads("\n".join(rows(run("vhost", "doctor", "-f", "json", "--db", tmp_path / "none"))))

    database = next(one for one in found if one["name"] == "database")
    assert (database["found"], database["advice"]) == (False, f"scan first: vhost scan tree -p {tmp_path}/none PATH")
    assert {one["kind"] for one in found} == {"module", "path", "program", "capability", "session"}
    assert all(one["advice"] or one["found"] for one in found)


def test_every_need_says_who_needs_it_and_how_to_get_it() -> None:
    assert [need.name for need in needs() if not need.needed_by or not need.advice] == []


def test_a_missing_vital_need_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    found = examined()

    assert verdict(found, asked=False) == 1
    assert {one.name for one in found if one.vital and not one.found} >= {"duckdb", "pyarrow"}


def test_a_program_is_found_by_its_own_name_or_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "xtigervncviewer"
    tool.write_text("")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert programs.program("vncviewer-of-nobody", "xtigervncviewer") == (True, str(tool))
    assert programs.program("vncviewer-of-nobody") == (False, "not on PATH")


def test_a_display_is_there_while_a_server_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening() as (server, number):
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{number}.0")
        assert system.display() == (True, f"127.0.0.1:{number}.0")
        server.close()

    assert system.display()[0] is False


@contextmanager
def _listening() -> Iterator[tuple[socket.socket, int]]:
    with socket.socket() as server:
        for number in range(3_000, 3_100):
            with suppress(OSError):
                server.bind(("127.0.0.1", 6_000 + number))
                server.listen()
                yield server, number
                return
    pytest.fail("no free port for a display")


@pytest.mark.parametrize(("name", "detail"), [("", "DISPLAY is not set"), ("nonsense", "'nonsense' names no display")])
def test_a_display_that_is_none_says_so(name: str, detail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", name)

    assert system.display() == (False, detail)


def test_an_agent_is_asked_for_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)

    assert system.agent() == (False, "SSH_AUTH_SOCK is not set")

    monkeypatch.setenv("SSH_AUTH_SOCK", "/nowhere")
    assert system.agent()[0] is False


def test_a_directory_that_can_be_made_is_as_good_as_one_that_is_there(tmp_path: Path) -> None:
    assert places.writable(tmp_path) == (True, str(tmp_path))
    assert places.writable(tmp_path / "a/b") == (True, f"{tmp_path}/a/b (is made when it is needed)")
    (tmp_path / "file").write_text("")
    assert places.writable(tmp_path / "file/b") == (False, f"{tmp_path}/file is no directory")


def test_a_database_says_what_it_holds(tmp_path: Path) -> None:
    assert places.database(tmp_path) == (False, f"{tmp_path} holds no snapshot")
    (tmp_path / "enum.fdb").write_text("")
    assert places.database(tmp_path) == (True, f"{tmp_path}, in the old form")


def test_the_capability_is_that_of_the_process() -> None:
    assert system.raw_sockets()[0] == (os.geteuid() == 0)
