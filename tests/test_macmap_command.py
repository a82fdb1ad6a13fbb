from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run, tree
from tests.vhost.databases import machine_line, old_database
from vhost.cli import macmap
from vhost.errors import SourceMissing

MACMAP = """\
lab00;00:1D:60:A5:89:06;192.168.1.71;
lab01;00:1D:60:A5:89:07;192.168.1.72;
noip;00:50:56:13:11:4D;;
tst100;00:50:56:13:11:40;192.168.1.220;
tst101;00:50:56:13:11:41;192.168.1.221;
tst104b;00:50:56:13:11:45;192.168.1.225;
tst108;00:50:56:13:11:4A;192.168.1.228;
"""
CONF = """\
subnet 192.168.1.0 netmask 255.255.255.0 {
  group {
    host tst100 { hardware ethernet 00:50:56:13:11:40; fixed-address 192.168.1.220; }
  }
  host tst103
  {
    hardware ethernet 0:50:56:13:11:43;
    fixed-address 192.168.1.223;
  }
  host tst104 {
    fixed-address 192.168.1.224;
    hardware ethernet 00:50:56:13:11:45;
  }
  #host tst109 { hardware ethernet 00:50:56:13:11:4b; fixed-address 192.168.1.229; }
  host tst110 { hardware ethernet 00:50:56:13:11:4c; fixed-address tst110.soho, 192.168.1.210; }
  host nomac { fixed-address 192.168.1.211; }
  host noip { hardware ethernet 00:50:56:13:11:4d; }
}
"""
BY_NAME = [
    "noip;00:50:56:13:11:4D;;",
    "nomac;;192.168.1.211;",
    "tst100;00:50:56:13:11:40;192.168.1.220;",
    "tst103;00:50:56:13:11:43;192.168.1.223;",
    "tst104;00:50:56:13:11:45;192.168.1.224;",
    "tst110;00:50:56:13:11:4C;192.168.1.210;",
    "tst110;00:50:56:13:11:4C;tst110.soho;",
]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return old_database(tmp_path / "db", [machine_line(pm="lab00", label="tst100")], MACMAP)


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    return tree(tmp_path, {"dhcpd.conf": CONF}) / "dhcpd.conf"


def found(db: Path, *arguments: str) -> list[str]:
    return rows(run("ctys-macmap", "-p", db, *arguments))


def test_a_claim_is_printed_without_its_last_semicolon(db: Path) -> None:
    assert found(db, "tst100") == ["tst100;00:50:56:13:11:40;192.168.1.220"]


def test_without_a_pattern_everything_is_printed(db: Path) -> None:
    assert found(db) == [line.removesuffix(";") for line in MACMAP.splitlines()]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        (["-n"], "tst100"),
        (["-m"], "00:50:56:13:11:40"),
        (["-i"], "192.168.1.220"),
        (["-i", "-n"], "tst100;192.168.1.220"),
        (["-im"], "00:50:56:13:11:40;192.168.1.220"),
        (["-i", "-m", "-n"], "tst100;00:50:56:13:11:40;192.168.1.220"),
    ],
)
def test_the_chosen_parts_keep_their_order(db: Path, letters: list[str], expected: str) -> None:
    assert found(db, *letters, "tst100") == [expected]


def test_a_part_that_is_missing_is_an_empty_line(db: Path) -> None:
    assert found(db, "-i", "noip") == [""]


def test_both_doors_of_the_query_give_the_same_answer(db: Path) -> None:
    old = run("ctys-macmap", "-p", db, "-n", "-i", "tst10")
    new = run("vhost", "macmap", "query", "--db", db, "--name", "--ip", "tst10")
    assert (old.stdout, old.returncode) == (new.stdout, new.returncode)
    assert len(old.stdout.splitlines()) == 4


def test_several_patterns_are_searched_one_after_the_other(db: Path) -> None:
    assert found(db, "-n", "tst101 tst100", "tst10[01]") == ["tst101", "tst100", "tst100", "tst101"]


@pytest.mark.parametrize(
    "pattern", ["00:50:56:13:11:4a", "13:11:4a", "00-50-56-13-11-4A", "0050.5613.114a", "TST108;00:50", "^tst.*11:4a;"]
)
def test_a_pattern_with_a_mac_matches_in_either_case(db: Path, pattern: str) -> None:
    assert found(db, "-n", pattern) == ["tst108"]


def test_other_patterns_match_in_their_own_case(db: Path) -> None:
    assert found(db, "4a") == found(db, "TST108") == []


