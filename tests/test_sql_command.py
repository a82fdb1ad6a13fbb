"""`vhost sql` and `vhost report`, as they are called: answers, formats, and what must not be possible."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml
from defusedxml import ElementTree

from tests.asking import Ask, Done, asking
from tests.commands import complaint, run
from tests.vhost.databases import machine_line, old_database

LAB = [
    machine_line(pm="lab00", type="XEN", label="tst100", id="/x/tst100.conf", mac="00:50:56:13:11:4A", vram="512"),
    machine_line(pm="lab01", type="QEMU", label="a|b", id="/x/b.conf", vram="1024"),
]
NAMES = "select label from machine order by label"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", LAB)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asking(capsys, monkeypatch)


def sql(ask: Ask, db: Path, *arguments: str | Path) -> Done:
    return ask("vhost", "sql", "-p", db, *arguments)


def refused(done: Done) -> str:
    """Return the one line on stderr of a call that was refused with exit code 1."""
    assert (done.code, done.stdout) == (1, ""), done
    (line,) = done.stderr.splitlines()
    return line


def test_a_query_is_answered_as_a_table(ask: Ask, db: Path) -> None:
    assert sql(ask, db, "select label, vram, mac from machine order by vram").lines == [
        "label  | vram | mac",
        "-------+------+------------------",
        "tst100 |  512 | 00:50:56:13:11:4a",
        "a|b    | 1024 |",
    ]


def test_every_text_format_shows_the_same_values(ask: Ask, db: Path) -> None:
    query = "select label, vram, mac, [1, 2] as l from machine order by vram"
    expected = [
        {"label": "tst100", "vram": 512, "mac": "00:50:56:13:11:4a", "l": [1, 2]},
        {"label": "a|b", "vram": 1024, "mac": None, "l": [1, 2]},
    ]
    assert json.loads(sql(ask, db, query, "-f", "json").stdout) == expected
    assert [json.loads(line) for line in sql(ask, db, query, "-f", "ndjson").lines] == expected
    assert yaml.safe_load(sql(ask, db, query, "-f", "yaml").stdout) == expected
    rows = list(csv.DictReader(io.StringIO(sql(ask, db, query, "-f", "csv").stdout)))
    assert [(row["label"], row["l"]) for row in rows] == [("tst100", "[1, 2]"), ("a|b", "[1, 2]")]
    assert sql(ask, db, query, "-f", "markdown").lines[0] == "| label | vram | mac | l |"


def test_xml_holds_every_answer_whatever_its_columns_are_called(ask: Ask, db: Path) -> None:
    query = 'select 1 as "a ""<b>""", null as n, [1, 2] as l; select true as t, chr(60) || chr(27) as x'
    document = ElementTree.fromstring("\n".join(sql(ask, db, query, "-f", "xml").lines))
    found = [[[(one.get("column"), one.text) for one in row] for row in answer] for answer in document]
    assert found == [[[('a "<b>"', "1"), ("n", None), ("l", "[1, 2]")]], [[("t", "true"), ("x", "<\\x1b")]]]


