from __future__ import annotations

import csv
import io
import json
import os
import pty
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml
from defusedxml import ElementTree

from tests.asking import Ask, asking
from tests.commands import BIN, complaint, names, run
from tests.vhost.databases import machine_line, old_database
from vhost.cli.writing import write
from vhost.errors import UsageError
from vhost.query.typed import ALL
from vhost.record import FIELDS

LAB = [
    machine_line(pm="lab00", type="PM", label="LAB00", id="/etc/ctys.d/pm.conf", tcp="192.168.1.71"),
    machine_line(
        pm="lab00",
        type="XEN",
        label="tst100",
        id="/x/a,b <c>&d.conf",
        uuid="6842CAF9-1E3E-4324-9ED5-96B8B9F2C5C2",
        mac="00:50:56:13:11:4A",
        tcp="tst100.soho",
        vram="512",
        stackcap="XEN-3.0%CTYS",
        userstring="two words | \\x3b ü",
    ),
    machine_line(pm="lab01", type="XEN", label="tst101", id="/x/tst101.conf", tcp="192.168.1.221"),
    machine_line(pm="lab01", type="QEMU", label="tst200"),
]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return old_database(tmp_path_factory.mktemp("db"), LAB)


@pytest.fixture
def ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Ask:
    hosts = tmp_path_factory.mktemp("hosts") / "hosts.tbl"
    hosts.write_text("tst100.soho 192.168.1.220\ntst101.soho 192.168.1.221\n")
    monkeypatch.setenv("VHOST_HOSTS_FILE", str(hosts))
    return asking(capsys, monkeypatch)


def shown(ask: Ask, db: Path, form: str, *arguments: str) -> str:
    done = ask("vhost", "query", "-p", db, "--format", form, *arguments)
    assert (done.code, done.stderr) == (0, "")
    return done.stdout


# ---- old outputs


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("tcp,l", ["LAB00;192.168.1.71", "tst100;tst100.soho", "tst200;", "tst101;192.168.1.221"]),
        ("ip,l", ["LAB00;192.168.1.71", "tst100;192.168.1.220", "tst200;", "tst101;192.168.1.221"]),
        ("dns,l", ["LAB00;", "tst100;tst100.soho", "tst200;", "tst101;tst101.soho."]),
        ("title,ip,dns,l,vram", ["Label;TCP;DNS;VRAM", "LAB00;192.168.1.71;;"]),
        ("titleidxasc,d,m", ["MAC(F-6);DNS(G-7)", ";"]),
        ("titleidxasc,hwcap,hwreq,netname", ["HWcapability(W-23);HWrequirement(X-24);netname(AB-28)", ";;"]),
        ("titleidx,hwcap,hwreq,netname", ["HWcapability(23);HWrequirement(24);Netname(28)", ";;"]),
        ("title,hwcap,hwreq,netname", ["HWCapability;HWRequirement;netname", ";;"]),
        ("mac", ["00:50:56:13:11:4A"]),
    ],
)
def test_field_lists(output: str, expected: list[str], ask: Ask, db: Path) -> None:
    assert ask("ctys-vhost", "-p", db, "-o", output).lines[: len(expected)] == expected


def test_a_record_without_any_value_has_no_line(ask: Ask, db: Path) -> None:
    assert ask("ctys-vhost", "-p", db, "-o", "dns").lines == ["tst100.soho", "tst101.soho."]


def test_addresses(ask: Ask, db: Path) -> None:
    assert ask("ctys-vhost", "-p", db, "-o", "ctys,l").lines == [
        "lab00",
        "lab00[/x/a,b <c>&d.conf,tst100,6842CAF9-1E3E-4324-9ED5-96B8B9F2C5C2,00:50:56:13:11:4A,tst100.soho]",
        "lab01[tst200]",
        "lab01[/x/tst101.conf,tst101,192.168.1.221]",
    ]


def test_titles_of_addresses_are_all_titles(ask: Ask, db: Path) -> None:
    head = ask("ctys-vhost", "-p", db, "-o", "title,ctys", "tst101").lines[0]
    assert head == ";".join(field.title for field in FIELDS)


SPEC = """\
record(1):={
    001:       3:                         L: tst1
    002:      40:                      VRAM: 512
    003:       4:                         P:  <c>&d.conf
}
"""
XML = """\
<record index='1'>
   <L index=3>tst1</L>
   <VRAM index=40>512</VRAM>
   <P index=4> &lt;c&gt;&amp;d.conf</P>
</record>

"""
REC = """\
record(1):={
    {L,3,tst1},
    {VRAM,40,512},
    {P,4, <c>&d.conf}
}
"""