@pytest.mark.parametrize("pattern", ["tst100", "TST100", "Tst100"])
def test_upper_case_output_is_found_in_either_case(db: Path, pattern: str) -> None:
    assert found(db, "-u", "-n", pattern) == ["TST100"]


def test_a_semicolon_is_the_border_of_a_part(db: Path) -> None:
    assert found(db, "-n", "^tst10.;") == ["tst100", "tst101", "tst108"]


@pytest.mark.parametrize("pattern", ["220$", "220;$"])
def test_the_end_of_a_line_is_that_of_the_address(db: Path, pattern: str) -> None:
    assert found(db, "-n", pattern) == ["tst100"]


def test_a_pattern_is_never_expanded_against_files(db: Path, tmp_path: Path) -> None:
    (tmp_path / "tst10x").touch()
    done = run("ctys-macmap", "-p", db, "-n", "tst10[01]", "tst10?8", cwd=tmp_path)
    assert rows(done) == ["tst100", "tst101", "tst108"]


def test_nothing_that_matches_is_empty_and_no_error(db: Path) -> None:
    assert found(db, "nothing") == []


@pytest.mark.parametrize("mark", [":", ","])
def test_several_databases_are_searched_together_and_sorted(db: Path, tmp_path: Path, mark: str) -> None:
    second = old_database(tmp_path / "db2", [], "tst100;00:50:56:13:11:40;10.0.0.3;\n")
    assert rows(run("ctys-macmap", "-i", "-p", f"{db}{mark}{second}", "tst100")) == ["10.0.0.3", "192.168.1.220"]


def test_a_database_without_a_macmap_is_left_out_where_another_has_one(db: Path, tmp_path: Path) -> None:
    (tree(tmp_path, {"db2/enum.fdb": ""}) / "db2").chmod(0o755)
    assert rows(run("ctys-macmap", "-n", "-p", f"{tmp_path / 'db2'}:{db}", "tst100")) == ["tst100"]


def test_a_database_may_hold_a_macmap_only(tmp_path: Path) -> None:
    files = tree(tmp_path, {"db/macmap.fdb": MACMAP})
    assert found(files / "db", "-i", "tst100") == ["192.168.1.220"]


def test_a_macmap_alone_holds_no_machines(tmp_path: Path) -> None:
    files = tree(tmp_path, {"db/macmap.fdb": MACMAP})
    assert run("ctys-vhost", "-p", files / "db", "x").returncode == 2


def test_the_name_of_a_group_stands_for_its_hosts(db: Path) -> None:
    tree(db, {"groups/lab": "# the PMs\nroot@lab01 lab00'(-b 1)'\n", "groups/all": "#include lab\ntst101\n"})
    assert found(db, "-n", "lab") == ["lab01", "lab00"]
    assert found(db, "-n", "all") == ["tst101", "lab01", "lab00"]


