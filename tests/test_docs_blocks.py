"""Every command block of the documentation is run on the sample lab, and must print what the page shows.

A block is fenced as `console`. A line that begins with `$ ` is a command (` \\` at its end continues it), the lines
below it are what it prints: stdout, then stderr. `...` stands for any text in a line, alone for any lines.
The blocks of a page run one after the other in one folder, in which `sample_data` and a scanned database are.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands import BIN
from tests.conftest import ROOT
from tests.sample.lab import SAMPLE, scan_lines

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """One command of a page, and the lines that the page says it prints."""

    line: int
    command: str
    expected: tuple[str, ...]


def commands(text: str) -> Iterator[Shown]:
    for block in _BLOCK.finditer(text):
        number = text[: block.start(1)].count("\n") + 1
        for part in re.split(r"^(?=\$ )", block[1], flags=re.MULTILINE):
            if part.startswith("$ "):
                command, rest = _split(part)
                yield Shown(number, command, tuple(rest))
            number += part.count("\n")


def _split(part: str) -> tuple[str, list[str]]:
    lines = part[2:].rstrip("\n").split("\n")
    end = next(at for at, line in enumerate(lines) if not line.endswith("\\")) + 1
    return "\n".join(lines[:end]), lines[end:]


def pattern(expected: tuple[str, ...]) -> str:
    def one(line: str) -> str:
        if line == "...":
            return r"(?:.*\n)*?"
        return ".*".join(map(re.escape, line.split("..."))) + r"\n"

    return "".join(map(one, expected))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sample lab, and a database of all its scans, beside an untouched copy."""
    folder = tmp_path_factory.mktemp("docs") / "work"
    shutil.copytree(SAMPLE, folder / "sample_data")
    for host, path in scan_lines():
        _run(f"vhost scan tree --as-host {host} sample_data/{path}", folder, folder.parent)
    shutil.copytree(folder, folder.with_name("untouched"), symlinks=True)
    return folder


@pytest.fixture
def folder(scanned: Path) -> Path:
    """Return that folder, as it was."""
    shutil.rmtree(scanned)
    return shutil.copytree(scanned.with_name("untouched"), scanned, symlinks=True)


def _run(command: str, folder: Path, home: Path) -> str:
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(home),
        "VHOST_DB": str(folder / "lab-db"),
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES])
def test_every_command_block_prints_what_the_page_shows(page: Path, folder: Path, tmp_path: Path) -> None:
    for shown in commands(page.read_text("utf-8")):
        printed = _run(shown.command, folder, tmp_path)
        wanted = re.sub(r"^\n+|\s+$", "", "\n".join(shown.expected))
        where = f"{page.name}:{shown.line}: $ {shown.command}\n{printed}"
        assert re.fullmatch(pattern(tuple(wanted.split("\n"))) if wanted else "", printed), where


def test_blocks_are_found_with_their_continuations_and_lines() -> None:
    text = "a\n\n```console\n$ echo 1 \\\n  2\n1 2\n$ true\n```\n"
    assert list(commands(text)) == [Shown(4, "echo 1 \\\n  2", ("1 2",)), Shown(7, "true", ())]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (("a...c", "..."), "abbbc\nx\ny\n", True),
        (("...",), "", True),
        (("a",), "b\n", False),
        (("a", "..."), "b\na\n", False),
        (("a+",), "a+\n", True),
    ],
)
def test_points_stand_for_anything(expected: tuple[str, ...], printed: str, same: bool) -> None:
    assert (re.fullmatch(pattern(expected), printed) is not None) is same
