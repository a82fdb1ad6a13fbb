from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import complaint, rows, run, tree

MINE = "# mine\nA1 = 1_PM_12\nA2=3_label_8\nTAB=tab_gen:{macro:A1}%%macro:A2\nOPT=-o macro:TAB\n"


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CTYS_MACRO_PATH", str(tmp_path))
    return tree(tmp_path, {"mine": MINE})


def shown(*arguments: str) -> list[str]:
    done = run("ctys-macros", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_definitions_are_aligned_under_their_titles(path: Path) -> None:
    rule = "-" * 57
    assert shown("-a", "-c", "-N", "-f", "mine") == [
        *[rule, "current selected file:", f" => {path}/mine", rule, ""],
        *[rule, "atoms - Single Level", rule, "A1= 1_PM_12", "A2=3_label_8", ""],
        *[rule, "combined - Nested Multiple Levels", rule, "OPT=-o macro:TAB", "TAB=tab_gen:{macro:A1}%%macro:A2"],
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-a"], ["A1= 1_PM_12", "A2=3_label_8"]),
        (["-c"], ["OPT=TAB", "TAB=A1:A2"]),
        ([], ["A1= 1_PM_12", "A2=3_label_8", "OPT=TAB", "TAB=A1:A2"]),
        (["-E"], ["OPT=-o tab_gen:1_PM_12%%3_label_8", "TAB=tab_gen:1_PM_12%%3_label_8"]),
        (["-N", "-c"], ["OPT=-o macro:TAB", "TAB=tab_gen:{macro:A1}%%macro:A2"]),
    ],
)
def test_terse_lists(arguments: list[str], expected: list[str]) -> None:
    assert shown("-X", *arguments, "-f", "mine") == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-f", "mine", "TAB", "A1"], ["TAB=<tab_gen:1_PM_12%%3_label_8>", "A1=<1_PM_12>"]),
        (["-N", "-f", "mine", "TAB"], ["TAB=<tab_gen:{macro:A1}%%macro:A2>"]),
        (["F_PM"], ["F_PM=<1_PM_15>"]),
    ],
)
def test_values_of_macros(arguments: list[str], expected: list[str]) -> None:
    assert shown(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-z"], 1, "-z"),
        (["-D", "x"], 1, "'x'"),
        (["-f", "nofile"], 2, "nofile: no such macro file"),
        (["-f", "nofile", "A1"], 2, "nofile: no such macro file"),
        (["-f", "mine", "NOSUCH"], 1, "macro:NOSUCH%mine: no such macro"),
        (["-F", "nosuch"], 1, "nosuch: no such macro file or folder"),
    ],
)
def test_a_wrong_call_is_one_line_and_its_exit_code(arguments: list[str], code: int, says: str) -> None:
    done = run("ctys-macros", *arguments)
    assert (done.returncode, done.stdout, says in complaint(done)) == (code, "", True)


def test_files_are_listed_by_directory(path: Path) -> None:
    lines = shown("-l")
    at = lines.index(f"{path}:")
    assert (lines[at + 1], f"{'':21}:{path}" in lines, " ->basetest" in lines) == (" ->mine", True, True)


def test_terse_files_are_paths_that_can_be_given_back(path: Path) -> None:
    files = rows(run("vhost", "macros", "files", "-X"))
    assert files[0] == f"{path}/mine"
    assert [rows(run("vhost", "macros", "list", "-X", "-f", file))[0][:2] for file in files] == ["A1", "TA", "F_"]


def test_the_long_list_shows_definitions() -> None:
    assert rows(run("vhost", "macros", "list", "-X", "-f", "mine")) == shown("-X", "-a", "-c", "-N", "-f", "mine")


def test_show_prints_the_expansion_alone() -> None:
    assert rows(run("vhost", "macros", "show", "-f", "mine", "OPT")) == ["-o tab_gen:1_PM_12%%3_label_8"]


