from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from vhost.process import OUTPUT_LIMIT, ProgramFailed, ProgramLate, conversation, run


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


def test_input_is_handed_over() -> None:
    done = run([sys.executable, "-c", "import sys; print(len(sys.stdin.read()))"], seconds=30, stdin=b"x" * 200_000)
    assert done.stdout == b"200000\n"


def test_what_was_left_in_the_background_is_not_waited_for() -> None:
    script = "import subprocess; print(subprocess.Popen(['sleep', '30']).pid)"
    began = time.monotonic()
    pid = int(run([sys.executable, "-c", script], seconds=20).stdout)
    os.kill(pid, signal.SIGKILL)  # it still runs
    assert time.monotonic() - began < 20


def test_the_whole_process_group_of_a_late_program_is_ended(tmp_path: Path) -> None:
    script = f"sleep 60 & echo $! >{tmp_path}/pid; wait"
    with pytest.raises(ProgramLate):
        run(["sh", "-c", script], seconds=0.5)
    pid = (tmp_path / "pid").read_text().strip()
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_program_that_says_too_much_is_ended() -> None:
    done = run(["sh", "-c", "while :; do echo flood; done"], seconds=60, limit=10_000)
    assert (done.flooded, len(done.stdout)) == (True, 10_000)


def test_a_conversation_goes_both_ways() -> None:
    with conversation(["cat"]) as talk:
        talk.sendall(b"hello\n")
        assert talk.recv(100) == b"hello\n"
