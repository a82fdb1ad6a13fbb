from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run, tree

LAB = {
    "all": "#include lab\n#include sub/qemuhosts\ndelphi.soho\nroot@app1.soho\n",
    "ctx": "lab02'(-a create=l:LAB02,reuse -b 1,2 )'\nacue@lab03'(-a create=l:LAB03,reuse)'\n",
    "lab": "lab00\nlab01\n",
    "sub/qemuhosts": "lab02, lab03\nlab02\n",
}
HOSTS = "delphi.soho root@app1.soho lab00 lab01 lab02 lab03 lab02"


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CTYS_GROUPS_PATH", str(tmp_path))
    return tree(tmp_path, dict(LAB))


def shown(*arguments: str) -> str:
    done = run("ctys-groups", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def size(path: Path) -> str:
    return f"{path.stat().st_blocks // 2}k"


def test_form_1_has_braces(path: Path) -> None:
    assert shown("-X", "-m", "1", "all") == f"{size(path / 'all'):>7} all\n        h{{ {HOSTS} }}\n\n"


@pytest.mark.parametrize(("form", "quote"), [("2", ""), ("4", "'")])
def test_forms_2_and_4_are_calls_in_the_order_of_the_files(form: str, quote: str) -> None:
    assert shown("-X", "-m", form, "lab", "ctx", "sub/") == (
        "\n"
        f"       ./ctx:GROUP(./ctx){{lab02{quote}(-a create=l:LAB02,reuse -b 1,2 ){quote}"
        f" acue@lab03{quote}(-a create=l:LAB03,reuse){quote}}}\n"
        "       ./lab:GROUP(./lab)lab00 lab01\n"
        "       sub/qemuhosts:GROUP(sub/qemuhosts){lab02, lab03 lab02}\n"
        "\n\n"
    )


def test_form_3_wraps(path: Path) -> None:
    (path / "many").write_text("host.example.org\n" * 6)
    four = " ".join(["host.example.org"] * 4)
    assert shown("-X", "-m", "3", "many").splitlines()[1:] == [
        f"        {four}",
        "           host.example.org host.example.org",
        "",
    ]


def test_form_5_numbers_the_calls_of_each_group(path: Path) -> None:
    lines = shown("-m", "5", "lab", "sub").splitlines()
    assert lines[lines.index(str(path)) :] == [
        *[str(path), "", "       ./lab:", "          0:  ctys lab00", "          1:  ctys lab01", ""],
        *["       sub/qemuhosts:", "          0:  ctys lab02", "          1:  ctys lab03", "          2:  ctys lab02"],
        *["", ""],
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-X", "-m", "5", "lab"], "\nctys lab00\nctys lab01\n\n\n"),
        (["-m", "5x", "lab"], "ctys lab00\nctys lab01\n"),
        (["-X", "-m", "6", "sub", "lab", "x"], " lab02 lab03 lab02 lab00 lab01 x "),
        (["-X", "-m", "7", "ctx"], " lab02 acue@lab03 "),
        (["-m", "7u", "all", "ctx"], " acue@lab03 delphi.soho lab00 lab01 lab02 lab03 root@app1.soho"),
        (["-X", "-m", "8", "ctx", "all"], " lab02 lab03 delphi.soho app1.soho lab00 lab01 lab02 lab03 lab02 "),
        (["-m", "8u", "ctx", "all"], " app1.soho delphi.soho lab00 lab01 lab02 lab03"),
        (["-Xm5x", "lab"], "ctys lab00\nctys lab01\n"),
        (["-Xm", "5x", "lab"], "ctys lab00\nctys lab01\n"),
        (["-X", "-m", "7u"], " acue@lab03 delphi.soho lab00 lab01 lab02 lab03 root@app1.soho"),
    ],
)
def test_forms_for_scripts(arguments: list[str], expected: str) -> None:
    assert shown(*arguments) == expected


def test_the_search_path_stands_above_the_accounts_unless_terse(path: Path) -> None:
    lines = shown("-m", "7", "lab").splitlines()
    assert (lines[3], lines[-2:]) == (f"CTYS_GROUPS_PATH   = {path}", ["", " lab00 lab01 "])


def test_a_list_counts_hosts_and_includes(path: Path) -> None:
    first = shown("-X").splitlines()[0]
    assert first == f"      0{size(path / 'all'):>8}       2/2               7  all"


def test_l_is_the_same_as_nothing() -> None:
    assert shown("-l") == shown() != ""


def test_a_group_named_by_its_path_is_listed_under_its_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tree(tmp_path_factory.mktemp("other"), {"mine": "lab09"})
    lines = shown("-m", "2", f"{other}/mine").splitlines()
    assert lines[-4:-1] == [str(other), "", f"       {other}/mine:GROUP({other}/mine)lab09"]


def test_a_host_that_is_listed_is_a_hint_and_no_error() -> None:
    done = run("ctys-groups", "-m", "2", "nosuch")
    assert (done.returncode, "nosuch: no such group" in complaint(done)) == (0, True)


