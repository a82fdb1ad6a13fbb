"""Session types, what answers, what it costs: `-T`, `-x`, `-c`, by both doors."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asking import Ask, asking
from tests.few_machines import LINES, MACMAP, guests
from tests.vhost.databases import machine_line, old_database


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LINES, MACMAP)


@pytest.fixture
def vhost(ask: Ask, db: Path) -> Ask:
    """Return what runs `ctys-vhost` on the database."""
    return lambda *arguments: ask("ctys-vhost", "-p", db, *arguments)


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let some hosts answer."""
    (tmp_path / "up").write_text("lab00.soho\n10.0.0.10\n10.0.0.13\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))


# -T, -x, -c: what narrows a query


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("XEN", ["a", "b"]),
        ("qemu,pm", ["LAB00", "c", "d"]),
        ("\udcff,xen", ["a", "b"]),
        ("ALL", ["LAB00", "a", "b", "c", "d"]),
    ],
)
def test_only_the_session_types_that_were_asked_for(types: str, expected: list[str], vhost: Ask) -> None:
    assert vhost("-T", types, "-o", "l").lines == expected


def test_complement_stays_within_the_session_types(vhost: Ask) -> None:
    assert vhost("-T", "QEMU", "-M", "complement", "-o", "l", "lab01").lines == ["d"]


@pytest.mark.usefixtures("up")
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ping", ["a", "d"]),
        ("ping,vm", ["a", "d"]),
        ("PING,PM", ["LAB00", "a", "b"]),
        ("ssh,pm,vm", ["a"]),
        ("ping,ssh,vm", ["a", "d"]),
        ("reverse", ["LAB00", "b", "c"]),
        ("ping,pm,reverse", ["c", "d"]),
    ],
)
def test_only_what_answers(who: str, expected: list[str], vhost: Ask) -> None:
    assert vhost("-x", who, "-o", "l").lines == expected


@pytest.mark.usefixtures("up")
@pytest.mark.parametrize(
    ("selection", "expected"), [("first", ["a"]), ("last", ["d"]), ("complement", ["d"]), ("unique", None)]
)
def test_selection_is_of_what_answers(selection: str, expected: list[str] | None, vhost: Ask) -> None:
    terms = ["lab00"] if selection == "complement" else []
    done = vhost("-x", "ping", "-M", selection, "-o", "l", *terms)
    assert (done.code, done.stdout.split()) == ((0, expected) if expected else (11, []))


@pytest.mark.usefixtures("up")
def test_mark_is_a_column_of_typed_answers(ask: Ask, db: Path) -> None:
    done = ask("vhost", "query", "-p", db, "--reachable", "ping,mark", "--format", "csv", "-o", "l,t", "lab00 OR lab02")
    assert list(csv.reader(io.StringIO(done.stdout))) == [
        ["label", "tcp", "reachable"],
        ["LAB00", "10.0.0.1", "false"],
        ["a", "10.0.0.10", "true"],
        ["b", "10.0.0.11", "false"],
        ["d", "10.0.0.13", "true"],
    ]


@pytest.mark.usefixtures("up")
def test_mark_stands_before_every_value_of_every_output(vhost: Ask) -> None:
    assert vhost("-x", "ping,mark", "-o", "l,uuid,index", "^lab01").lines == ["-c;-6842CAF91E3E43249ED596B8B9F2C5C2;-4"]
    assert (
        vhost("-x", "ping,mark", "-o", "machine", "^lab01").lines[0].startswith("-lab01.soho;-QEMU;-c;-/y/c.ctys;-68")
    )
    assert vhost("-x", "ping,mark", "-o", "tab_gen:3_l_4%%32_i_4", "^lab01").lines[-1] == "-c  |-4  "
    assert vhost("-x", "ping,mark", "-o", "rec_gen:3", "^lab01").lines[1] == "    {Label,3,-c}"
    assert vhost("-x", "ping,mark", "-o", "ctys", "^lab01").lines[0].startswith("-lab01.soho[")


