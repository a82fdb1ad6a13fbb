"""Colours are for terminals, and for those who want them."""

from __future__ import annotations

import os
import pty
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.commands import BIN, run, tree, xen

UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a database in which two machines collide, and the list of hosts that answer."""
    work = tmp_path_factory.mktemp("colours")
    root = tree(work / "pool", {f"{label}/{label}.cfg": xen(label, UUID) for label in ("web01", "web02")})
    assert run("vhost", "scan", "tree", "-p", work / "db", "--as-host", "lab00", root).returncode == 0
    (work / "up").write_text("lab00\n")
    return work


def on_a_terminal(arguments: list[str], place: Path, **environment: str) -> bytes:
    """Return what a call of `vhost` shows on a terminal."""
    master, slave = pty.openpty()
    names = {"TERM": "xterm", "VHOST_DB": str(place / "db"), "VHOST_UP_FILE": str(place / "up"), **environment}
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen([BIN / "vhost", *arguments], stdin=slave, stdout=slave, env={**kept, **names}) as process:
        os.close(slave)
        shown = b""
        with suppress(OSError):  # how the end of the other side is told
            while block := os.read(master, 65536):
                shown += block
        os.close(master)
        assert process.wait(60) == 0
    return shown


@pytest.mark.parametrize("arguments", [["audit"], ["ping", "lab00"]], ids=" ".join)
def test_no_color_takes_the_colours_and_nothing_else_away(arguments: list[str], place: Path) -> None:
    coloured, plain = on_a_terminal(arguments, place), on_a_terminal(arguments, place, NO_COLOR="1")
    assert b"\x1b[" in coloured
    assert b"\x1b" not in plain
    assert len(plain.splitlines()) == len(coloured.splitlines())