@pytest.mark.parametrize(("style", "expected"), [("spec_gen", SPEC), ("xml", XML), ("REC", REC)])
def test_records_with_columns(style: str, expected: str, ask: Ask, db: Path) -> None:
    columns = "3_L_4%%40%%4_P_11_L"
    assert ask("ctys-vhost", "-p", db, "-o", f"{style}:{columns}", "^lab00;XEN").stdout == expected


@pytest.mark.parametrize("kind", ["tab_gen", "rec_gen", "xml_gen"])
def test_thousands_of_columns_are_shown(kind: str, ask: Ask, db: Path) -> None:
    done = ask("ctys-vhost", "-p", db, "-o", f"{kind}:{'%%'.join(['3_L_7'] * 4000)}", "tst101")
    assert (done.code, done.stdout.count("tst101 ")) == (0, 4000)


def test_records_are_numbered_as_they_come_out(ask: Ask, db: Path) -> None:
    lines = ask("ctys-vhost", "-p", db, "-M", "sort", "-o", "rec_gen:3", "tst").lines
    assert [line for line in lines if "(" in line or "{L" in line] == [
        "record(1):={",
        "    {Label,3,tst100}",
        "record(2):={",
        "    {Label,3,tst101}",
        "record(3):={",
        "    {Label,3,tst200}",
    ]


def test_the_default_records_have_the_columns_of_the_default_table(ask: Ask, db: Path) -> None:
    lines = ask("ctys-vhost", "-p", db, "-o", "macro:REC_CTYS_VHOST_DEFAULT", "tst101").lines
    assert (lines[1], lines[-2]) == ("    {label,3,tst101    },", "    {TCP,7,192.168.1.221  }")


def test_heads_and_titles_stay_on_top_of_what_is_sorted(ask: Ask, db: Path) -> None:
    table = ask("ctys-vhost", "-p", db, "-o", "tab_gen:3_zz_6,sort%reverse,titleidx").lines
    fields = ask("ctys-vhost", "-p", db, "-M", "sort", "-o", "title,l").lines
    assert (table[:4], fields[:2]) == (["zz    ", "1(3)  ", "------", "tst200"], ["Label", "LAB00"])


@pytest.mark.parametrize(
    "output", ["l", "tab_gen:3_L_5", "tab_gen:4_ID_3_B%%3", "rec", "spec_gen:3", "xml_gen:3", "ctys", "machine"]
)
def test_unique_shows_one_distinct_record_in_every_output(output: str, ask: Ask, db: Path) -> None:
    twice = ask("ctys-vhost", "-p", db, "-M", "unique", "-o", output, "tst101", "or", "tst101")
    once = ask("ctys-vhost", "-p", db, "-o", output, "tst101")
    assert (twice.code, twice.stdout) == (0, once.stdout)


@pytest.mark.parametrize("output", ["l", "tab_gen:3_L_6", "tab_gen:4_ID_3_B%%3", "rec", "title,ctys"])
def test_unique_prints_nothing_where_records_differ(output: str, ask: Ask, db: Path) -> None:
    done = ask("ctys-vhost", "-p", db, "-M", "unique", "-o", output, "XEN")
    assert (done.code, done.stdout, "different records match" in done.stderr.splitlines()[0]) == (11, "", True)


