from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import BIN, complaint, run, tree, xen
from tests.vhost.databases import machine_line, old_database

LINES = [
    machine_line(pm="lab00.soho", type="XEN", label="a", id="/v/a.conf", uuid="1" * 32, mac="00:50:56:00:00:01"),
    machine_line(pm="lab01.soho", type="XEN", label="b", id="/v/b.conf", tcp="10.0.0.2"),
    machine_line(pm="lab00.soho", type="XEN", label="b", id="/v/b.conf.bak"),
    machine_line(pm="lab00.soho", type="XEN", label="x;y", id="/v/é x.conf"),
]
A = f"unique;lab00.soho;a;/v/a.conf;{'1' * 32};00:50:56:00:00:01;"
B = "unique;lab01.soho;b;/v/b.conf;;;10.0.0.2"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return old_database(tmp_path_factory.mktemp("db"), LINES)


@pytest.fixture
def coprocess(db: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(BIN / "vhost"), "resolve", "-p", str(db), "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def batch(db: Path, data: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(BIN / "vhost"), "resolve", "-p", str(db), "--batch", *options]
    return subprocess.run(command, input=data, capture_output=True, timeout=120, check=False)


def test_one_line_for_each_address(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "a", "m:00-50-56-00-00-01", "l:b,h:lab01")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"a;{A}", f"m:00-50-56-00-00-01;{A}", f"l:b,h:lab01;{B}"]


def test_on_restricts_every_address(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "b", "--on", "root@lab01")
    assert (done.returncode, done.stdout) == (0, f"b;{B}\n")


def test_an_ambiguous_address_is_refused_with_addresses_that_work(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "l:b", "a")
    assert done.returncode == 11
    assert done.stdout.splitlines() == ["l:b;ambiguous;;;;;;", f"a;{A}"]
    first, head, *candidates, reason = done.stderr.splitlines()
    assert first == "vhost: address 'l:b': fits 2 machines; use an address that fits one alone"
    assert head.split()[:2] == ["address", "PM"]
    assert reason == "  why: label b: backup (warning): kept beside the original"
    for proposed in (line.split()[0] for line in candidates):
        assert run("vhost", "resolve", "-p", db, proposed).returncode == 0


def test_an_address_that_fits_nothing_is_answered_with_similar_ones(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "l:b,h:lab00", "f:b.cnf")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "l:b,h:lab00;unique;lab00.soho;b;/v/b.conf.bak;;;",
        "f:b.cnf;none;;;;;;",
    ]


