"""Completion, driven as bash drives it: COMP_WORDS is split at `:` and `=`, what is offered stands behind the last."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import warm_server
from tests.commands import BIN, complaint, rows, run
from tests.vhost.databases import machine_line, old_database
from vhost.cli.completing import DOORS, door, joined
from vhost.cli.completion_scripts import SHELLS, script
from vhost.cli.words import MOST, offered, outputs
from vhost.record import KEYWORDS

INSTALLED = {script.name for script in warm_server.installed()}
LABELS = ["tst100", "tst101", "web,1", "two words", "$(touch hit)", "`id`", "*", "a;b", "-rf", "tst9\x1b[2J"]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    lines = [machine_line(pm="lab00", type="XEN", label=label) for label in LABELS]
    made = old_database(tmp_path / "db", [*lines, machine_line(pm="lab01", type="QEMU", label="kvm1")])
    (made / "macros").mkdir()
    (made / "macros/default").write_text("MINE = -o l\nMINE2 = -o pm\n")
    (made / "macros/site").write_text("X = l\n")
    (made / "groups").mkdir()
    (made / "groups/pms").write_text("lab00 lab01\n")
    (made / "groups/pm guests").write_text("a\n")
    rows(run("ctys-vhost", "-p", made, "-o", "l", "nothing"))
    return made


def typer(*words: str | Path, **environment: str) -> list[str]:
    """Return what `vhost` offers for the last word."""
    asked = {
        "COMP_WORDS": "\n".join(map(str, words)),
        "COMP_CWORD": str(len(words) - 1),
        "_VHOST_COMPLETE": "complete_bash",
    }
    done = run("vhost", env={**asked, **environment})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def bash(name: str, *words: str | Path) -> list[str]:
    """Return what bash offers for the last word of an old name, by the script that `vhost completion` prints."""
    typed = " ".join(shlex.quote(str(word)) for word in (name, *words))
    line = (
        f"source {script('bash')}; complete -p {name} >/dev/null || exit 9; "
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words)};"
        f' _ctys_completion {name}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    path = f"{BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-o", "l,pm,mac"], ["l,pm,mac", "l,pm,machine"]),
        (["-o", "LA"], ["LABEL"]),
        (["-o", "macro", ":", "MI"], ["MINE", "MINE2"]),
        (["-o", "title,macro", ":", "TAB_CP"], ["TAB_CPORT"]),
        (["tst"], ["tst100", "tst101"]),
        (["lab00", "AND", "k"], ["kvm1"]),
        (["F", ":", "2", ":", ""], ["QEMU", "XEN"]),
        (["F", ":", "99", ":", "x"], []),
        (["macro", ":", "MINE2"], ["MINE2"]),
        (["-M", "first,u"], ["first,usort", "first,unique"]),
        (["-C", "MAC"], ["MACMAP", "MACMAPONLY"]),
        (["-S", "listg"], ["listgroup"]),
        (["-S", "listgroup", ":", "p"], ["pms"]),
        (["-x", "ping,p"], ["ping,pm"]),
        (["-c", "MI"], ["MINCNT"]),
        (["-i", "c"], ["ctys"]),
        (["-T", "X"], ["XEN"]),
    ],
    ids=lambda value: " ".join(value) or "none",
)
def test_both_doors_of_a_query_offer_the_same(words: list[str], expected: list[str], db: Path) -> None:
    assert bash("ctys-vhost", "-p", db, *words) == expected
    assert typer("vhost", "query", "-p", db, *words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["macros", "show", "--db", "DB", "MI"], ["MINE", "MINE2"]),
        (["macros", "tree", "-p", "DB", "MINE2"], ["MINE2"]),
        (["macros", "check", "-p", "DB", "s"], ["site"]),
        (["macros", "list", "-p", "DB", "--file", "s"], ["site"]),
        (["groups", "members", "-p", "DB", "p"], ["pms"]),
        (["groups", "list", "-p", "DB", ""], ["pms"]),
        (["groups", "edit", "-p", "DB", "pm"], ["pms"]),
        (["macmap", "query", "-p", "DB", "kv"], ["kvm1"]),
        (["query", "--format", "nd"], ["ndjson"]),
        (["gro"], ["groups"]),
    ],
    ids=" ".join,
)
def test_long_names_offer_what_they_take(words: list[str], expected: list[str], db: Path) -> None:
    assert typer("vhost", *(str(db) if word == "DB" else word for word in words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ctys-macros", "TAB_HY"], ["TAB_HYPER"]),
        (["ctys-macros", "-f", "b"], ["basetest"]),
        (["ctys-macmap", "x"], []),
        (["ctys-vhost", "-p", "x"], []),
        (["ctys-vhost", "-o", "macro", ":"], None),
    ],
    ids=lambda value: " ".join(value) if value else "any",
)
def test_old_names_offer_what_they_take(words: list[str], expected: list[str] | None) -> None:
    found = bash(*words)
    assert found == expected if expected is not None else "TAB_CPORT" in found


def test_every_keyword_of_a_field_is_offered() -> None:
    assert {word for word in KEYWORDS if word.lower() not in offered(outputs([], word.lower()))} == set()


def test_with_nothing_typed_one_keyword_for_each_field_is_offered() -> None:
    found = bash("ctys-vhost", "-o", "")
    assert (found[:4], "ctys" in found, len(found)) == (["pm", "type", "label", "ids"], True, 47 + 9)


def test_a_label_that_a_shell_would_run_is_never_offered(db: Path) -> None:
    assert bash("ctys-vhost", "-p", db, "") == ["kvm1", "tst100", "tst101", "web,1"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_and_names_every_old_name(shell: str) -> None:
    found = rows(run("vhost", "completion", shell))
    assert found == script(shell).read_text().splitlines()
    named = set(" ".join(found).replace("\\", " ").split())
    assert sorted(DOORS) == sorted(INSTALLED - {"vhost"})
    assert set(DOORS) <= named


def test_an_unknown_shell_is_refused() -> None:
    done = run("vhost", "completion", "tcsh")
    assert (done.returncode, "choose one of bash, zsh, fish" in complaint(done)) == (1, True)


def fish(*words: str | Path) -> list[str]:
    """Return what fish offers for the last word."""
    line = " ".join(shlex.quote(str(word)) for word in words)
    done = _asked(["/usr/bin/fish", "--no-config", "-c", f"source {script('fish')}; complete -C {shlex.quote(line)}"])
    return [word.split("\t")[0] for word in done.splitlines()]


def zsh(*words: str | Path) -> list[str]:
    """Return what zsh is given to offer for the last word; its line editor runs in a terminal only."""
    typed = " ".join(shlex.quote(str(word)) for word in words)
    told = "compdef() { }; compadd() { shift; print -l -- $@ }; _files() { }"
    call = f"{told}; source {script('zsh')}; words=({typed}); CURRENT={len(words)}; _ctys_completion"
    return _asked(["/usr/bin/zsh", "-f", "-c", call]).splitlines()


def _asked(command: list[str]) -> str:
    path = f"{BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.integration
@pytest.mark.parametrize("ask", [fish, zsh], ids=["fish", "zsh"])
def test_other_shells_complete_the_old_names(ask: Callable[..., list[str]], db: Path) -> None:
    assert ask("ctys-vhost", "-p", db, "-o", "title,macro:TAB_CP") == ["title,macro:TAB_CPORT"]
    assert ask("ctys", "-a", "e") == ["enumerate"]
    assert "--base" in ask("ctys-vdbgen", "--b")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ctys", "-a", "c"], ["create", "cancel"]),
        (["ctys", "-t", "xen,v"], ["xen,vmw", "xen,vbox"]),
        (["ctys", "--dr"], ["--dry-run"]),
        (["ctys-vhost", "-"], list(map("-{}".format, "oMpsCSiTxcIXdlLrhHV"))),
        (["ctys-vping", "--ping"], ["--ping-trials", "--ping-timeout"]),
        (["ctys-vdbgen", "--ca"], ["--cacheDB"]),
        (["ctys-macmap", "-"], ["-n", "-m", "-i", "-u", "-p", "-d", "-X", "-h", "-V"]),
        (["ctys-extractMAClst", "-E"], ["-E"]),
        (["ctys-extractARPlst", "-I"], ["-I"]),
        (["ctys-dnsutil", "--"], ["--reverse", "--zone"]),
        (["ctys-groups", "-S"], ["-S"]),
        (["ctys-macros", "-E"], ["-E"]),
    ],
    ids=" ".join,
)
def test_options_of_old_names_are_offered(words: list[str], expected: list[str]) -> None:
    typed = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    assert door(words[0], typed) == expected


@pytest.mark.parametrize("at", ["", "x", "-1", "9" * 5000, "99"])
def test_a_cursor_that_is_nowhere_is_no_matter(at: str) -> None:
    assert isinstance(door("ctys-groups", {"COMP_WORDS": "ctys-groups\n-", "COMP_CWORD": at}), list)


@given(st.lists(st.text(max_size=8), max_size=20))
def test_what_is_offered_is_one_word_for_a_shell(names: list[str]) -> None:
    assert not any(set(word) & set(" \t\n$`\"'\\*?[]{}()<>|&;!#~") for word in offered(names))


def test_no_more_than_a_bounded_number_is_offered(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(label=f"m{number:04}") for number in range(3 * MOST)])
    rows(run("ctys-vhost", "-p", db, "-o", "l", "nothing"))
    assert bash("ctys-vhost", "-p", db, "m") == [f"m{number:04}" for number in range(MOST)]


@pytest.mark.parametrize("content", [None, "nothing that DuckDB reads"])
def test_without_a_snapshot_nothing_is_offered_or_made(content: str | None, tmp_path: Path) -> None:
    db = old_database(tmp_path / "db", [machine_line(label="a")])
    if content is not None:
        (db / "cache.duckdb").write_text(content)
    before = sorted(path.name for path in db.iterdir())
    assert typer("vhost", "query", "-p", db, "a") == []
    assert bash("ctys-vhost", "-p", db, "a") == []
    assert sorted(path.name for path in db.iterdir()) == before


def test_a_broken_macro_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "macros/default").mkdir(parents=True)
    assert typer("vhost", "macros", "show", "-p", tmp_path, "TAB_CP") == ["TAB_CPORT"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_do_not_split_at_colons(shell: str, db: Path) -> None:
    done = run(
        "vhost",
        env={
            "_VHOST_COMPLETE": f"complete_{shell}",
            "_TYPER_COMPLETE_ARGS": f"vhost query -p {db} -o macro:MINE",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    )
    assert "macro:MINE2" in done.stdout.replace("\\", "")


@pytest.mark.parametrize(
    ("before", "current", "expected"),
    [
        (["-o"], "l", ("l", 0)),
        (["-o", "macro", ":"], "T", ("macro:T", 6)),
        (["F", ":", "3", ":"], "x", ("F:3:x", 4)),
        (["-o", "macro"], ":", ("macro:", 6)),
        ([":"], "x", (":x", 1)),
        ([], "", ("", 0)),
    ],
)
def test_words_that_bash_split_are_joined(before: list[str], current: str, expected: tuple[str, int]) -> None:
    assert joined(before, current) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_vhost_is_shown_for_the_shell_that_is_named(shell: str) -> None:
    shown = run("vhost", "--show-completion", shell)
    assert (shown.returncode, "_VHOST_COMPLETE" in shown.stdout) == (0, True)
