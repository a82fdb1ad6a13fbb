from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import BIN, complaint, rows, run
from tests.vhost.databases import machine_line, old_database

LAB = [
    machine_line(
        pm="lab00",
        type="XEN",
        label="tst100",
        id="/x/tst100.conf",
        uuid="6842CAF9-1E3E-4324-9ED5-96B8B9F2C5C2",
        mac="00:50:56:13:11:4a",
        vram="512",
    ),
    machine_line(pm="lab00", type="XEN", label="tst101", id="/x/tst101.conf", tcp="192.168.1.22"),
    machine_line(pm="lab01", type="QEMU", label="two words", id="/x/a,b.ctys"),
]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LAB)


def labels(db: Path, *arguments: str) -> list[str]:
    return rows(run("ctys-vhost", "-p", db, "-o", "l", *arguments))


def test_both_doors_give_the_same_answer(db: Path) -> None:
    old = run("ctys-vhost", "-p", db, "-o", "l,pm", "XEN")
    new = run("vhost", "query", "--db", db, "--fields", "l,pm", "XEN")
    assert (old.stdout, old.returncode) == (new.stdout, new.returncode) == ("lab00;tst100\nlab00;tst101\n", 0)


def test_a_value_with_blanks_and_commas_survives(db: Path) -> None:
    assert rows(run("ctys-vhost", "-p", db, "-o", "l,id", "QEMU")) == ["two words;/x/a,b.ctys"]


@pytest.mark.parametrize(
    "term",
    [
        "00:50:56:13:11:4A",
        "00-50-56-13-11-4a",
        "0050.5613.114a",
        "6842caf91e3e43249ed596b8b9f2c5c2",
        "F:6:0:50:56:13:11:4A",
    ],
)
def test_a_mac_or_uuid_is_found_in_any_spelling(db: Path, term: str) -> None:
    assert labels(db, term) == ["tst100"]


def test_a_pattern_is_never_expanded_against_files(db: Path, tmp_path: Path) -> None:
    (tmp_path / "tst10x").touch()
    done = run("ctys-vhost", "-p", db, "-o", "l", "tst10[0]", cwd=tmp_path)
    assert rows(done) == ["tst100"]


def test_nothing_that_matches_is_empty_and_no_error(db: Path) -> None:
    assert labels(db, "nothing") == []


def test_json_has_types_and_nulls(db: Path) -> None:
    (found,) = json.loads(run("vhost", "query", "-p", db, "--format", "json", "tst100").stdout)
    assert (found["vram"], found["tcp"], found["mac"], found["uuid"], found["index"]) == (
        512,
        None,
        "00:50:56:13:11:4a",
        "6842caf91e3e43249ed596b8b9f2c5c2",
        1,
    )


def test_csv_is_quoted_where_it_must_be(db: Path) -> None:
    done = run("vhost", "query", "-p", db, "--format", "csv", "-o", "l,id", "QEMU")
    assert list(csv.reader(io.StringIO(done.stdout))) == [["label", "id"], ["two words", "/x/a,b.ctys"]]


def test_an_empty_json_answer_is_an_empty_array(db: Path) -> None:
    assert json.loads(run("vhost", "query", "-p", db, "--format", "json", "nothing").stdout) == []


def test_unique_prints_nothing_and_exits_11_where_several_match(db: Path) -> None:
    old = run("ctys-vhost", "-p", db, "-M", "unique", "-o", "l", "XEN")
    assert (old.returncode, old.stdout, "2 different records" in complaint(old)) == (11, "", True)
    done = run("vhost", "query", "-p", db, "-M", "unique", "-o", "l", "XEN")
    assert (done.returncode, done.stdout) == (11, "")
    first, _, *listed = done.stderr.splitlines()
    assert "2 different records" in first
    assert len(listed) == 2, "an address for each of the two machines"