def test_a_tree_shows_what_a_macro_calls() -> None:
    assert rows(run("vhost", "macros", "tree", "-f", "mine", "OPT")) == [
        "OPT = -o macro:TAB",
        "`-- TAB = tab_gen:{macro:A1}%%macro:A2",
        "    |-- A1 = 1_PM_12",
        "    `-- A2 = 3_label_8",
    ]


def test_a_tree_may_be_cut() -> None:
    assert len(rows(run("vhost", "macros", "tree", "--depth", "1", "-f", "mine", "OPT"))) == 2


def test_a_tree_shows_loops_and_what_is_missing(path: Path) -> None:
    (path / "bad").write_text("A = {macro:A} {macro:GONE}\n")
    assert rows(run("vhost", "macros", "tree", "-f", "bad", "A")) == [
        "A = {macro:A} {macro:GONE}",
        "|-- A = {macro:A} {macro:GONE}  (calls itself)",
        "`-- macro:GONE: no such macro; names are case-sensitive; vhost macros list shows them",
    ]


def test_a_tree_that_would_explode_is_cut(path: Path) -> None:
    (path / "wide").write_text("".join(f"E{n} = {f'{{macro:E{n + 1}}}' * 9}\n" for n in range(19)) + "E19 = x\n")
    lines = rows(run("vhost", "macros", "tree", "-f", "wide", "E0"))
    assert (len(lines), lines[-1]) == (10_001, "... and more than 10000 lines")


def test_check_says_what_is_wrong(path: Path) -> None:
    (path / "bad").write_text("A = macro:GONE\nB = {macro:F_PM\nC = 1\n")
    done = run("vhost", "macros", "check", "bad")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 2)


def test_check_finds_nothing_wrong_with_what_is_built_in() -> None:
    (line,) = rows(run("vhost", "macros", "check"))
    assert line.endswith("macros in 3 files, all of them sound")


def test_edit_creates_the_default_file_of_the_user(tmp_path: Path) -> None:
    own = tmp_path / "config/vhost/macros/default"
    done = run("vhost", "macros", "edit", env={"VISUAL": "echo opened", "XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert (rows(done), own.read_text().startswith("# NAME = body")) == ([f"opened {own}"], True)


def test_edit_opens_the_file_that_counts_and_leaves_it_as_it_is() -> None:
    done = run("ctys-macros", "-e", "mine", env={"CTYS_MACROSEDIT": "cat", "VISUAL": "false"})
    assert done.stdout == MINE


def test_edit_gives_nothing_to_a_shell(tmp_path: Path) -> None:
    done = run(
        "vhost", "macros", "edit", "mine", env={"EDITOR": f"echo $(touch {tmp_path}/made); touch {tmp_path}/made"}
    )
    assert (done.returncode, (tmp_path / "made").exists()) == (0, False)


@pytest.mark.parametrize(
    ("editor", "says"),
    [("no-such-editor -x", "no such editor"), ("'", "EDITOR: is no command"), ("/etc", "no such editor")],
)
def test_an_editor_that_cannot_be_run_is_one_line_and_creates_nothing(tmp_path: Path, editor: str, says: str) -> None:
    own = tmp_path / "config"
    done = run("vhost", "macros", "edit", env={"EDITOR": editor, "VISUAL": "", "XDG_CONFIG_HOME": str(own)})
    assert (done.returncode, says in complaint(done), own.exists()) == (1, True, False)


def test_the_exit_code_is_the_editor_s() -> None:
    assert run("vhost", "macros", "edit", "mine", env={"EDITOR": "false", "VISUAL": ""}).returncode == 1


def test_a_hostile_macro_file_cannot_steer_the_terminal(path: Path) -> None:
    (path / "bad").write_text("A\x1b[2J = x\x1b]0;y\x07\n")
    assert shown("-X", "-a", "-f", "bad") == [r"A\x1b[2J= x\x1b]0;y\x07"]


@pytest.mark.parametrize("option", ["-h", "-H x", "-V"])
def test_help_and_version_exit_0(option: str) -> None:
    assert "ctys-macros" in "\n".join(shown(*option.split()))
