"""The man pages: one for every name that is installed, sound for both of the usual formatters."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from docs.helptexts import doors
from docs.surroundings import VARIABLES
from tests.conftest import ROOT
from vhost.cli.commands import COMMANDS

MAN = ROOT / "docs/man"
PAGES = sorted(MAN.iterdir())
SECTIONS = {"Name", "SYNOPSIS", "EXIT STATUS", "SEE ALSO"}
NO_DATE = 'missing date, using "": TH'  # a page is of a version, not of a day
HARMLESS = "skipping paragraph macro: sp after SH"  # how docutils writes the first paragraph of a section
FOR_GUESTS = {"VHOST_GUEST_CONFIG", "VHOST_SESSION"}
"""Variables that are set for what is started, for the next call to find."""


def output(*command: str | Path) -> str:
    """Return what a formatter says, on stdout and stderr."""
    environment = {**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False
    ).stdout


def test_every_command_and_every_old_name_has_a_page() -> None:
    named = {"vhost", *(f"vhost-{command.name}" for command in COMMANDS), *doors()}
    assert {page.name for page in PAGES} == {f"{name}.1" for name in named}


def test_mandoc_finds_nothing_wrong() -> None:
    lines = output("mandoc", "-T", "lint", "-W", "warning", *PAGES).splitlines()
    assert [line for line in lines if not line.endswith((NO_DATE, HARMLESS))] == []


def test_groff_finds_nothing_wrong() -> None:
    found = [output("groff", "-man", "-Tutf8", "-ww", "-z", page) for page in PAGES]
    assert [line for text in found for line in text.splitlines() if "cannot adjust line" not in line] == []


def test_apropos_finds_what_each_page_is_about() -> None:
    lines = output("lexgrog", *PAGES).splitlines()
    assert [line.split('"')[1].split(" - ")[0] for line in lines] == [page.stem for page in PAGES]


def test_man_shows_a_page() -> None:
    shown = output("man", "-l", MAN / "vhost-scan.1")
    assert "vhost scan arp [OPTIONS] [CIDR|RANGE|HOST|GROUP]" in shown
    assert re.search(r"^ +-p, --db DIR\[:DIR\.\.\.\]$", shown, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_the_usual_sections(page: Path) -> None:
    sections = set(re.findall(r"^\.SH (.*)$", page.read_text("utf-8"), re.MULTILINE))
    assert sections >= SECTIONS
    assert sections >= {"ENVIRONMENT", "FILES"} or "ENVIRONMENT AND FILES" in sections


def test_every_variable_that_the_programs_read_is_documented() -> None:
    sources = (path.read_text("utf-8") for package in ("vhost", "scanners", "macmap") for path in _code(package))
    read = {name for text in sources for name in re.findall(r'"((?:VHOST|CTYS|XDG|DEFAULT|NO)_[A-Z_]+)"', text)}
    known = {one.name for one in VARIABLES}
    assert read - FOR_GUESTS == {
        name for name in known if name.partition("_")[0] in {"VHOST", "CTYS", "XDG", "DEFAULT", "NO"}
    }


def _code(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))