@pytest.mark.parametrize(
    ("address", "status", "problem"),
    [
        ("foo:a", "invalid", "unknown keyword 'foo' at character 1; perhaps F"),
        ("l:a,h:nowhere", "none", "no record names it as a PM"),
        ("l:a,", "invalid", "an empty part at character 5"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_1(db: Path, address: str, status: str, problem: str) -> None:
    done = run("vhost", "resolve", "-p", db, address)
    assert problem in complaint(done)
    assert (done.returncode, done.stdout) == (1, f"{address};{status};;;;;;\n")


def test_without_an_address_the_call_is_wrong(db: Path) -> None:
    assert "an address is missing" in complaint(run("vhost", "resolve", "-p", db))


def test_a_batch_answers_stdin_line_by_line_and_is_silent(db: Path) -> None:
    done = batch(db, b"a\nl:b\r\nl:zzz\nl:x;y")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        f"a;{A}",
        "l:b;ambiguous;;;;;;",
        "l:zzz;none;;;;;;",
        r"l:x\x3by;unique;lab00.soho;x\x3by;/v/é x.conf;;;",
    ]


def test_a_batch_names_what_is_no_address_and_ends_with_1(db: Path) -> None:
    done = batch(db, b"a\n\nq:1\n" + b"l:" + b"x" * 1_000_000 + b"\nl:\xff\n")
    assert done.returncode == 1
    assert [line.split(b";")[1] for line in done.stdout.splitlines()] == [
        b"unique",
        b"invalid",
        b"invalid",
        b"invalid",
        b"none",
    ]
    assert len(done.stderr.splitlines()) == 3
    assert max(map(len, done.stderr.splitlines())) < 400


def test_nul_separates_addresses_and_answers(db: Path) -> None:
    done = batch(db, b"l:a\0l:zz\nz\0", "-0")
    assert done.stdout == f"l:a;{A}\0l:zz\\x0az;none;;;;;;\0".encode()


def test_no_address_is_no_answer(db: Path) -> None:
    done = batch(db, b"")
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_coprocess_is_answered_at_once(coprocess: subprocess.Popen[bytes]) -> None:
    assert coprocess.stdin is not None
    assert coprocess.stdout is not None
    for text, answer in (("l:a", A), ("l:b,h:lab01", B), ("l:a", A)):
        coprocess.stdin.write(f"{text}\n".encode())
        coprocess.stdin.flush()
        ready, _, _ = select.select([coprocess.stdout], [], [], 60)
        assert ready
        assert os.read(coprocess.stdout.fileno(), 4096).decode() == f"{text};{answer}\n"
    coprocess.stdin.close()
    assert coprocess.wait(60) == 0


def test_a_closed_stdin_is_one_line(db: Path) -> None:
    command = f"exec '{BIN / 'vhost'}' resolve -p '{db}' --batch <&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "standard input: is closed" in complaint(done)


def test_a_machine_whose_place_is_gone_is_stale_and_exit_3(tmp_path: Path) -> None:
    root, db = tree(tmp_path / "vm", {"a.cfg": xen("a")}), tmp_path / "db"
    assert run("vhost", "scan", "tree", "-p", db, root).returncode == 0
    root.rename(tmp_path / "away")
    assert run("vhost", "scan", "tree", "-p", db, root).returncode == 3
    done = run("vhost", "resolve", "-p", db, "a")
    assert "no scan could look at it lately" in complaint(done)
    assert (done.returncode, done.stdout.split(";")[1:2]) == (3, ["stale"])
    assert "Stale:" in run("vhost", "machine", "-p", db, "a").stdout


def test_two_hosts_for_one_address_are_refused(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "--on", "lab00", "l:a,h:lab01")
    assert "names the host 'lab01', and 'lab00' is asked for" in complaint(done)
    assert done.stdout == "l:a,h:lab01;invalid;;;;;;\n"


def test_many_addresses_keep_their_order(db: Path) -> None:
    words = [f"l:{'ab'[number % 2]},h:lab0{number % 3 % 2}" for number in range(30_000)]
    answers = batch(db, "\n".join(words).encode()).stdout.decode().splitlines()
    assert [line.split(";")[0] for line in answers] == words


def test_typed_answers(db: Path) -> None:
    done = run("vhost", "resolve", "-p", db, "--format", "ndjson", "l:a", "l:b")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["status"], first["tcp"], first["machines"], len(first["machine_id"])) == ("unique", None, 1, 16)
    assert (second["status"], second["label"], second["machines"]) == ("ambiguous", None, 2)
    assert [row["address"] for row in json.loads(run("vhost", "resolve", "-p", db, "-f", "json", "l:a").stdout)] == [
        "l:a"
    ]


@pytest.mark.parametrize("options", [["--format", "parquet"], ["--format", "nonsense"], ["--format", "csv", "-0"]])
def test_forms_that_are_none_are_refused(db: Path, options: list[str]) -> None:
    assert "vhost: --" in complaint(run("vhost", "resolve", "-p", db, *options, "l:a"))


def test_machine_shows_one_machine(db: Path) -> None:
    done = run("vhost", "machine", "-p", db, "l:b", "--on", "lab01")
    assert done.returncode == 0
    assert "Path:         /v/b.conf\n" in done.stdout
    assert "Collisions" in done.stdout
    assert "f:b.conf.bak" in done.stdout


def test_machine_as_json_holds_its_claims(db: Path) -> None:
    found = json.loads(run("vhost", "machine", "-p", db, "--format", "json", "l:a").stdout)
    assert found["machine"]["address"] == "l:a"
    assert [claim["mac"] for claim in found["claims"]] == ["00:50:56:00:00:01"]


def test_machine_refuses_with_the_report(db: Path) -> None:
    done = run("vhost", "machine", "-p", db, "l:b")
    assert (done.returncode, done.stdout) == (11, "")
    assert "t:10.0.0.2" in done.stderr


def test_machine_names_similar_addresses(db: Path) -> None:
    done = run("vhost", "machine", "-p", db, "10.0.0.2")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].split() == ["t:10.0.0.2", "1"]


def test_a_label_cannot_steer_the_terminal_or_the_shell(tmp_path: Path) -> None:
    label = "$(reboot);\x1b[2J"
    line = machine_line(label=label, id="/v/a")
    db = old_database(tmp_path, [line, machine_line(label=label, id="/v/b")])
    done = run("vhost", "resolve", "-p", db, f"l:{label}")
    assert done.returncode == 11
    assert "\x1b" not in done.stdout + done.stderr


_ASK = """
import sys
from vhost.cli.main import main
sys.argv = ["vhost", "resolve", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code
print([name for name in ("pyarrow", "scapy", "dns", "rich") if name in sys.modules])
"""


def test_no_heavy_module_is_imported(db: Path) -> None:
    run("vhost", "resolve", "-p", db, "l:a")  # publishes, which takes pyarrow
    command = [str(BIN / "python"), "-c", _ASK, "-p", str(db), "l:a"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
