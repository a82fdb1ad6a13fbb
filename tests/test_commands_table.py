"""The table of commands: a call imports what it needs, and the table says what the commands themselves say."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.asking import Ask, asking
from tests.vhost.databases import machine_line, old_database
from vhost.cli.commands import COMMANDS
from vhost.cli.main import whole

HEAVY = {"scapy", "dns", "rich", "pyarrow", "prompt_toolkit", "jinja2", "igraph", "pygments"}


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


def test_the_table_says_what_the_commands_say() -> None:
    commands: Any = typer.main.get_command(whole())
    said = {
        name: inspect.cleandoc(command.help or "").split("\n\n")[0].replace("\n", " ")
        for name, command in commands.commands.items()
    }
    assert {command.name: command.help for command in COMMANDS} == said


def test_the_list_of_commands_is_that_of_the_whole_program(ask: Ask) -> None:
    context = typer.main.get_command(whole()).make_context("vhost", [], resilient_parsing=True)
    assert ask("vhost", "--help").stdout.rstrip() == context.get_help().rstrip()
    assert ask("vhost", "--help", "query").stdout == ask("vhost", "-h").stdout == ask("vhost").stdout


def test_an_unknown_command_is_one_line(ask: Ask) -> None:
    done = ask("vhost", "qurey")
    assert (done.code, done.stdout) == (1, "")
    assert "No such command 'qurey'" in done.stderr


def loaded(*arguments: str | Path) -> set[str]:
    """Return the heavy modules that a call of `vhost` or an old door has loaded at its end."""
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(sorted({name.split('.')[0] for name in sys.modules}))))\n"
        "name, sys.argv = sys.argv[1], sys.argv[1:]\n"
        "from vhost.cli import doors\n"
        "from vhost.cli.main import main\n"
        "{'vhost': main, 'ctys-vhost': doors.vhost}[name]()\n"
    )
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return HEAVY & set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["ctys-vhost", "-o", "l"],
        ["ctys-vhost"],
        ["ctys-vhost", "-o", "machine,title"],
        ["ctys-vhost", "-o", "rec_gen"],
        ["ctys-vhost", "-o", "ctys"],
        ["ctys-vhost", "-o", "l,sort:1", "-M", "unique"],
        ["vhost", "query"],
        *(["vhost", "query", "--format", form] for form in ("json", "ndjson", "csv", "markdown", "yaml", "xml")),
        ["vhost", "sql", "select 1"],
        ["vhost", "resolve", "l:tst100"],
    ],
    ids=" ".join,
)
def test_a_query_loads_nothing_that_its_output_does_not_need(arguments: list[str], tmp_path: Path) -> None:
    db = old_database(tmp_path / "db", [machine_line(pm="lab00", label="tst100", id="/x")])
    assert loaded("ctys-vhost", "-p", db) <= {"pyarrow"}  # this one publishes
    name, *rest = arguments
    place = [rest[0], "-p", str(db), *rest[1:]] if name == "vhost" else ["-p", str(db), *rest]
    assert loaded(name, *place) == set()


def test_a_binary_format_loads_what_it_needs(tmp_path: Path) -> None:
    db = old_database(tmp_path / "db", [machine_line(pm="lab00", label="tst100", id="/x")])
    assert loaded("vhost", "query", "-p", db, "--format", "parquet", "--output", tmp_path / "out") == {"pyarrow"}


@pytest.mark.parametrize("arguments", [["--version"], ["query", "--help"], ["scan", "tree", "--help"]], ids=" ".join)
def test_a_call_that_needs_no_database_loads_none(arguments: list[str]) -> None:
    assert loaded("vhost", *arguments) == set()
