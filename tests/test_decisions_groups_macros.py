"""One test for each recorded call of groups and macros where the old tool and its manual differ.

The decisions stand in docs/old-tool.md.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run
from tests.conftest import ROOT
from tests.vhost.databases import machine_line, old_database

SECTIONS = {"groups", "macros"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oracle: Path) -> Path:
    """Return a home with the recorded groups and macros and a small database."""
    for name in ("groups", "macros"):
        shutil.copytree(oracle / "lab" / name, tmp_path / ".ctys" / name)
    old_database(tmp_path / ".ctys/db/default", [machine_line(pm="lab00", type="XEN", label="tst101")])
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def sound_groups(home: Path) -> None:
    for name in ("loop", "missing"):
        (home / ".ctys/groups" / name).unlink()


def test_every_call_is_decided_in_the_documentation(oracle: Path) -> None:
    cases = [json.loads(line) for line in (oracle / "lab/cases.jsonl").read_text().splitlines()]
    wanted = {case["id"] for case in cases if case["section"] in SECTIONS and case["class"] in {"quirk", "bug"}}
    decided = [
        line.split("|")[1].strip() for line in (ROOT / "docs/old-tool.md").read_text().splitlines() if "|" in line
    ]
    assert wanted - {name for cell in decided for name in cell.split(", ")} == set()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["-o", "l", "macro:NOSUCH"], "macro:NOSUCH: no such macro", id="lab196"),
        pytest.param(["-o", "macro:DUP%mymacros", "tst101"], "DUP is defined 2 times", id="lab197"),
        pytest.param(["-o", "macro:LOOP%mymacros", "tst101"], "LOOP -> LOOP", id="lab198"),
        pytest.param(["-o", "macro:TAB_A%nofile", "tst101"], "no such macro file", id="lab199"),
        pytest.param(["-o", "macro:tab_hyper", "tst101"], "case-sensitive", id="lab202"),
    ],
)
def test_a_macro_error_stops_the_query(arguments: list[str], says: str) -> None:
    done = run("ctys-vhost", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in complaint(done)


def test_lab209_no_brace_leaks_into_the_names_of_called_macros() -> None:
    assert rows(run("ctys-macros", "-X", "-c", "-f", "mymacros"))[-1] == "TAB_B=A1:A2"


def test_lab212_an_expanded_list_names_what_is_broken_and_shows_the_rest() -> None:
    done = run("ctys-macros", "-X", "-E", "-f", "mymacros")
    assert (done.returncode, "calls itself: LOOP -> LOOP" in complaint(done)) == (1, True)
    assert done.stdout.splitlines() == [
        "CONT=tab_gen:1_PM_12%%3_label_8",
        "EQ=a=b=c",
        "NEST=tab_gen:1_PM_12%%3_label_8",
        "OPT=-o tab_gen:1_PM_12%%3_label_8",
        "TAB_A=tab_gen:1_PM_12%%3_label_8",
        "TAB_B=tab_gen:1_PM_12%%3_label_8%%7_TCP_15",
    ]


def test_lab215_a_level_without_a_tree_has_no_effect_on_a_list() -> None:
    assert run("ctys-macros", "-E", "-D", "3").stdout == run("ctys-macros", "-E").stdout != ""


def test_lab216_a_level_alone_shows_the_macro_files() -> None:
    assert run("ctys-macros", "-D", "3").stdout == run("ctys-macros", "-l").stdout != ""


def test_lab217_a_tree_has_no_debug_output_and_no_colours(home: Path) -> None:
    lines = rows(run("ctys-macros", "-S", "-D", "3"))
    assert lines[3:6] == [f"{home}/.ctys/macros", "", "0 directories"]
    assert not any("_mySearchPath" in line or "\x1b" in line for line in lines)


def test_lab218_a_file_tree_needs_no_argument(home: Path) -> None:
    lines = rows(run("ctys-macros", "-F", "-D", "3"))
    assert lines[3:7] == [f"{home}/.ctys/macros", "`-- mymacros", "", "1 directory, 1 file"]


def test_lab221_a_missing_macro_is_an_error() -> None:
    done = run("ctys-macros", "NOSUCH")
    assert (done.returncode, done.stdout, "no such macro" in complaint(done)) == (1, "", True)


def test_lab376_members_without_a_form_are_form_3_of_all_groups(home: Path) -> None:
    sound_groups(home)
    assert run("ctys-groups", "-m").stdout == run("ctys-groups", "-m", "3").stdout
    assert "        delphi.soho root@app1.soho lab00 lab01 lab02 lab03 lab02" in rows(run("ctys-groups", "-m"))


def test_lab377_what_follows_and_is_no_form_is_a_group(home: Path) -> None:
    (home / ".ctys/groups/9").write_text("lab99\n")
    assert rows(run("ctys-groups", "-X", "-m", "9"))[1:] == ["        lab99", ""]


def test_lab378_an_include_loop_is_an_error_that_names_the_chain() -> None:
    done = run("ctys-groups", "-X", "-m", "2", "loop")
    assert (done.returncode, done.stdout) == (1, "")
    assert "groups/loop:1: a group includes itself: loop -> loop" in complaint(done)


def test_lab379_a_missing_include_is_an_error_that_names_the_chain() -> None:
    done = run("ctys-groups", "-X", "-m", "2", "missing")
    assert (done.returncode, done.stdout) == (1, "")
    assert "groups/missing:1: no such group: missing -> nosuchgroup" in complaint(done)


def test_lab380_what_is_no_group_is_a_host() -> None:
    assert run("ctys-groups", "-X", "-m", "6", "nosuchhost").stdout == " nosuchhost "


def test_lab381_a_level_alone_shows_the_structure_of_groups(home: Path) -> None:
    sound_groups(home)
    assert run("ctys-groups", "-D", "2").stdout == run("ctys-groups", "-F", "-D", "2").stdout != ""


def test_the_commas_of_context_options_survive_every_form() -> None:
    shown = [run("ctys-groups", "-X", "-m", form, "ctx").stdout for form in ("1", "2", "3", "4", "5", "5x")]
    assert all("create=l:LAB02,reuse" in text for text in shown)


@pytest.mark.parametrize(("macro", "field"), [("vhwcap", "23_HWcap_70_B"), ("vhwreq", "24_HWreq_70_B")])
def test_the_tables_of_hardware_show_the_fields_of_hardware(macro: str, field: str) -> None:
    assert rows(run("vhost", "macros", "show", macro)) == [f"-o tab_gen:3_label_10%%2_stype_8%%{field}"]
