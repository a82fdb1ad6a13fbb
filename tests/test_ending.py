"""Signals that end a command: it ends what it has started, says so in one line, and its exit code names the signal."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.commands import BIN
from vhost.cli import ending, outcome
from vhost.sql import answers
from vhost.sql.run import Limits


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Give Ctrl-C back to the tests: a command that was interrupted lets the next one end its process."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


SIGNALS = [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), [*SIGNALS, (signal.SIGINT, 130)])
def test_what_was_started_ends_with_the_command(number: signal.Signals, code: int, tmp_path: Path) -> None:
    virsh = tmp_path / "virsh"
    virsh.write_text(
        '#!/bin/sh\nsleep 0.2\necho $$ >"${0%/*}/pid.tmp"; mv "${0%/*}/pid.tmp" "${0%/*}/pid"; exec sleep 60\n'
    )
    virsh.chmod(0o755)
    command = subprocess.Popen(
        [str(BIN / "vhost"), "list", "-T", "LIBVIRT", "-c", "test:///default"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    child = int(_appeared(tmp_path / "pid"))
    command.send_signal(number)
    out, err = command.communicate(timeout=30)
    assert (command.returncode, out, err.count("\n")) == (code, "", 1)
    assert ("interrupted" if code == 130 else number.name) in err
    _until(lambda: not _lives(child))


def _appeared(path: Path) -> str:
    _until(path.exists)
    return path.read_text()


def _until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """Tell whether a process runs; one that has ended may wait for a parent that takes note of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_the_first_signal_interrupts_and_the_next_one_would_end_the_process(number: signal.Signals, code: int) -> None:
    with ending.interruptible():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
        assert (ending.asked(), ending.code(ending.INTERRUPTED), ending.code(3)) == (True, code, 3)


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending.interruptible():
            signal.raise_signal(signal.SIGHUP)
            assert not ending.asked()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_command_ends_with_the_code_of_the_signal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        outcome.guarded(lambda: signal.raise_signal(signal.SIGTERM))
    assert (end.value.code, capsys.readouterr().err) == (
        143,
        "vhost: ended by SIGTERM; what was stored before is still there\n",
    )
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_shell_for_sql_ends_too() -> None:
    from vhost.cli.sql_shell import _inputs  # noqa: PLC0415 - prompt-toolkit takes its time

    class Session:
        def prompt(self, _: str) -> str:
            signal.raise_signal(signal.SIGTERM)
            raise AssertionError

    with ending.interruptible(), pytest.raises(KeyboardInterrupt):
        next(_inputs(Session()))  # type: ignore[arg-type] # only its prompt is asked for


def test_an_interrupt_that_duckdb_takes_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    def query() -> None:
        raise RuntimeError("Query interrupted")

    with pytest.raises(SystemExit) as end:
        outcome.guarded(query)
    assert (end.value.code, capsys.readouterr().err.count("interrupted;")) == (130, 1)


def test_other_runtime_errors_are_not_hidden() -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        outcome.guarded(fail)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_operator_that_works_long_is_broken_off(
    number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cross product takes no note of signals before it is done."""

    def query() -> None:
        with duckdb.connect(":memory:") as con:
            started = threading.Timer(0.2, os.kill, [os.getpid(), number])
            started.start()
            for answer in answers(con, "SELECT count(*) FROM range(100000000000) a, range(10) b", Limits(seconds=10)):
                list(answer.rows()[1])

    with pytest.raises(SystemExit) as end:
        outcome.guarded(query)
    assert (end.value.code, capsys.readouterr().err.count("\n")) == (code, 1)
