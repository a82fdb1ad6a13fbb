"""Runs the doors inside the test process: as the installed commands do, without the price of a process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from vhost.cli import doors
from vhost.cli.main import main


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """Return the lines on stdout of a command that must have succeeded."""
        assert self.code == 0, self.stderr
        return self.stdout.splitlines()


Ask = Callable[..., Done]


def asking(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what runs a command by its name and gives back what it did."""

    def ask(name: str, *arguments: str | Path) -> Done:
        command = {"ctys-vhost": doors.vhost, "vhost": main}[name]
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            command()
        out, err = capsys.readouterr()
        return Done(int(end.value.code or 0), out, err)

    return ask
