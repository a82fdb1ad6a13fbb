"""QEMU guests of this host, a database that knows their configurations, and the installed command."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.commands import run
from tests.lab.qemu_guests import Guests


class Lab:
    """A directory of guests and a database of its own."""

    def __init__(self, directory: Path) -> None:
        self.guests = Guests(directory / "pool")
        self.env = {"VHOST_DB": str(directory / "db"), "XDG_STATE_HOME": str(directory / "state")}

    def scan(self) -> None:
        assert run("vhost", "scan", "tree", self.guests.directory, env=self.env).returncode == 0

    def vhost(self, *words: str, code: int = 0, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        done = run("vhost", *words, env=self.env, timeout=timeout)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done
