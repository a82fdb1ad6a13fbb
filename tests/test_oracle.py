"""Every recorded call of the old tool that the project covers, byte for byte.

Calls that are not covered yet stand in `oracle_uncovered.txt`, which only shrinks: a call in it
that has come to pass must be taken out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED

ORACLE = Path(os.environ.get("VHOST_ORACLE", SHARED / "oracle"))
UNCOVERED = Path(__file__).with_name("oracle_uncovered.txt")
CLASSES = {"doc", "index", "err"}


def _cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for place in ("lab", "fleet-a"):
        for line in (ORACLE / place / "cases.jsonl").read_text().splitlines():
            case = json.loads(line)
            if case["class"] in CLASSES:
                found.append((place, case))
    return found


def _uncovered() -> set[str]:
    lines = (line.split("#")[0].strip() for line in UNCOVERED.read_text().splitlines())
    return {line for line in lines if line}


def _answer(place: str, case: dict[str, Any], home: Path, work: Path) -> tuple[str, str, int]:
    """Return our stdout, the recorded one, and our exit code."""
    database = home / ".ctys/db/default"
    database.mkdir(parents=True)
    for name in ("enum.fdb", "macmap.fdb"):
        shutil.copy(ORACLE / place / name, database)
    if place == "lab":
        for name in ("groups", "macros"):
            shutil.copytree(ORACLE / place / name, home / ".ctys" / name)
        for name in ("alt", "vmtree"):
            shutil.copytree(ORACLE / place / name, work / name)
        shutil.copy(ORACLE / place / "dhcpd.conf", work)
    environment = {
        **os.environ,
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "VHOST_HOSTS_FILE": str(ORACLE / "lab/hosts.tbl"),
        "VHOST_UP_FILE": str(ORACLE / "lab/up.tbl"),
    }

    def fill(text: str) -> str:
        return text.replace("$HOME", str(home)).replace("$PWD", str(work))

    done = subprocess.run(
        ["bash", "-c", f"{case.get('setup') or 'true'}\n{fill(case['cmd'])}"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    return done.stdout, fill(case["stdout"]), done.returncode


def _alike(case: dict[str, Any], ours: str, theirs: str, code: int) -> bool:
    if code != case["rc"]:
        return False
    if case["class"] == "err":
        return True
    if case["class"] == "index":
        return _without_index(ours) == _without_index(theirs)
    return ours == theirs


def _without_index(text: str) -> list[list[str]]:
    return [fields[:31] + fields[32:] for line in text.splitlines() for fields in [line.split(";")]]


CASES = _cases()


@pytest.mark.parametrize(("place", "case"), [pytest.param(place, case, id=case["id"]) for place, case in CASES])
def test_a_recorded_call_is_answered_as_recorded(place: str, case: dict[str, Any], tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    ours, theirs, code = _answer(place, case, home, work)
    alike = _alike(case, ours, theirs, code)
    if case["id"] in _uncovered():
        assert not alike, f"{case['id']} is covered now: take it out of {UNCOVERED.name}"
        return
    assert (code, ours) == (case["rc"], theirs) or alike, case["cmd"]


def test_the_list_of_uncovered_calls_names_recorded_calls_only() -> None:
    assert _uncovered() <= {case["id"] for _, case in CASES}
