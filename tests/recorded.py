"""The recorded calls of the old tool, and how one is run against the installed commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, SHARED

ORACLE = Path(os.environ.get("VHOST_ORACLE", SHARED / "oracle"))
DECISIONS = ROOT / "docs/old-tool.md"
PLACES = ("lab", "fleet-a")

Case = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One call that was run: our answer, the recorded one, and the folders it was run in."""

    stdout: str
    stderr: str
    code: int
    recorded: str
    home: Path
    work: Path


@cache
def cases() -> dict[str, Case]:
    """Return every recorded call by its id, with its place."""
    return {
        case["id"]: {**case, "place": place}
        for place in PLACES
        for case in map(json.loads, (ORACLE / place / "cases.jsonl").read_text().splitlines())
    }


def of(*classes: str) -> list[str]:
    """Return the ids of the calls of these classes."""
    return [name for name, case in cases().items() if case["class"] in classes]


@cache
def decided() -> frozenset[str]:
    """Return the ids that stand in the tables of decisions."""
    rows = [line.split("|")[1] for line in DECISIONS.read_text().splitlines() if line.startswith("|")]
    return frozenset(name.strip() for cell in rows for name in cell.split(","))


def run(name: str, folder: Path, command: str | None = None, **environment: str) -> Run:
    """Run a recorded call, or another command in its place, in a home of its own below the folder."""
    case = cases()[name]
    home, work = folder / "home", folder / "work"
    _furnish(case["place"], home, work)

    def fill(text: str) -> str:
        return text.replace("$HOME", str(home)).replace("$PWD", str(work))

    done = subprocess.run(
        ["bash", "-c", f"{case.get('setup') or 'true'}\n{fill(command or case['cmd'])}"],
        cwd=work,
        env={**os.environ, **_environment(home), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    return Run(done.stdout, done.stderr, done.returncode, fill(case["stdout"]), home, work)


def _furnish(place: str, home: Path, work: Path) -> None:
    """Copy what the calls of a place were recorded with, unless it is there."""
    database = home / ".ctys/db/default"
    if database.exists():
        return
    database.mkdir(parents=True)
    work.mkdir()
    for name in ("enum.fdb", "macmap.fdb"):
        shutil.copy(ORACLE / place / name, database)
    if place == "lab":
        for name in ("groups", "macros"):
            shutil.copytree(ORACLE / place / name, home / ".ctys" / name)
        for name in ("alt", "vmtree"):
            shutil.copytree(ORACLE / place / name, work / name)
        shutil.copy(ORACLE / place / "dhcpd.conf", work)


def _environment(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "VHOST_HOSTS_FILE": str(ORACLE / "lab/hosts.tbl"),
        "VHOST_UP_FILE": str(ORACLE / "lab/up.tbl"),
    }
