from __future__ import annotations

import sys

import pytest

from vhost.process import OUTPUT_LIMIT, ProgramFailed, run


def python(script: str, seconds: float = 30) -> tuple[int, bytes, bytes]:
    done = run([sys.executable, "-c", script], seconds=seconds)
    return done.code, done.stdout, done.stderr


def test_output_and_exit_code_are_given() -> None:
    script = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    assert python(script) == (3, b"out\n", b"err\n")


def test_no_shell_reads_the_arguments() -> None:
    assert run([sys.executable, "-c", "import sys; print(sys.argv[1])", "$(id); x"], seconds=30).stdout == b"$(id); x\n"


def test_there_is_no_input() -> None:
    assert python("import sys; print(repr(sys.stdin.read()))") == (0, b"''\n", b"")


def test_messages_are_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert python("import os; print(os.environ['LC_ALL'])")[1] == b"C\n"


def test_only_the_beginning_of_endless_output_is_kept() -> None:
    assert len(python("print('x' * 3_000_000)")[1]) == OUTPUT_LIMIT


def test_a_program_that_does_not_end_is_killed() -> None:
    with pytest.raises(ProgramFailed, match=r"did not end within 0\.2 seconds"):
        python("import time; time.sleep(60)", seconds=0.2)


@pytest.mark.parametrize("command", ["/nonexistent/program", "with\0nul"])
def test_a_program_that_cannot_be_run_is_named(command: str) -> None:
    with pytest.raises(ProgramFailed, match="cannot be run"):
        run([command], seconds=1)