def test_a_table_is_not_wrapped_to_the_terminal(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert {len(line) for line in on_terminal("ctys-vhost", "-p", str(db), "tst").split("\r\n")[:-1]} == {
        116
    }  # 107 characters in 10 columns, and 9 borders


# ---- typed formats


def test_a_typed_answer_has_all_fields_and_their_provenance(ask: Ask, db: Path) -> None:
    (found,) = json.loads(shown(ask, db, "json", "tst101"))
    assert tuple(found) == ALL


def test_an_output_that_names_no_field_changes_only_the_order(ask: Ask, db: Path) -> None:
    found = json.loads(shown(ask, db, "json", "-o", "title,sort:3%reverse", "tst"))
    assert [(row["label"], tuple(row) == ALL) for row in found] == [
        ("tst200", True),
        ("tst101", True),
        ("tst100", True),
    ]


def test_every_format_shows_the_same_values(ask: Ask, db: Path) -> None:
    expected = json.loads(shown(ask, db, "json", "-o", "l,id,m,ip,vram,ustrg"))
    lines = [json.loads(line) for line in shown(ask, db, "ndjson", "-o", "l,id,m,ip,vram,ustrg").splitlines()]
    documents = yaml.safe_load(shown(ask, db, "yaml", "-o", "l,id,m,ip,vram,ustrg"))
    cells = list(csv.DictReader(io.StringIO(shown(ask, db, "csv", "-o", "l,id,m,ip,vram,ustrg"))))
    root = ElementTree.fromstring(shown(ask, db, "xml", "-o", "l,id,m,ip,vram,ustrg").encode())
    texts = [{name: None if value is None else str(value) for name, value in row.items()} for row in expected]
    assert lines == documents == expected
    assert cells == [{name: value or "" for name, value in row.items()} for row in texts]
    assert [{element.tag: element.text for element in machine} for machine in root] == texts


def test_values_are_typed_and_in_normal_form(ask: Ask, db: Path) -> None:
    (found,) = json.loads(shown(ask, db, "json", "-o", "uuid,mac,vram,tcp,dns,index", "^lab00;XEN"))
    assert found == {
        "uuid": "6842caf91e3e43249ed596b8b9f2c5c2",
        "mac": "00:50:56:13:11:4a",
        "tcp": "tst100.soho",
        "dns": "tst100.soho",
        "index": 2,
        "vram": 512,
    }


def test_an_address_is_a_typed_column_too(ask: Ask, db: Path) -> None:
    assert json.loads(shown(ask, db, "json", "-o", "ctys", "tst200")) == [{"ctys": "lab01[tst200]"}]


def test_the_columns_of_a_table_are_typed_columns(ask: Ask, db: Path) -> None:
    assert json.loads(shown(ask, db, "json", "-o", "tab_gen:40_RAM_5%%3_L_2%%99%%3", "tst200")) == [
        {"vram": None, "label": "tst200"}
    ]


def test_times_are_utc_with_a_z(ask: Ask, db: Path) -> None:
    (found,) = json.loads(shown(ask, db, "json", "tst101"))
    assert found["seen_at"].endswith("Z")
    assert datetime.fromisoformat(found["seen_at"]).tzinfo is not None


def test_a_scanned_file_has_its_mtime_to_the_nanosecond(ask: Ask, tmp_path: Path) -> None:
    config = tmp_path / "tree/tst1.cfg"
    config.parent.mkdir()
    config.write_text('name = "tst1"\nmemory = 512\nvif = [""]\n')
    os.utime(config, ns=(1_000_000_000_123_456_789, 1_000_000_000_123_456_789))
    (found,) = json.loads(ask("vhost", "enumerate", config.parent, "--format", "json").stdout)
    assert found["mtime"] == "2001-09-09T01:46:40.123456789Z"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-M", "first"], ["LAB00"]),
        (["-M", "complement,last", "QEMU"], ["tst101"]),
        (["-o", "sort:1%reverse,l"], ["tst200", "tst101", "tst100", "LAB00"]),
        (["-M", "usort", "-o", "l", "tst101", "or", "tst101"], ["tst101"]),
        (["-M", "unique", "-o", "l", "tst101", "or", "tst101"], ["tst101"]),
        (["-M", "unique", "-o", "l", "nothing"], []),
    ],
)
def test_selection_and_order_work_on_typed_answers(
    arguments: list[str], expected: list[str], ask: Ask, db: Path, tmp_path: Path
) -> None:
    file = tmp_path / "answer.parquet"
    ask("vhost", "query", "-p", db, "--format", "parquet", "--output", file, *arguments)
    found = json.loads(shown(ask, db, "json", *arguments))
    assert [row["label"] for row in found] == expected
    assert pa.parquet.read_table(file)["label"].to_pylist() == expected


def test_a_typed_answer_that_is_not_unique_is_refused(ask: Ask, db: Path) -> None:
    codes = [
        ask("vhost", "query", "-p", db, "-M", "unique", "--format", form, "--output", "/dev/null", "XEN").code
        for form in ("json", "arrow")
    ]
    assert codes == [11, 11]


def test_parquet_has_types_and_times_in_utc(ask: Ask, db: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    ask("vhost", "query", "-p", db, "--format", "parquet", "--output", file)
    found = pa.parquet.read_table(file)
    wanted = {"vram": pa.int32(), "label": pa.string(), "seen_at": pa.timestamp("us", "UTC"), "stale": pa.bool_()}
    assert {name: found.schema.field(name).type for name in wanted} == wanted
    assert found.column_names == list(ALL)


def test_arrow_is_a_stream_in_a_pipe(db: Path) -> None:
    command = [str(BIN / "vhost"), "query", "-p", str(db), "--format", "arrow", "-o", "l,vram", "XEN"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert pa.ipc.open_stream(done.stdout).read_all().to_pydict() == {
        "label": ["tst100", "tst101"],
        "vram": [512, None],
    }


def test_arrow_is_a_file_in_a_file(ask: Ask, db: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.arrow"
    ask("vhost", "query", "-p", db, "--format", "arrow", "--output", file, "-o", "l", "QEMU")
    assert pa.ipc.open_file(str(file)).read_all().to_pydict() == {"label": ["tst200"]}


def test_a_binary_format_is_not_written_to_a_terminal(db: Path) -> None:
    said = on_terminal("vhost", "query", "-p", str(db), "--format", "parquet")
    assert said == "vhost: --format: parquet is binary and needs a pipe or a file; name a file: --output FILE\r\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--format", "toml"], "'toml'"), (["--format", "json", "-o", "tab_gen:99"], "no column holds a field")],
)
def test_a_wrong_format_is_one_line(arguments: list[str], says: str, ask: Ask, db: Path) -> None:
    done = ask("vhost", "query", "-p", db, *arguments)
    assert (done.code, done.stdout, len(done.stderr.splitlines()), says in done.stderr) == (1, "", 1, True)


