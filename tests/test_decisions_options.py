"""One test for each recorded call of options where the old tool and its manual differ.

The decisions stand in docs/old-tool.md, under "Caches and lists" and "Other options".
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests import recorded
from tests.asking import Ask, Done, asking
from vhost import __version__

KEPT = """
    lab228 lab233 lab235 lab240 lab245 lab255 lab258 lab260 lab285 lab294 lab300 lab305 lab306 lab307
""".split()
"""What comes out as it always did, byte for byte."""


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """Return what runs a command in the home and the folder of the recorded calls."""
    home, work = tmp_path / "home", tmp_path / "work"
    lab = recorded.ORACLE / "lab"
    (home / ".ctys/db/default").mkdir(parents=True)
    for name in ("enum.fdb", "macmap.fdb"):
        shutil.copy(lab / name, home / ".ctys/db/default")
    for name in ("groups", "macros"):
        shutil.copytree(lab / name, home / ".ctys" / name)
    work.mkdir()
    shutil.copytree(lab / "alt", work / "alt")
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("VHOST_HOSTS_FILE", str(lab / "hosts.tbl"))
    monkeypatch.setenv("VHOST_UP_FILE", str(lab / "up.tbl"))
    return asking(capsys, monkeypatch)


@pytest.fixture
def vhost(ask: Ask) -> Ask:
    """Return what runs `ctys-vhost`."""
    return lambda *arguments: ask("ctys-vhost", *arguments)


def wrong(done: Done) -> str:
    """Return the one line of a call that failed with exit code 1 and printed nothing."""
    assert (done.code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    return done.stderr


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_comes_out_as_recorded(name: str, ask: Ask) -> None:
    case = recorded.cases()[name]
    command, *arguments = shlex.split(case["cmd"])
    done = ask(command, *arguments)
    assert (done.stdout, done.code) == (case["stdout"], case["rc"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["-C", "macmaponly", "-o", "t", "lab00", "lab0"], ["192.168.1.71"], id="lab229"),
        pytest.param(["-C", "macmaponly", "-o", "t", "00:50:56:13:11:4a"], ["192.168.1.228"], id="lab232"),
        pytest.param(["-C", "macmap", "-o", "mac", "tst204"], ["00:50:56:13:12:04"], id="lab234"),
        pytest.param(
            ["-i", "ctys", "-o", "pm", "lab00.soho[/root/xen/tst101/tst101.conf,tst101]"], ["lab00.soho"], id="lab283"
        ),
        pytest.param(["-o", "pm", "lab00.soho[tst101]"], [], id="lab284"),
        pytest.param(["-I", "3", "-o", "l", "tst100"], ["tst100", "tst100", "tst100", "TST100"], id="lab290"),
        pytest.param(["-c", "cnt", "-o", "l", "tst101"], ["tst101;"], id="lab293"),
        pytest.param(["-x", "ping,vm", "-M", "first", "-o", "pm,l", "tst100"], ["lab00.soho;tst100"], id="lab301"),
        pytest.param(["-r", "-o", "l", "tst101"], ["tst101"], id="lab303"),
        pytest.param(["-R", "-o", "l", "lab00", "tst10"], ["tst100"] * 3, id="lab304"),
    ],
)
def test_options_do_what_the_manual_says(arguments: list[str], expected: list[str], vhost: Ask) -> None:
    assert vhost(*arguments).lines == expected


@pytest.mark.parametrize("word", ["listcache", "listargets"], ids=["lab241", "lab244"])
def test_every_documented_list_is_there(word: str, vhost: Ask) -> None:
    lines = vhost("-C", word).lines
    assert any(line.split()[1:2] == ["40"] and line.endswith(".duckdb") for line in lines)


def test_members_of_the_database_are_whole_addresses(vhost: Ask) -> None:  # lab248
    recorded_lines = recorded.cases()["lab248"]["stdout"].splitlines()
    (torn,) = [line for line in recorded_lines if line.startswith("words[")]
    assert vhost("-X", "-S", "membersdb").lines == [line for line in recorded_lines if line != torn]


def test_the_title_of_members_is_left_out_with_x(vhost: Ask) -> None:
    titled, plain = vhost("-S", "membersdb").lines, vhost("-X", "-S", "membersdb").lines
    assert (titled[3:], titled[0], "file-databases" in titled[1], titled[2]) == (plain, "", True, "")


def test_a_missing_database_is_exit_7(vhost: Ask) -> None:  # lab265
    assert vhost("-p", "/nonexistent", "-o", "l", "tst101").code == 7


@pytest.mark.parametrize("separator", [":", ","], ids=["lab267", "lab268"])
def test_a_list_of_databases_is_searched_as_one(separator: str, vhost: Ask) -> None:
    home = Path.home() / ".ctys/db/default"
    lines = vhost("-p", f"alt/db2{separator}{home}", "-o", "l,pm", ".").lines
    hosts = [line.split(";")[0] for line in lines]
    assert (len(lines), lines[0], lines[3], hosts == sorted(hosts)) == (47, "app1.soho;APP1", "app9.soho;APP1", True)


def test_records_of_two_databases_are_not_glued(vhost: Ask, monkeypatch: pytest.MonkeyPatch) -> None:  # lab269
    monkeypatch.setenv("DEFAULT_DBPATHLST", f"{Path.cwd()}/alt/db2:{Path.home()}/.ctys/db/default")
    recorded_lines = recorded.cases()["lab269"]["stdout"].replace("tst205lab02", "tst205\nlab02").splitlines()
    assert vhost("-o", "l,pm", "tst2").lines == sorted(recorded_lines, key=lambda line: line.split(";")[0])


def test_the_contents_of_groups_are_their_includes(vhost: Ask) -> None:  # lab277
    (Path.home() / ".ctys/groups/loop").unlink()
    done = vhost("-S", "contentgroup")
    blocks = [line for line in recorded.cases()["lab277"]["stdout"].splitlines() if line[:8].strip() or " i{ " in line]
    groups = [line for line in blocks if "k " in line[:8] or " i{ " in line][:8]
    assert done.code == 0
    assert [line for line in done.stdout.splitlines() if "k " in line[:8] or " i{ " in line] == groups


def test_form_8_of_members_is_known(vhost: Ask) -> None:  # lab280
    for name in ("loop", "missing"):
        (Path.home() / ".ctys/groups" / name).unlink()
    assert vhost("-X", "-S", "membersgroup8:all").stdout == " delphi.soho app1.soho lab00 lab01 lab02 lab03 lab02 "
    assert vhost("-S", "membersgroup8").code == 0


def test_members_of_all_groups_need_sound_groups(vhost: Ask) -> None:  # lab280
    assert "loop -> loop" in wrong(vhost("-S", "membersgroup8"))


def test_reverse_keeps_what_does_not_answer(vhost: Ask) -> None:  # lab299
    theirs = recorded.cases()["lab299"]["stdout"].splitlines()
    changed = {"tst102;192.168.1.222": "tst102;tst102.soho", "tst108;": "tst108;192.168.1.228"}
    assert vhost("-x", "ping,vm,reverse", "-o", "l,t", ".").lines == [changed.get(line, line) for line in theirs]


def test_the_version_is_exit_0_and_terse_with_x(vhost: Ask) -> None:  # lab309
    assert vhost("-X", "-V").lines == [__version__]
    assert vhost("-V").lines == [f"ctys-vhost (vhost-toolkit) {__version__}"]


def test_an_option_behind_a_term_is_told(vhost: Ask) -> None:  # lab307
    assert "-o is searched as a term" in vhost("tst101", "-o", "l").stderr
