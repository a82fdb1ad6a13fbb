"""Every command that the documentation shows is run on the sample lab, and must print what the page shows.

A block is fenced as `console`. A line that begins with `$ ` is a command; lines that begin with `> ` go on with it,
as does the one behind a `\\` at its end. The lines below are what it prints: stdout, then stderr. `...` stands for any
text in a line, alone for any lines. The commands of a page run one after the other in one shell, in a folder with
`sample_data` and a scanned database.

A block that cannot be run so is fenced as `sh` and stands in NOT_RUN, with the reason; one that tells how a command may
be called is fenced as `usage`, and must name only options that there are.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.helptexts import door_text, doors, tree
from tests import warm
from tests.commands import BIN
from tests.conftest import ROOT
from tests.docs_blocks import Block, Shown, blocks, commands, pattern
from tests.sample.lab import SAMPLE

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
USAGE = "usage"
_OPTION = re.compile(r"(?<![\w-])--?[A-Za-z0-9][\w-]*")
HELP = "commands.md"
"""What it shows are help texts."""

NOT_RUN: dict[tuple[str, str], str] = {
    (
        "README.md",
        "make demo       # sets up .venv, scans sample_data, shows what the tool says of it; under two minutes",
    ): ("makes the environment that these tests run in"),
    (
        "README.md",
        "python3 -m venv /opt/vhost && /opt/vhost/bin/pip install .",
    ): "tests/test_packaging.py installs the wheel",
    ("docs/installing.md", "python3 -m venv /opt/vhost && /opt/vhost/bin/pip install ."): (
        "tests/test_packaging.py installs the wheel; the links are made outside of any test folder"
    ),
    ("docs/acting.md", "vhost list lab00 lab01 --type XEN,LIBVIRT"): (
        "needs hosts; tests/integration/test_act_libvirt.py and test_act_qemu.py list and scan real guests"
    ),
    ("docs/arp.md", "$ vhost scan arp --interface eth0 --localnet"): (
        "needs a segment of 4,096 addresses; tests/integration/test_arp_sweep.py makes one"
    ),
    (
        "docs/arp.md",
        "sudo setpriv --reuid USER --regid GROUP --init-groups --inh-caps=+net_raw --ambient-caps=+net_raw \\",
    ): ("USER and GROUP stand for the reader's; tests/integration/test_arp_sweep.py sweeps with that capability alone"),
    ("docs/dns.md", "$ vhost scan dns --server 192.168.1.1,[2001:db8::53]:5353 lab.example 192.168.1.0/24"): (
        "needs name servers; tests/integration/test_dns_transfer.py starts four kinds"
    ),
    ("docs/macmap.md", "vhost macmap import /etc/dhcp/dhcpd.conf /var/lib/dhcp/dhcpd.leases /etc/ethers"): (
        "needs DHCP servers; tests/integration/test_dhcp_servers.py starts three"
    ),
}
"""Page and first line of every block of commands that is not run here, and why."""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sample lab, and a database of all its scans, beside an untouched copy."""
    folder = tmp_path_factory.mktemp("docs") / "work"
    folder.with_name("bin").mkdir()
    warm.programs(folder.with_name("bin"))
    shutil.copytree(SAMPLE, folder / "sample_data")
    _run(["vhost scan --config sample_data/lab.toml"], folder, folder.parent)
    shutil.copytree(folder, folder.with_name("untouched"), symlinks=True)
    return folder


@pytest.fixture
def folder(scanned: Path) -> Path:
    """Return that folder, as it was."""
    shutil.rmtree(scanned)
    return shutil.copytree(scanned.with_name("untouched"), scanned, symlinks=True)


def _run(lines: list[str], folder: Path, home: Path) -> list[str]:
    """Return what each command prints; they share one shell, whose directory and variables they may change."""
    environment = {
        **os.environ,
        "PATH": f"{folder.parent}/bin:{BIN}:{os.environ['PATH']}",
        "HOME": str(home),
        "VHOST_DB": str(folder / "lab-db"),
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "LC_ALL": "C.UTF-8",
    }
    out = [home / f"printed.{number}" for number in range(len(lines))]
    script = "".join(f"{{ {line}\n}} >{path} 2>{path}.err\n" for line, path in zip(lines, out, strict=True))
    subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, timeout=300, check=False
    )
    return [path.read_text("utf-8") + Path(f"{path}.err").read_text("utf-8") for path in out]


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands(page.read_text("utf-8")))], ids=_name)
def test_every_command_block_prints_what_the_page_shows(page: Path, folder: Path, tmp_path: Path) -> None:
    shown = list(commands(page.read_text("utf-8")))
    for one, text in zip(shown, _run([one.command for one in shown], folder, tmp_path), strict=True):
        wanted, printed = _stripped("\n".join(one.expected)), _stripped(text)
        where = f"{_name(page)}:{one.line}: $ {one.command}\n{printed}"
        assert re.fullmatch(pattern(tuple(wanted.split("\n"))) if wanted else "", f"{printed}\n" * bool(printed)), where


def _stripped(text: str) -> str:
    """Return the text without empty lines around it, and without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def test_every_block_with_commands_says_what_it_is() -> None:
    found = [(_name(page), block.line) for page in PAGES if page.name != HELP for block in _unnamed(page)]
    assert found == []


def _unnamed(page: Path) -> list[Block]:
    return [block for block in blocks(page.read_text("utf-8")) if block.kind in {"", "text"} and block.calls]


def test_what_is_not_run_is_known_and_has_a_reason() -> None:
    found = {
        (_name(page), block.text.split("\n")[0])
        for page in PAGES
        for block in blocks(page.read_text("utf-8"))
        if block.kind in {"sh", "bash", "shell"}
    }
    assert found == set(NOT_RUN)
    assert all(NOT_RUN.values())


def test_how_a_command_may_be_called_is_what_its_help_says() -> None:
    known = {one.path: {word for option in one.parameters for word in option.opts} for one in tree()}
    known |= {name: set(_OPTION.findall(door_text(name))) for name in doors()}
    shown = [
        (_name(page), block.text) for page in PAGES for block in blocks(page.read_text("utf-8")) if block.kind == USAGE
    ]
    assert shown
    assert [(name, word) for name, text in shown for word in _unknown(text, known)] == []


def _unknown(text: str, known: dict[str, set[str]]) -> Iterator[str]:
    """Return the options in the calls of a usage that the command does not have."""
    for call in re.split(r"\n(?=\S)", text.strip()):
        words = " ".join(call.split())
        path = max((path for path in known if f"{words} ".startswith(f"{path} ")), key=len)
        yield from (f"{path} {option}" for option in _OPTION.findall(words) if option not in known[path])


def test_blocks_are_found_with_their_continuations_and_lines() -> None:
    text = "a\n\n```console\n$ echo 1 \\\n  2\n1 2\n$ echo\n> 3\n$ true\n```\n"
    assert list(commands(text)) == [Shown(4, "echo 1 \\\n  2", ("1 2",)), Shown(7, "echo\n3", ()), Shown(9, "true", ())]


def test_commands_outside_of_fences_are_found() -> None:
    text = "a\n\n    vhost query\n\nb\n\n```\n$ make\n```\n\n```usage\nvhost x\n```\n\n    <db>/scans\n"
    assert [(block.kind, block.line, block.calls) for block in blocks(text)] == [
        ("", 8, True),
        ("usage", 12, True),
        ("", 3, True),
        ("", 15, False),
    ]


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