def test_terse_gives_no_hints() -> None:
    assert shown("-X", "-m", "5", "nosuch") == "\n\n\n"


def test_a_list_of_all_shows_what_is_sound_and_names_what_is_not(path: Path) -> None:
    (path / "bad").write_text("#include bad\n")
    done = run("ctys-groups", "-X")
    assert (done.returncode, len(done.stdout.splitlines()), "bad -> bad" in complaint(done)) == (1, 4, True)


@pytest.mark.parametrize("arguments", [["-X", "bad"], ["-m", "2", "lab", "bad"], ["-m", "6", "lab", "bad"]])
def test_a_named_group_that_is_wrong_stops_the_call(path: Path, arguments: list[str]) -> None:
    (path / "bad").write_text("#include bad\n")
    done = run("ctys-groups", *arguments)
    assert (done.returncode, done.stdout, "bad -> bad" in complaint(done)) == (1, "", True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-z"], "-z"),
        (["-D", "x"], "'x'"),
        (["-S", "-D", "0"], "'0'"),
        (["-m9", "lab"], "unknown form '9'"),
        (["-m", "6", "sub/nosuch"], "sub/nosuch: no such group"),
        (["-F", "nosuch"], "nosuch: no such folder"),
        (["lab(-x"], "not closed"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: list[str], says: str) -> None:
    done = run("ctys-groups", *arguments)
    assert (done.returncode, done.stdout, says in complaint(done)) == (1, "", True)


def test_trees_show_folders_or_files_to_a_depth(path: Path) -> None:
    (path / "sub/deep/deeper").mkdir(parents=True)
    assert rows(run("ctys-groups", "-S", "-D", "2"))[3:] == [
        str(path),
        "`-- sub",
        "    `-- deep",
        "",
        "3 directories",
    ]


def test_a_tree_may_begin_at_a_folder(path: Path) -> None:
    assert rows(run("vhost", "groups", "tree", "sub")) == [f"{path}/sub", "`-- qemuhosts", "", "1 directory, 1 file"]


def test_cached_groups_are_none() -> None:
    assert "group-caches for" in shown("-c")


@pytest.mark.parametrize("option", ["-h", "-H x", "-V"])
def test_help_and_version_exit_0(option: str) -> None:
    assert "ctys-groups" in shown(*option.split())


def test_the_long_command_gives_the_same_forms() -> None:
    assert run("vhost", "groups", "members", "-X", "--form", "2", "all").stdout == shown("-X", "-m", "2", "all")


def test_members_are_one_in_a_line() -> None:
    assert rows(run("vhost", "groups", "members", "ctx", "x")) == [
        "lab02'(-a create=l:LAB02,reuse -b 1,2 )'",
        "acue@lab03'(-a create=l:LAB03,reuse)'",
        "x",
    ]


def test_groups_of_the_database_are_found(tmp_path: Path) -> None:
    tree(tmp_path, {"db/groups/stored": "lab77"})
    assert rows(run("vhost", "groups", "members", "-p", tmp_path / "db", "stored")) == ["lab77"]


def test_check_says_what_is_wrong(path: Path) -> None:
    (path / "bad").write_text("#include nosuch\n")
    done = run("vhost", "groups", "check")
    assert (done.returncode, "bad -> nosuch" in complaint(done)) == (1, True)


def test_check_counts_what_is_sound() -> None:
    assert rows(run("vhost", "groups", "check")) == ["4 groups, 14 hosts, all of them sound"]


def test_edit_opens_the_group_that_counts_or_where_a_new_one_belongs(path: Path, tmp_path: Path) -> None:
    done = run(
        "vhost",
        "groups",
        "edit",
        "lab",
        "new/one",
        env={"EDITOR": "echo 'in order'", "XDG_CONFIG_HOME": f"{tmp_path}/c"},
    )
    assert rows(done) == [f"in order {path}/lab {tmp_path}/c/vhost/groups/new/one"]
    assert (tmp_path / "c/vhost/groups/new").is_dir()


def test_edit_without_a_group_opens_the_directories(path: Path) -> None:
    done = run("ctys-groups", "-e", env={"CTYS_GROUPSEDIT": "echo", "EDITOR": "false"})
    assert rows(done) == [str(path)]


@pytest.mark.parametrize("name", ["../x", "", "x/"])
def test_edit_refuses_what_is_no_name(name: str) -> None:
    done = run("vhost", "groups", "edit", name, env={"EDITOR": "echo"})
    assert (done.returncode, "is no name of a file" in complaint(done)) == (1, True)


def test_the_door_imports_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys; sys.argv = ['ctys-groups', '-X', '-m', '6', 'lab']\n"
        "from vhost.cli.doors import groups\n"
        "try: groups()\n"
        "except SystemExit: pass\n"
        "unwanted = {'scapy', 'dns', 'rich', 'pyarrow', 'typer', 'duckdb', 'scanners'}\n"
        "print(*{name.split('.')[0] for name in sys.modules} & unwanted)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ)
    )
    assert done.stdout == " lab00 lab01 \n"