def test_binary_formats_keep_the_types(db: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    done = run("vhost", "sql", "-p", db, NAMES, "-f", "parquet", "--output", target)
    assert (done.returncode, done.stderr) == (0, "")
    assert pyarrow.parquet.read_table(target).to_pylist() == [{"label": "a|b"}, {"label": "tst100"}]
    run("vhost", "sql", "-p", db, NAMES, "-f", "arrow", "--output", target)
    with pa.OSFile(str(target), "rb") as file:
        assert pa.ipc.open_file(file).read_all().num_rows == 2


def test_times_numbers_and_odd_types_become_plain_values(ask: Ask, db: Path) -> None:
    query = (
        "select timestamp '2026-11-28 12:00:00' as t, date '2026-11-28' as d, 1.5::decimal(3,1) as n, 2::hugeint as h,"
        " 'nan'::float as f, {'a': 1} as s, '\\xff'::blob as b, interval 90 second as i, true as y,"
        " '6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2'::uuid as u"
    )
    assert json.loads(sql(ask, db, query, "-f", "json").stdout) == [
        {
            "t": "2026-11-28T12:00:00Z",
            "d": "2026-11-28",
            "n": 1.5,
            "h": 2,
            "f": "nan",
            "s": {"a": 1},
            "b": "/w==",
            "i": "90 s",
            "y": True,
            "u": "6842caf91e3e43249ed596b8b9f2c5c2",
        }
    ]


def test_several_statements_give_several_answers(ask: Ask, db: Path) -> None:
    assert sql(ask, db, "select 1 as a; select 2 as b").lines == ["a", "-", "1", "", "b", "-", "2"]


def test_a_query_may_stand_in_a_file_or_on_standard_input(ask: Ask, db: Path, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(f"-- names\n{NAMES};\n")
    assert sql(ask, db, "-F", tmp_path / "q.sql", "-f", "csv").lines == ["label", "a|b", "tst100"]
    done = run("vhost", "sql", "-p", db, "-")
    assert (done.returncode, done.stdout) == (0, "")


def test_nothing_in_a_table_can_steer_a_terminal(ask: Ask, db: Path) -> None:
    assert sql(ask, db, "select chr(27) || '[2J' as x").lines[2] == "\\x1b[2J"
    assert sql(ask, db, "select 'a\\x3bb' as stored").lines[2] == "a\\x3bb"


def test_wide_characters_keep_the_columns_straight(ask: Ask, db: Path) -> None:
    lines = sql(ask, db, "select unnest(['日本', 'abc', 'e\u0301']) as x, 1 as y").lines
    assert lines[2:] == ["日本 | 1", "abc  | 1", "e\u0301    | 1"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("insert into machine (label) values ('x')", "INSERT"),
        ("update machine set label = 'x'", "UPDATE"),
        ("delete from machine", "DELETE"),
        ("drop table machine", "DROP"),
        ("create table x (a int)", "CREATE"),
        ("create temp table x as select 1", "CREATE"),
        ("copy machine to '/tmp/never-written.csv'", "COPY"),
        ("attach '/tmp/never-made.db'", "ATTACH"),
        ("detach memory", "DETACH"),
        ("pragma database_list", "PRAGMA"),
        ("set memory_limit = '100GB'", "SET"),
        ("reset lock_configuration", "SET"),
        ("load httpfs", "LOAD"),
        ("install httpfs", "LOAD"),
        ("export database '/tmp/never-made'", "EXPORT"),
        ("checkpoint", "CALL"),
        ("begin", "TRANSACTION"),
        ("prepare p as select 1", "PREPARE"),
        ("select 1; drop table machine", "DROP"),
        ("explain analyze insert into machine (label) values ('x')", "read-only"),
    ],
)
def test_what_does_more_than_read_is_refused_before_anything_runs(query: str, kind: str, ask: Ask, db: Path) -> None:
    assert kind in refused(sql(ask, db, query))
    assert sql(ask, db, "select count(*) from machine", "-f", "csv").lines[1:] == ["2"]


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('/etc/shadow')",
        "select * from read_csv('/etc/passwd')",
        "from '/etc/passwd.csv'",
        "select * from glob('/etc/*')",
        "select * from read_blob('/etc/hostname')",
        "select * from read_parquet('scans/*/*.parquet')",
        "select * from sniff_csv('/etc/passwd')",
        "from 'https://127.0.0.1:1/x.parquet'",
        "select * from query('copy machine to ''/tmp/never-written.csv''')",
        "select getenv('HOME')",
        "select * from duckdb_secrets()",
    ],
)
def test_files_and_the_network_are_out_of_reach(query: str, ask: Ask, db: Path) -> None:
    assert refused(sql(ask, db, query)).startswith("vhost: sql: ")


def test_variables_of_the_program_are_out_of_reach(ask: Ask, db: Path) -> None:
    assert "does not exist" in refused(sql(ask, db, "select * from options"))


@pytest.mark.parametrize("call", [["sql", "select 1"], ["report", "duplicates"], ["cancel", "l:tst100", "-n"]])
@pytest.mark.parametrize("seconds", ["-1", "1e31", "inf", "nan"])
def test_a_wait_is_bounded(call: list[str], seconds: str, tmp_path: Path) -> None:
    done = run("vhost", *call, "-p", tmp_path, "--timeout", seconds)
    assert (done.returncode, "--timeout" in complaint(done)) == (1, True)


@pytest.mark.parametrize(
    "query",
    [
        "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
        "select count(*) from range(100000000) a, range(100000000) b",
        "select * from range(100000000000)",
    ],
)
def test_what_takes_too_long_is_broken_off(query: str, db: Path, tmp_path: Path) -> None:
    done = run("vhost", "sql", "-p", db, "--timeout", "0.5", "--output", tmp_path / "out", query)
    assert (done.returncode, done.stderr.count("\n")) == (16, 1)
    assert "took longer than 0.5 s" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_needs_too_much_memory_is_broken_off(db: Path) -> None:
    query = "select list(a.range || repeat('x', 100)) from range(30000000) a"
    done = run("vhost", "sql", "-p", db, "--limit-memory", "64", query)
    assert (done.returncode, done.stderr.count("\n")) == (16, 1)
    assert "needed more than 64 MiB" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["selec 1"], "syntax error at or near"),
        (["select labl from machine"], 'Candidate bindings: "label"'),
        (["select * from machin"], 'Did you mean "machine"'),
        (["select $a"], "the parameter $a has no value"),
        (["select 1", "-f", "html"], "unknown format 'html'"),
        (["select 1; select 2", "-f", "parquet"], "the answer of one statement, not of 2"),
        (["select 1", "-F", "x.sql"], "a query and a file"),
        (["x" * 1_000_001], "1000000 are allowed"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], says: str, ask: Ask, db: Path) -> None:
    assert says in refused(sql(ask, db, *arguments))


