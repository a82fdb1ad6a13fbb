"""The SQL shell: its commands, and a whole session on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.commands import BIN
from tests.vhost.databases import machine_line, old_database
from vhost.cache.snapshot import opened
from vhost.cli.sql import SqlOptions
from vhost.cli.sql_shell import Shell, complete, completer
from vhost.sql import sandboxed

LAB = [machine_line(pm="lab00", type="XEN", label="tst100", id="/x/tst100.conf", vram="512")]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LAB)


@pytest.fixture
def shell(db: Path) -> Iterator[Shell]:
    with opened([db]) as snapshot:
        yield Shell(sandboxed(snapshot, 256), SqlOptions(databases=str(db)))


@pytest.fixture
def say(shell: Shell, capfd: pytest.CaptureFixture[str]) -> Callable[[str], tuple[str, str]]:
    def said(text: str) -> tuple[str, str]:
        assert shell.take(text) is False
        out, err = capfd.readouterr()
        return out, err

    return said


Say = Callable[[str], tuple[str, str]]


def test_sql_is_answered(say: Say) -> None:
    assert say("select label from machine;") == ("label\n------\ntst100\n", "")


def test_a_mistake_is_one_line_and_the_session_goes_on(say: Say) -> None:
    out, err = say("selec 1;")
    assert (out, err.count("\n")) == ("", 1)
    assert "drop table machine" not in say("drop table machine;")[1]
    assert say("select 1 as a;")[0] == "a\n-\n1\n"


def test_tables_and_their_columns_are_listed(say: Say) -> None:
    assert {"machine", "binding", "dns", "guest"} <= set(say(".tables")[0].split())
    assert "label" in say(".tables machine")[0]
    assert say(".schema scan")[0].startswith("CREATE TABLE")
    assert "no such table: 'nope'" in say(".schema nope")[1]


def test_the_mode_changes_how_answers_are_shown(say: Say) -> None:
    assert say(".mode json") == ("json\n", "")
    assert say("select label from machine;")[0] == '[{"label": "tst100"}]\n'
    assert "unknown format" in say(".mode nope")[1]
    assert "binary" in say(".mode parquet")[1]


def test_an_answer_is_exported(say: Say, tmp_path: Path) -> None:
    say(".mode csv")
    assert say(f".export {tmp_path}/out.csv select label from machine;") == ("", "")
    assert (tmp_path / "out.csv").read_text() == "label\ntst100\n"
    assert "a file and a query are needed" in say(".export x")[1]


def test_reports_are_answered(say: Say, db: Path) -> None:
    (db / "reports").mkdir()
    (db / "reports/one.sql").write_text("-- One number\n-- parameter n integer 7: the number\nSELECT $n AS n\n")
    assert "one              One number" in say(".report")[0]
    assert say(".report one n=8")[0].split() == ["n", "-", "8"]
    assert "close the quotation mark" in say(".report 'one")[1]


def test_unknown_commands_are_named(say: Say) -> None:
    assert ".help names them" in say(".nope")[1]
    assert ".export" in say(".help")[0]


def test_quit_ends_the_session(shell: Shell) -> None:
    assert shell.take(".quit") is True


@pytest.mark.parametrize(
    ("text", "ends"), [("", True), (".tables", True), ("select 1", False), ("select 1;", True), ("select 1; ", True)]
)
def test_enter_ends_a_statement_only_behind_its_semicolon(text: str, ends: bool) -> None:
    assert complete(text) is ends


@pytest.mark.parametrize(("typed", "offered"), [("select lab", "label"), ("from mac", "machine"), (".sch", ".schema")])
def test_words_are_completed(typed: str, offered: str, shell: Shell) -> None:
    found = completer(shell).get_completions(Document(typed), CompleteEvent())
    assert offered in {completion.text for completion in found}


@contextmanager
def session(db: Path, home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    master, slave = pty.openpty()
    environment = {**os.environ, "HOME": str(home), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = subprocess.Popen(
        [BIN / "vhost", "sql", "-p", db], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    try:
        yield master, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        os.close(master)


def shown(master: int, text: bytes, seconds: float = 30) -> bytes:
    """Return what the terminal showed until `text` came."""
    seen, until = b"", time.monotonic() + seconds
    while text not in seen:
        ready, _, _ = select.select([master], [], [], max(0.0, until - time.monotonic()))
        assert ready, seen
        seen += os.read(master, 65536)
    return seen


def test_a_session_on_a_terminal_spans_lines_and_is_remembered(db: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with session(db, home) as (master, process):
        shown(master, b"vhost>")
        os.write(master, b"select label\r")
        shown(master, b"...>")
        os.write(master, b"from machine;\r")
        shown(master, b"tst100")
        os.write(master, b".tables\r")
        shown(master, b"machine_identity")
        os.write(master, b".schema scan\r")
        shown(master, b"CREATE TABLE")
        os.write(master, b".mode csv\r")
        shown(master, b"csv")
        os.write(master, f".export {home}/out.csv select label from machine;\r".encode())
        os.write(master, b".quit\r")
        assert process.wait(30) == 0
    assert (home / "out.csv").read_text() == "label\ntst100\n"
    assert "from machine;" in (home / ".local/state/vhost/sql_history").read_text()


def test_the_end_of_input_ends_a_session(db: Path, tmp_path: Path) -> None:
    with session(db, tmp_path) as (master, process):
        shown(master, b"vhost>")
        os.write(master, b"\x03\x04")
        assert process.wait(30) == 0