@pytest.fixture
def ssh_port() -> Iterator[int]:
    """Return the port of a server that names itself as one of ssh."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"SSH-2.0-test\r\n")

        threading.Thread(target=talk, daemon=True).start()
        yield listening.getsockname()[1]


def test_ssh_is_asked_at_the_port_of_the_record(ssh_port: int, ask: Ask, tmp_path: Path) -> None:
    lines = [machine_line(pm="p", label="up", tcp="127.0.0.1", sshport=str(ssh_port))]
    lines += [machine_line(pm="p", label="down", tcp="127.0.0.1", sshport="1"), machine_line(pm="p", label="none")]
    db = old_database(tmp_path / "real", lines)
    assert ask("ctys-vhost", "-p", db, "-x", "ssh", "-o", "l").lines == ["up"]


def test_ping_asks_the_network(ask: Ask, tmp_path: Path) -> None:
    lines = [machine_line(pm="p", label="up", tcp="127.0.0.1"), machine_line(pm="p", label="no", tcp="no.such.invalid")]
    db = old_database(tmp_path / "real", lines)
    assert ask("ctys-vhost", "-p", db, "-x", "ping", "-o", "l").lines == ["up"]


def test_cost_is_the_number_of_running_guests_on_the_pm(vhost: Ask, db: Path) -> None:
    guests(db, "lab00", "a", "b", "Domain-0")
    guests(db, "lab00", "off", state="shut off")
    guests(db, "lab01.soho")
    done = vhost("-c", "cnt", "-o", "title,l", "F:2:XEN", "OR", "F:2:QEMU")
    assert done.lines == ["Label;Cost", "a;2", "b;2", "c;0", "d;"]
    assert "not known to the cache: lab02" in done.stderr


@pytest.mark.parametrize(("which", "expected"), [("mincnt", ["c"]), ("MAXCNT", ["LAB00", "a", "b"])])
def test_the_pms_with_the_fewest_and_the_most_guests(which: str, expected: list[str], vhost: Ask, db: Path) -> None:
    guests(db, "lab00.soho", "a", "b", "x")
    guests(db, "lab01.soho", "c")
    assert vhost("-c", which, "-o", "l").lines == expected


def test_a_guest_that_two_tools_report_counts_once(vhost: Ask, db: Path) -> None:
    guests(db, "lab00.soho", "a", state="r-----")
    guests(db, "lab00.soho", "a", "b", state="running", type="LIBVIRT")
    guests(db, "lab00.soho", "dying", state="-----d")
    assert vhost("-c", "cnt", "-o", "l", "^lab00.*;a;").lines == ["a;2"]


def test_cost_is_shown_by_every_output(vhost: Ask, ask: Ask, db: Path) -> None:
    guests(db, "lab01", "c")
    assert vhost("-c", "cnt", "-o", "ctys", "F:3:^c$").lines[0].endswith("];1")
    assert vhost("-c", "cnt", "-o", "tab_gen:3_l_2", "F:3:^c$").lines == ["l |cost ", "--+-----", "c |1    "]
    assert vhost("-c", "cnt", "-o", "rec_gen:3", "F:3:^c$").lines[2] == "    {Cost,48,1}"
    assert vhost("-c", "cnt", "-o", "machine", "F:3:^c$").lines[0].count(";") == 47
    done = ask("vhost", "query", "-p", db, "--cost", "CNT", "--format", "ndjson", "-o", "l", "F:3:^c$")
    assert json.loads(done.stdout) == {"label": "c", "cost": 1}


def test_cost_can_be_sorted_by(vhost: Ask, db: Path) -> None:
    guests(db, "lab00", "a", "b")
    guests(db, "lab01", "c")
    guests(db, "lab02", "d", "e", "f")
    lines = vhost("-c", "cnt", "-o", "l,sort:2", "F:3:^[acd]$").lines
    assert lines == ["c;1", "a;2", "d;3"]