def test_a_group_that_is_wrong_is_named(db: Path) -> None:
    tree(db, {"groups/loop": "#include loop\nlab00\n"})
    done = run("ctys-macmap", "-p", db, "loop")
    assert (done.returncode, done.stdout) == (1, "")
    assert "loop -> loop" in complaint(done)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["-z", "x"], "-z"), (["-p"], "-p"), (["tst10(1"], "position 6"), (["-p", "/nodir", "x"], "/nodir")],
)
def test_a_wrong_search_is_one_line_and_exit_1(db: Path, arguments: list[str], says: str) -> None:
    done = run("ctys-macmap", "-p", db, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in complaint(done)


def test_a_missing_database_is_exit_7_by_the_long_name() -> None:
    done = run("vhost", "macmap", "query", "--db", "/nodir", "x")
    assert (done.returncode, "/nodir" in complaint(done)) == (7, True)


@pytest.mark.parametrize("command", [["ctys-macmap"], ["vhost", "macmap", "query"]])
@pytest.mark.parametrize("files", [{"db/enum.fdb": ""}, {"db/scans/x/readme": ""}])
def test_a_missing_macmap_is_exit_10(tmp_path: Path, command: list[str], files: dict[str, str]) -> None:
    done = run(*command, "-p", tree(tmp_path, files) / "db", "x")
    assert (done.returncode, done.stdout) == (10, "")
    assert "macmap" in complaint(done)


@pytest.mark.parametrize("program", ["ctys-macmap", "ctys-extractMAClst"])
@pytest.mark.parametrize("option", ["-h", "-V"])
def test_help_and_version_exit_0(program: str, option: str) -> None:
    done = run(program, option)
    assert (done.returncode, program in done.stdout, done.stderr) == (0, True, "")


def test_a_search_imports_nothing_that_it_does_not_need(db: Path) -> None:
    found(db, "x")
    script = (
        "import sys; sys.argv = ['ctys-macmap', '-p', sys.argv[1], '-n', 'tst100']\n"
        "from vhost.cli.doors import macmap\n"
        "try: macmap()\n"
        "except SystemExit: pass\n"
        "unwanted = {'scapy', 'dns', 'rich', 'pyarrow', 'typer', 'platformdirs', 'scanners', 'macmap'}\n"
        "print(*{name.split('.')[0] for name in sys.modules} & unwanted)"
    )
    done = subprocess.run([sys.executable, "-c", script, db], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "tst100\n\n"


@pytest.mark.parametrize("options", [[], ["-n"], ["-i", "-n"], ["-X", "-d", "1"]])
def test_every_host_comes_out_in_any_layout(conf: Path, options: list[str]) -> None:
    assert rows(run("ctys-extractMAClst", *options, conf)) == BY_NAME


def test_the_address_stands_first_with_i(conf: Path) -> None:
    assert rows(run("ctys-extractMAClst", "-i", conf)) == [
        "192.168.1.210;tst110;00:50:56:13:11:4C;",
        "192.168.1.211;nomac;;",
        "192.168.1.220;tst100;00:50:56:13:11:40;",
        "192.168.1.223;tst103;00:50:56:13:11:43;",
        "192.168.1.224;tst104;00:50:56:13:11:45;",
        ";noip;00:50:56:13:11:4D;",
        "tst110.soho;tst110;00:50:56:13:11:4C;",
    ]


def test_the_mac_stands_first_with_m_and_then_the_name(conf: Path) -> None:
    lines = rows(run("ctys-extractMAClst", "-m", conf))
    assert (lines[0], lines[-1]) == ("00:50:56:13:11:40;tst100;192.168.1.220;", ";nomac;192.168.1.211;")


def test_ethers_lists_hosts_with_a_mac(conf: Path) -> None:
    assert rows(run("ctys-extractMAClst", "-E", conf)) == [
        "00:50:56:13:11:4D noip",
        "00:50:56:13:11:40 tst100",
        "00:50:56:13:11:43 tst103",
        "00:50:56:13:11:45 tst104",
        "00:50:56:13:11:4C tst110",
    ]


def test_ethers_with_i_lists_hosts_with_a_mac_and_an_address(conf: Path) -> None:
    assert rows(run("ctys-extractMAClst", "-E", "-i", conf)) == [
        "00:50:56:13:11:4C 192.168.1.210",
        "00:50:56:13:11:40 192.168.1.220",
        "00:50:56:13:11:43 192.168.1.223",
        "00:50:56:13:11:45 192.168.1.224",
        "00:50:56:13:11:4C tst110.soho",
    ]


@pytest.mark.parametrize("letters", ["-n", "-i", "-m", "-E", "-Ei"])
def test_both_doors_of_the_extraction_give_the_same_answer(conf: Path, letters: str) -> None:
    old = run("ctys-extractMAClst", letters, conf)
    new = run("vhost", "macmap", "extract", letters, conf)
    assert (old.stdout, old.returncode) == (new.stdout, new.returncode)
    assert old.stdout


def test_several_files_are_one_list(conf: Path, tmp_path: Path) -> None:
    (tmp_path / "more.conf").write_text("host a { }")
    assert rows(run("ctys-extractMAClst", conf, tmp_path / "more.conf")) == ["a;;;", *BY_NAME]


def test_the_default_macmap_is_written(conf: Path, monkeypatch: pytest.MonkeyPatch, db: Path) -> None:
    monkeypatch.setenv("DEFAULT_DBPATHLST", f"{db}:/nodir")
    assert rows(run("ctys-extractMAClst", "-P", conf)) == []
    assert (db / "macmap.fdb").read_text().splitlines() == BY_NAME
    assert found(db, "-i", "tst103") == ["192.168.1.223"]


def test_the_macmap_of_a_database_is_written(conf: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert rows(run("ctys-extractMAClst", "-p", tmp_path / "new", conf)) == []
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["lock", "macmap.fdb"]


def test_a_written_macmap_keeps_its_link_and_its_permissions(conf: Path, tmp_path: Path) -> None:
    shared = tree(tmp_path, {"shared/macmap.fdb": "old;;;\n", "db/enum.fdb": "", "shared/.macmap.fdb.1.tmp": ""})
    (tmp_path / "db/macmap.fdb").symlink_to(shared / "shared/macmap.fdb")
    (tmp_path / "shared/macmap.fdb").chmod(0o640)
    rows(run("ctys-extractMAClst", "-p", tmp_path / "db", conf))
    assert (tmp_path / "shared/macmap.fdb").read_text().splitlines() == BY_NAME
    assert (tmp_path / "shared/macmap.fdb").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["macmap.fdb"]


def test_good_hosts_come_out_of_a_broken_file_and_the_spot_is_named(tmp_path: Path) -> None:
    text = "host a { hardware ethernet 00:11; }\nhost b { fixed-address 10.0.0.2; }\n"
    broken = tree(tmp_path, {"dhcpd.conf": text}) / "dhcpd.conf"
    done = run("ctys-extractMAClst", broken)
    assert (done.returncode, done.stdout.splitlines()) == (3, ["a;;;", "b;;10.0.0.2;"])
    assert f"{broken}:1: a MAC of 6 bytes expected" in complaint(done)


def test_a_problem_in_an_include_is_named_with_its_file(tmp_path: Path) -> None:
    files = tree(tmp_path, {"dhcpd.conf": 'include "more";', "more": "\n}"})
    assert "dhcpd.conf: more:2: " in complaint(run("ctys-extractMAClst", files / "dhcpd.conf"))


def test_quiet_says_nothing_of_a_broken_file_but_its_exit_code(tmp_path: Path) -> None:
    done = run("ctys-extractMAClst", "-q", tree(tmp_path, {"dhcpd.conf": "host a { } }"}) / "dhcpd.conf")
    assert (done.returncode, done.stdout, done.stderr) == (3, "a;;;\n", "")


def test_problems_without_end_are_counted(tmp_path: Path) -> None:
    done = run("ctys-extractMAClst", tree(tmp_path, {"dhcpd.conf": "}\n" * 60}) / "dhcpd.conf")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 51)
    assert "10 more problems" in done.stderr


def test_a_file_without_any_host_leaves_the_macmap_as_it_was(db: Path, tmp_path: Path) -> None:
    done = run("ctys-extractMAClst", "-q", "-p", db, tree(tmp_path, {"dhcpd.conf": "\0\1\2"}) / "dhcpd.conf")
    assert (done.returncode, (db / "macmap.fdb").read_text()) == (3, MACMAP)
    assert "left as it is" in complaint(done)


def test_a_database_that_cannot_be_written_is_exit_8(conf: Path, tmp_path: Path) -> None:
    (tree(tmp_path, {"db/enum.fdb": ""}) / "db/macmap.fdb").mkdir()
    done = run("ctys-extractMAClst", "-p", tmp_path / "db", conf)
    assert (done.returncode, "macmap.fdb" in complaint(done)) == (8, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-E", "-m", "{conf}"], 1, "-E"),
        (["-z", "{conf}"], 1, "-z"),
        (["-i", "-P", "{conf}"], 1, "name;MAC;IP"),
        (["-E", "-P", "{conf}"], 1, "name;MAC;IP"),
        (["-p", "/a:/b", "{conf}"], 1, "one database"),
        (["-p", "/nodb", "{conf}"], 7, "/nodb"),
        (["/nofile"], 2, "/nofile"),
        (["/"], 2, "Is a directory"),
    ],
)
def test_a_wrong_extraction_is_one_line_and_its_exit_code(
    conf: Path, arguments: list[str], code: int, says: str
) -> None:
    done = run("ctys-extractMAClst", *(argument.format(conf=conf) for argument in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert says in complaint(done)


def test_without_a_file_that_of_the_server_is_read(
    conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(macmap, "_DEFAULT_SOURCES", (str(tmp_path / "none"), str(conf)))
    assert macmap.run_extract(macmap.Extraction()) == 0
    assert capsysbinary.readouterr().out.decode().splitlines() == BY_NAME


def test_without_a_file_and_without_a_server_both_places_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(macmap, "_DEFAULT_SOURCES", (str(tmp_path / "a"), str(tmp_path / "b")))
    with pytest.raises(SourceMissing, match=f"{tmp_path}/a and {tmp_path}/b"):
        macmap.run_extract(macmap.Extraction())


def test_two_orders_exclude_each_other_by_the_long_name(conf: Path) -> None:
    done = run("vhost", "macmap", "extract", "-n", "-i", conf)
    assert (done.returncode, "exclude each other" in complaint(done)) == (1, True)
