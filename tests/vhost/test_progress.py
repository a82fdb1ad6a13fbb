"""The progress bar: who sees it, in which colours, at which price."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import pytest

from vhost.cli.live import watched
from vhost.progress import bar, waiting
from vhost.transport import Host


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def shown(title: str = "scan") -> str:
    terminal = Terminal()
    with bar(title, terminal) as progress:
        assert progress is not None
        progress(3, 39, 7)
    return terminal.getvalue()


def test_a_terminal_sees_how_far_the_run_is() -> None:
    assert "3 of at least 42, 7 found" in shown()


def test_a_pipe_sees_nothing() -> None:
    stream = io.StringIO()

    with bar("scan", stream) as progress:
        assert progress is None

    assert stream.getvalue() == ""


def test_a_terminal_without_cursor_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    with bar("scan", Terminal()) as progress:
        assert progress is None


def test_colours_are_shown() -> None:
    assert "\x1b[32m" in shown()


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[32m" not in shown()


def test_a_title_can_neither_steer_the_terminal_nor_be_markup() -> None:
    assert r"\x1b]0;x [bold]{task}" in shown("\x1b]0;x [bold]{task}").replace("\\x3b", ";")


def test_a_run_that_nobody_watches_does_not_import_rich() -> None:
    code = "import sys; from vhost.progress import bar\nwith bar('scan'): print('rich' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_what_takes_long_is_shown_and_gone_when_it_is_over() -> None:
    terminal = Terminal()
    with waiting("publishing \x1b]0;", terminal, after=0.0):
        for _ in range(500):
            if "publishing" in terminal.getvalue():
                break
            time.sleep(0.02)
    assert r"publishing \x1b]0" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_what_is_over_soon_or_watched_by_nobody_is_not_shown(stream: io.StringIO) -> None:
    with waiting("publishing", stream, after=60.0 if stream.isatty() else 0.0):
        pass
    assert stream.getvalue() == ""


def test_a_program_that_uses_the_library_keeps_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("vhost.progress._commanded", False)
    with waiting("publishing", after=0.0):
        pass
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("names", "shown"), [(["localhost"], False), (["localhost", "lab00"], True)])
def test_who_asks_other_hosts_sees_how_many_have_answered(
    names: list[str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    with watched([Host(name) for name in names]) as progress:
        assert (progress is not None) == shown
