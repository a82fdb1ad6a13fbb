"""Standard streams that are closed, full or without a reader: the exit code still says how a command ended."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commands import BIN, xen
from vhost.progress import bar
from vhost.source_text import STDIN, opened

CLOSED = "standard output: is closed"
FULL = "standard output: No space left on device"


def shell(line: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a line of bash, which opens and closes streams as users do."""
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", line],
        env={**os.environ, **(env or {}), "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", ["vhost --version", "vhost completion", "ctys-groups -m 1", "vhost macros files"])
@pytest.mark.parametrize(("stream", "code", "says"), [(">&-", 1, CLOSED), (">/dev/full", 1, FULL), ("| true", 0, "")])
def test_what_cannot_be_shown_is_one_line(command: str, stream: str, code: int, says: str, tmp_path: Path) -> None:
    found, _, complaint = shell(f"{command} {stream}", {"VHOST_DB": str(tmp_path)})
    assert (found, says in complaint, complaint.count("\n")) == (code, True, 1 if says else 0)


@pytest.mark.parametrize("command", ["vhost db status -p /nowhere/at/all", "ctys-vhost -p /nowhere/at/all x"])
@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", "<&- 2>&-", "2> >(exec true)"])
def test_the_exit_code_stays_where_no_complaint_can_be_written(command: str, streams: str) -> None:
    assert shell(f"{command} {streams}")[::2] == (7, "")


def test_a_file_that_is_read_does_not_become_stderr(tmp_path: Path) -> None:
    """With stderr closed, what is opened next would have its number; the tree is scanned and stored all the same."""
    (tmp_path / "tst.cfg").write_text(xen("tst"))
    scanned = shell(f"vhost scan tree --as-host lab00 -p {tmp_path / 'db'} {tmp_path} <&- 2>&-")
    assert scanned[0] == 0
    assert shell(f"ctys-vhost -p {tmp_path / 'db'} -o l,pm tst 2>&-") == (0, "lab00;tst\n", "")


def test_no_bar_without_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with bar("scan") as progress:
        assert progress is None


def test_standard_input_that_is_closed_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(OSError, match="is closed"):
        opened(Path(STDIN))