def test_several_databases_are_asked_as_one(ask: Ask, db: Path, tmp_path: Path) -> None:
    other = old_database(tmp_path / "other", [machine_line(pm="lab02", label="tst200", id="/y")])
    assert ask("vhost", "sql", "-p", f"{db}:{other}", "select count(*) from machine", "-f", "csv").lines == [
        "count_star()",
        "3",
    ]
    assert "CREATE" in refused(ask("vhost", "sql", "-p", f"{db}:{other}", "create table x (a int)"))


def test_a_file_that_is_missing_is_a_missing_source(ask: Ask, db: Path, tmp_path: Path) -> None:
    assert sql(ask, db, "-F", tmp_path / "none.sql").code == 2


REPORT = """\
-- Guests with much memory
-- parameter mib integer 600: the least memory in MiB
-- parameter host text: the host that runs them
SELECT label FROM machine WHERE vram >= $mib AND pm = $host
"""


@pytest.fixture
def reports(db: Path) -> Path:
    folder = db / "reports"
    folder.mkdir()
    (folder / "large.sql").write_text(REPORT)
    return folder


def report(ask: Ask, db: Path, *arguments: str) -> Done:
    return ask("vhost", "report", "-p", db, *arguments)


@pytest.mark.usefixtures("reports")
def test_a_report_of_the_users_own_takes_parameters(ask: Ask, db: Path) -> None:
    assert report(ask, db, "large", "host=lab01", "-f", "csv").lines == ["label", "a|b"]
    assert report(ask, db, "large", "host=lab01", "mib=2000", "-f", "csv").lines == ["label"]


@pytest.mark.usefixtures("reports")
def test_reports_are_listed_with_their_parameters(ask: Ask, db: Path) -> None:
    rows = json.loads(report(ask, db, "-f", "json").stdout)
    assert {"report": "large", "shows": "Guests with much memory", "parameters": "mib=600 host=TEXT"} in rows
    assert report(ask, db, "large", "--show").stdout == REPORT


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["large"], "host is missing: the host that runs them; add host=TEXT"),
        (["large", "host=a", "mb=1"], "unknown parameter 'mb=1'; did you mean mib=...?"),
        (["large", "host=a", "mib=many"], "mib is no integer: 'many'"),
        (["large", "host"], "unknown parameter 'host'"),
    ],
)
def test_parameters_are_checked(arguments: list[str], says: str, ask: Ask, db: Path) -> None:
    assert says in refused(report(ask, db, *arguments))


def test_a_value_of_a_parameter_is_never_sql(ask: Ask, db: Path, reports: Path) -> None:
    (reports / "say.sql").write_text("-- Says it\n-- parameter what text: what to say\nSELECT $what AS said\n")
    assert report(ask, db, "say", "what='; drop table machine", "-f", "csv").lines == ["said", "'; drop table machine"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT 1\n", "broken.sql:1: a report begins with its title"),
        ("-- T\n-- parameter x\nSELECT 1\n", "broken.sql:2: 'parameter x' is no parameter"),
        ("-- T\n-- parameter x float: y\nSELECT 1\n", "broken.sql:2: "),
        ("-- T\nSELEC 1\n", "broken.sql: syntax error"),
        ("-- T\nDROP TABLE machine\n", "broken.sql: DROP is not allowed"),
    ],
)
def test_a_broken_report_is_one_line(text: str, says: str, ask: Ask, db: Path, reports: Path) -> None:
    (reports / "broken.sql").write_text(text)
    assert says in refused(report(ask, db, "broken"))


def test_a_broken_report_hides_no_other(ask: Ask, db: Path, reports: Path) -> None:
    (reports / "broken.sql").write_bytes(b"\xff\x00")
    done = report(ask, db, "-f", "csv")
    assert (done.code, done.stderr.count("\n")) == (1, 1)
    assert "broken.sql:1: a report begins with its title" in done.stderr
    assert "Guests with much memory" in done.stdout


def test_nothing_in_a_database_changes_whatever_is_asked(ask: Ask, db: Path, reports: Path) -> None:
    sql(ask, db, "select 1")
    (reports / "broken.sql").write_text("-- T\nCOPY machine TO 'here.csv'\n")
    before = _content(db)
    for query in ("drop table machine", "attach 'x.db'", f"copy machine to '{db}/x.csv'", "pragma user_version = 9"):
        assert sql(ask, db, query).code == 1
    assert report(ask, db, "broken").code == 1
    assert _content(db) == before


def _content(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_an_unknown_report_is_a_missing_source_and_names_a_near_miss(ask: Ask, db: Path, reports: Path) -> None:
    done = report(ask, db, "larg")
    assert (done.code, reports.is_dir()) == (2, True)
    assert "did you mean large?" in done.stderr
    assert report(ask, db, "../../etc/passwd").code == 2