def test_unique_counts_distinct_output_records(db: Path) -> None:
    assert rows(run("ctys-vhost", "-p", db, "-M", "unique", "-o", "pm", "XEN")) == ["lab00"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("first", ["tst100"]), ("last", ["tst101"]), ("complement", ["two words"])]
)
def test_selection_modes(db: Path, mode: str, expected: list[str]) -> None:
    assert labels(db, "-M", mode, "XEN") == expected


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-o", "nonsense", "x"], 1, "nonsense"),
        (["-M", "nonsense", "x"], 1, "NONSENSE"),
        (["tst10(1"], 1, "position 6"),
        (["F:99:x"], 1, "99"),
        (["E:28:"], 1, "E:28:"),
        (["R:"], 1, "R:"),
        (["-o", "macro:NOSUCH", "x"], 1, "macro:NOSUCH"),
        (["-Z"], 1, "-Z"),
        (["-o"], 1, "-o"),
    ],
)
def test_a_wrong_call_is_one_line_and_its_exit_code(db: Path, arguments: list[str], code: int, says: str) -> None:
    done = run("ctys-vhost", "-p", db, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in complaint(done)


def test_a_wrong_long_option_is_one_line_too(db: Path) -> None:
    done = run("vhost", "query", "--no-such-option", "-p", db)
    assert done.returncode == 1
    assert "--no-such-option" in complaint(done)


def test_a_missing_database_is_exit_7(tmp_path: Path) -> None:
    done = run("ctys-vhost", "-p", tmp_path / "none", "x")
    assert (done.returncode, str(tmp_path / "none") in complaint(done)) == (7, True)


@pytest.mark.parametrize(
    "command",
    [
        ["ctys-vhost", "-h"],
        ["ctys-vhost", "-V"],
        ["vhost", "--help"],
        ["vhost", "--version"],
        ["ctys-vdbgen", "--help"],
    ],
)
def test_help_and_version_exit_0(command: list[str]) -> None:
    done = run(*command)
    assert (done.returncode, bool(done.stdout), done.stderr) == (0, True, "")


def test_a_reader_that_goes_away_is_no_error(db: Path) -> None:
    old_database(db, [machine_line(pm=f"pm{number}", userstring="x" * 500) for number in range(5000)])
    piped = f"{BIN}/ctys-vhost -p {db} -o machine | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.splitlines()[-1], done.stderr) == ("0", "")


def test_a_query_imports_nothing_that_it_does_not_need(db: Path) -> None:
    rows(run("ctys-vhost", "-p", db, "-o", "l", "x"))
    script = (
        "import sys; sys.argv = ['ctys-vhost', '-p', sys.argv[1], '-o', 'l', 'tst100']\n"
        "from vhost.cli.doors import vhost\n"
        "try: vhost()\n"
        "except SystemExit: pass\n"
        "unwanted = {'scapy', 'dns', 'rich', 'pyarrow', 'typer', 'platformdirs', 'scanners'}\n"
        "print(*{name.split('.')[0] for name in sys.modules} & unwanted)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(db)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "tst100\n\n"


def test_a_hostile_label_cannot_steer_the_terminal(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(label="\x1b[2J\x1b]0;x\x07")])
    assert rows(run("ctys-vhost", "-p", db, "-o", "l")) == [r"\x1b[2J\x1b]0\x3bx\x07"]


def test_a_macro_of_the_database_goes_before_the_built_in_one(db: Path) -> None:
    (db / "macros").mkdir()
    (db / "macros/default").write_text("TAB_CPORT = tab_gen:3_mine_6\n")
    assert rows(run("ctys-vhost", "-p", db, "-o", "macro:TAB_CPORT", "tst100")) == ["mine  ", "------", "tst100"]


@pytest.mark.parametrize(("redirection", "says"), [(">/dev/full", "No space left"), (">&-", "closed")])
def test_an_output_that_cannot_be_written_is_one_line(db: Path, redirection: str, says: str) -> None:
    command = f"{BIN}/ctys-vhost -p {db} -o machine {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, len(done.stderr.splitlines()), says in done.stderr) == (1, 1, True)


def test_a_fifo_in_place_of_the_records_hangs_nobody(db: Path) -> None:
    (db / "enum.fdb").unlink()
    os.mkfifo(db / "enum.fdb")
    done = run("ctys-vhost", "-p", db, "x", timeout=20)
    assert (done.returncode, "is no regular file" in done.stderr) == (8, True)


def test_a_term_of_any_bytes_finds_the_name_that_holds_them(tmp_path: Path) -> None:
    db = old_database(tmp_path, [machine_line(label="caf\udcff")])
    assert rows(run("ctys-vhost", "-p", db, "-o", "l", "f\udcff")) == [r"caf\xff"]