def test_nothing_that_matches_can_be_an_exit_code(ask: Ask, db: Path) -> None:
    options = [[], ["--format", "csv"], ["--format", "arrow", "--output", "/dev/null"]]
    codes = [
        [ask("vhost", "query", "-p", db, "--exit-code", *option, term).code for option in options]
        for term in ("tst101", "nothing")
    ]
    assert codes == [[0, 0, 0], [1, 1, 1]]


# ---- --output


def test_an_answer_goes_into_a_file_and_nowhere_else(ask: Ask, db: Path, tmp_path: Path) -> None:
    done = ask("vhost", "query", "-p", db, "-o", "l", "--output", tmp_path / "answer", "XEN")
    assert (done.code, done.stdout, (tmp_path / "answer").read_text()) == (0, "", "tst100\ntst101\n")


def test_a_link_to_itself_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="Too many levels of symbolic links"):
        write(["x"], str(tmp_path / "loop"))
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


def test_a_file_keeps_its_permissions_and_its_link(ask: Ask, db: Path, tmp_path: Path) -> None:
    (tmp_path / "real").touch(mode=0o640)
    (tmp_path / "link").symlink_to("real")
    ask("vhost", "query", "-p", db, "-o", "l", "--output", tmp_path / "link", "QEMU")
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "real").read_text()) == (True, "tst200\n")


def test_a_query_that_fails_leaves_the_file_as_it_was(ask: Ask, db: Path, tmp_path: Path) -> None:
    (tmp_path / "answer").write_text("before")
    done = ask("vhost", "query", "-p", db, "-M", "unique", "--output", tmp_path / "answer", "XEN")
    assert (done.code, (tmp_path / "answer").read_text(), names(list(tmp_path.iterdir()))) == (11, "before", ["answer"])


def test_a_disk_that_is_full_leaves_the_file_as_it_was(db: Path, tmp_path: Path) -> None:
    (tmp_path / "answer").write_text("before")
    limited = f"ulimit -f 0; trap '' XFSZ; exec {BIN}/vhost query -p {db} --output {tmp_path}/answer"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "cannot be written: File too large" in done.stderr) == (1, True)
    assert ((tmp_path / "answer").read_text(), names(list(tmp_path.iterdir()))) == ("before", ["answer"])


def test_a_device_is_written_to_and_not_replaced(ask: Ask, db: Path) -> None:
    assert ask("vhost", "query", "-p", db, "--output", "/dev/null").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("name", ["missing/answer", ".", ""])
def test_a_file_that_cannot_be_written_is_one_line(
    name: str, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("vhost", "query", "-p", db, "--output", name)
    assert (done.returncode, "cannot be written" in complaint(done)) == (1, True)


def test_a_dash_is_stdout(ask: Ask, db: Path) -> None:
    assert ask("vhost", "query", "-p", db, "-o", "l", "--output", "-", "QEMU").lines == ["tst200"]


# ---- start-up


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (
            ["-o", "l,pm"],
            "pyarrow vhost.render.table vhost.render.records vhost.query.order vhost.resolver",
        ),
        (["-o", "tab_gen:3"], "pyarrow vhost.render.fields vhost.render.records vhost.resolver"),
        (["-o", "ip"], "pyarrow vhost.render.table vhost.render.records vhost.query.order"),
    ],
)
def test_an_output_imports_its_own_renderer_only(arguments: list[str], unwanted: str, db: Path) -> None:
    script = (
        "import sys; from vhost.cli.doors import vhost\n"
        "try: vhost()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "-p", db, *arguments, "tst101"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert set(unwanted.split()) & set(done.stderr.split()) == set()


def on_terminal(*command: str) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([BIN / command[0], *command[1:]], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while part := _part(ours):
            said += part
        process.wait(60)
    os.close(ours)
    return said.decode()


def _part(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a terminal says that nobody writes to it any more
        return b""
