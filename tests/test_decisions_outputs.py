"""One test for each recorded query where the old tool and its manual differ.

The decisions stand in docs/old-tool.md, under "Terms and operators", "Selection" and "Outputs".
"""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.asking import Ask, asking
from tests.conftest import ROOT

SECTIONS = {"match", "operators", "M", "o", "TAB", "REC/SPEC/XML", "extra", "random"}
TST1 = {*range(10, 17), *range(19, 26), 40}
"""INDEX of the records that hold `tst1`."""
TST108, TST204 = "aa11bb22cc33dd44ee55ff6600112244", "ce7d6b5e8f0b4e7aa55a0f4b7c3d2e2f"
"""The UUIDs of two machines."""

KEPT = """
    lab010 lab039 lab040 lab041 lab042 lab048 lab049 lab062 lab065 lab069 lab072 lab078 lab084 lab091 lab096 lab100
    lab113 lab114 lab126 lab127 lab128 lab129 lab131 lab140 lab145 lab146 lab147 lab150 lab152 lab154 lab156 lab157
    lab158 lab159 lab160 lab175 lab176 lab398 lab411 lab412 lab413 lab414 lab415 a087
""".split()
"""What comes out as it always did, byte for byte."""


@pytest.fixture(scope="module")
def cases(oracle: Path) -> dict[str, dict[str, Any]]:
    """Return the recorded calls with their place."""
    return {
        case["id"]: {**case, "place": place}
        for place in ("lab", "fleet-a")
        for case in map(json.loads, (oracle / place / "cases.jsonl").read_text().splitlines())
    }


@pytest.fixture(scope="module")
def databases(oracle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with copies of the recorded databases."""
    root = tmp_path_factory.mktemp("databases")
    for place in ("lab", "fleet-a"):
        (root / place).mkdir()
        for name in ("enum.fdb", "macmap.fdb"):
            shutil.copy(oracle / place / name, root / place)
    return root


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, oracle: Path) -> Ask:
    """Return what runs a command; names are resolved from the recorded table."""
    monkeypatch.setenv("VHOST_HOSTS_FILE", str(oracle / "lab/hosts.tbl"))
    return asking(capsys, monkeypatch)


@pytest.fixture
def lab(ask: Ask, databases: Path) -> Ask:
    """Return what runs `ctys-vhost` on the lab."""
    return lambda *arguments: ask("ctys-vhost", "-p", databases / "lab", *arguments)


@pytest.fixture
def fleet(ask: Ask, databases: Path) -> Ask:
    """Return what runs `ctys-vhost` on the fleet."""
    return lambda *arguments: ask("ctys-vhost", "-p", databases / "fleet-a", *arguments)


def numbers(lab: Ask, *terms: str) -> list[int]:
    """Return the INDEX of every record that the terms select, in the order they come out."""
    return [int(line) for line in lab("-o", "index", *terms).lines]


def test_every_call_is_decided_in_the_documentation(cases: dict[str, dict[str, Any]]) -> None:
    wanted = {name for name, case in cases.items() if case["section"] in SECTIONS and case["class"] in {"quirk", "bug"}}
    rows = [line.split("|")[1] for line in (ROOT / "docs/old-tool.md").read_text().splitlines() if line.startswith("|")]
    assert wanted - {name.strip() for cell in rows for name in cell.split(",")} == set()


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_comes_out_as_recorded(
    name: str, cases: dict[str, dict[str, Any]], ask: Ask, databases: Path
) -> None:
    case = cases[name]
    command, *arguments = shlex.split(case["cmd"])
    done = ask(command, "-p", databases / case["place"], *arguments)
    assert (done.stdout, done.code) == (case["stdout"], case["rc"])


@pytest.mark.parametrize("terms", [pytest.param([], id="lab002"), pytest.param(["."], id="lab003")])
def test_all_records_come_out_whole(terms: list[str], lab: Ask) -> None:
    lines = lab(*terms).lines
    assert (len(lines), [line[:10] for line in lines if "words" in line]) == (42, [])


def test_a_mac_finds_its_address_in_any_spelling(lab: Ask) -> None:
    assert lab("-o", "l,tcp", "^lab01.*tst108").lines == ["tst108;192.168.1.228"]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(["tst10[03]"], {10, 11, 12, 14, 15, 40}, id="lab014"),
        pytest.param([r"tst10\[03\]"], set(), id="lab015"),
        pytest.param(["tst10?"], TST1, id="lab016"),
        pytest.param(["*inst"], set(), id="lab017"),
        pytest.param(["tst10[03]", "lab00"], {10, 11, 12, 14, 15}, id="lab018"),
        pytest.param([r"\.224"], {16, 20}, id="lab020"),
        pytest.param(["192.168.1.22"], {10, 11, 12, 13, 14, 16, 20, 21, 22, 25, 40}, id="lab021"),
        pytest.param(["tst101", "NOT"], {13}, id="lab043"),
        pytest.param(["NOT", "lab01", "tst10"], {10, 11, 12, 13, 14, 15, 40}, id="lab046"),
        pytest.param(["tst10", "NOT", "lab01", "XEN"], {10, 11, 12, 13, 14, 15}, id="lab047"),
        pytest.param(["tst101", "OR", "NOT", "."], {13}, id="lab050"),
        pytest.param(["F:4:a:b"], set(), id="lab061"),
        pytest.param(["R:3:5"], {3, 4, 5}, id="lab070"),
        pytest.param(["NOT", "R:10:39"], {*range(1, 10), 40}, id="lab071"),
        pytest.param(["OR"], set(range(1, 41)), id="lab396"),
        pytest.param(["AND"], set(range(1, 41)), id="lab403"),
        pytest.param(["R:1:9", "lab00"], {9}, id="lab419"),
    ],
)
def test_terms_select_what_the_manual_says(terms: list[str], expected: set[int], lab: Ask) -> None:
    assert numbers(lab, *terms) == sorted(expected)


def test_a_term_is_no_pattern_of_files(lab: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # lab019
    for name in ("tst10x", "tst10y"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert set(numbers(lab, "tst10*")) == TST1


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(["tst100", "OR", "tst101"], [10, 11, 12, 40, 13], id="lab025"),
        pytest.param(["tst101", "or", "tst102", "or", "tst105"], [13, 19, 21, 22], id="lab029"),
        pytest.param(["lab00", "OR", "lab01", "AND", "^lab01"], [20, *range(17, 26)], id="lab037"),
        pytest.param(["^lab00.soho;PM", "OR", "^lab03.soho;PM", "AND", "^lab00"], [9], id="lab038"),
        pytest.param(["tst100", "AND", "OR", "tst101"], [10, 11, 12, 40, 13], id="lab397"),
        pytest.param(["tst100", "NOT", "OR", "lab01"], [10, 11, 12, 40, *range(1, 16), *range(26, 41)], id="lab399"),
    ],
)
def test_or_appends_whole_records(terms: list[str], expected: list[int], lab: Ask) -> None:
    lines = lab("-o", "l,index", *terms).lines
    assert [int(line.split(";")[1]) for line in lines] == expected
    assert all(line.split(";")[0] for line in lines)


@pytest.mark.parametrize(
    ("term", "says"),
    [
        pytest.param("F:label:tst101", "no field number", id="lab063"),
        pytest.param("F:2", "incomplete", id="lab064"),
        pytest.param("E:28:", "no field number", id="lab066"),
        pytest.param("E::1", "no field number", id="lab067"),
        pytest.param("E:28", "incomplete", id="lab068"),
        pytest.param("R:", "no record number", id="lab073"),
        pytest.param("$(echo tst101)", "position 2", id="lab416"),
        pytest.param("tst10(1", "position 6", id="lab417"),
        pytest.param("F:3:tst10(1", "position 6", id="lab418"),
    ],
)
def test_a_term_that_is_none_is_an_error(term: str, says: str, lab: Ask) -> None:
    done = lab("-o", "l,index", term)
    assert (done.code, done.stdout, len(done.stderr.splitlines()), says in done.stderr) == (1, "", 1, True)


def test_unique_shows_one_record_as_a_table(lab: Ask) -> None:  # lab082
    titles, rule, record = lab("-M", "unique", "tst101").lines
    assert (titles[:5], rule[:5], record[:9]) == ("label", "-----", "tst101   ")


def test_unique_takes_equal_lines_for_one(lab: Ask) -> None:  # lab085
    assert lab("-M", "unique", "-o", "uuid", "tst005").lines == ["d63ad1d1fe5b4b1ea1f1f0a1c2b3d4e5"]


def test_unique_prints_nothing_where_several_differ(fleet: Ask) -> None:  # a008
    done = fleet("-M", "unique", "-o", "titleidxasc,accel,gw,l,serno,index", "F:44:root")
    assert (done.code, done.stdout) == (11, "")


def test_unique_counts_a_record_without_any_value(lab: Ask) -> None:
    assert lab("-M", "unique", "-o", "tcp", "tst101", "or", "inst002").code == 11


def test_complement_is_what_the_term_does_not_select(lab: Ask) -> None:  # lab086
    assert set(numbers(lab, "-M", "complement", "tst1")) == set(range(1, 41)) - TST1


def test_complement_is_of_all_terms_together(lab: Ask) -> None:  # lab087
    selected = set(numbers(lab, "tst1", "lab00"))
    assert set(numbers(lab, "-M", "complement", "tst1", "lab00")) == set(range(1, 41)) - selected
    assert len(selected) == 8


def test_usort_alone_sorts_and_leaves_one_of_equal_records(lab: Ask) -> None:  # lab089
    assert lab("-M", "usort", "-o", "l", "tst100").lines == ["TST100", "tst100"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["first", "-o", "l,pm", "F:2:PM", "lab02"], "lab02.soho;LAB02", id="lab092"),
        pytest.param(["last", "-o", "l,index,tcp", "lab00", "or", "lab01"], "tst108;192.168.1.228;25", id="lab405"),
        pytest.param(["last", "-o", "l,pm", "F:2:PM", "lab0"], "lab03.soho;LAB03", id="lab406"),
    ],
)
def test_first_and_last_are_of_the_final_selection(arguments: list[str], expected: str, lab: Ask) -> None:
    assert lab("-M", *arguments).lines == [expected]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["-o", "l,ustrg,uid", "tst204"], ["tst204;two words;acue"], id="lab117"),
        pytest.param(
            ["-o", "ctys", "tst204"],
            [f"lab02.soho[/home1/qemu/tst204/tst204.ctys,tst204,{TST204},00:50:56:13:12:04,192.168.1.234]"],
            id="lab120",
        ),
        pytest.param(
            ["-o", "ctys,l", "^lab01.*tst108"],
            [f"lab01.soho[/root/xen/tst108/tst108.conf,tst108,{TST108},00:50:56:13:11:4a,192.168.1.228]"],
            id="lab119",
        ),
        pytest.param(["-o", "tcp,l", "tst102"], ["tst102;tst102.soho"], id="lab122"),
        pytest.param(
            ["-o", "sort:2,reverse,l,pm", "^lab00.soho;XEN"],
            [f"lab00.soho;{label}" for label in "tst104 tst103 tst103 tst101 tst100 tst100 tst100".split()],
            id="lab133",
        ),
        pytest.param(["-o", "sort:1%unique,l", "tst100"], ["TST100", "tst100"], id="lab134"),
    ],
)
def test_field_lists_are_what_the_manual_says(arguments: list[str], expected: list[str], lab: Ask) -> None:
    assert lab(*arguments).lines == expected


def test_a_value_with_a_blank_does_not_tear_a_machine_line(lab: Ask) -> None:  # lab116
    (line,) = lab("-o", "machine", "tst204").lines
    assert (line.count(";"), "two words" in line) == (46, True)


def test_a_table_is_sorted_by_its_columns(lab: Ask) -> None:  # lab136
    _, _, *records = lab("-o", "sort:8", "tst10").lines
    assert records == sorted(records, key=lambda line: (line.split("|", 7)[7], line))


def test_continuation_rows_show_the_whole_value(lab: Ask) -> None:  # lab144
    (record,) = lab("-o", "machine", "tst101").lines
    _, _, *rows = lab("-o", "tab_gen:0_r_2_B", "tst101").lines
    assert "".join(rows).rstrip() == record


@pytest.mark.parametrize(
    ("columns", "terms", "expected"),
    [
        pytest.param("3_A_10%%3_B_10", ["tst101"], ["tst101    |tst101    "], id="lab148"),
        pytest.param("3_A_10%%%%1_PM_12", ["tst101"], ["tst101    |lab00.soho  "], id="lab149"),
        pytest.param("0_rec_20%%3_L_8", ["tst101"], ["lab00.soho;XEN;tst10|tst101  "], id="lab151"),
        pytest.param("43_u_10", ["tst204"], ["two words "], id="lab162"),
    ],
)
def test_a_table_shows_every_column(columns: str, terms: list[str], expected: list[str], lab: Ask) -> None:
    assert lab("-o", f"tab_gen:{columns}", *terms).lines[2:] == expected


def test_a_title_with_an_underscore_is_an_error(lab: Ask) -> None:  # lab155
    done = lab("-o", "tab_gen:3_a_b_c_10", "tst101")
    assert (done.code, done.stdout, "'3_a_b_c_10' is no column" in done.stderr) == (1, "", True)


def test_a_rule_is_as_wide_as_its_column(lab: Ask) -> None:  # lab161
    titles, rule, _ = lab("-o", "tab_gen:3_L_110%%1_PM_5", "tst101").lines
    assert (len(titles), rule) == (116, f"{'-' * 110}+-----")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["xml_gen:43_u%%23_hw", "tst203"],
            ["   <u index=43>owner=R&amp;D&lt;test&gt;</u>", "   <hw index=23>arm926,256MB,VGA</hw>"],
            id="lab170",
        ),
        pytest.param(
            ["rec_gen:23_hw%%25_loc", "tst104", "^lab01"], ["    {hw,23,},", "    {loc,25,lab00,lab01}"], id="lab171"
        ),
        pytest.param(
            ["rec_gen:3%%99%%1", "tst101"],
            ["    {Label,3,tst101},", "    {99,99,},", "    {ContainingMachine,1,lab00.soho}"],
            id="lab172",
        ),
        pytest.param(["rec_gen:21_cap_5_B", "lab02", "PM"], ["    {cap,21,QEMU,}"], id="lab177"),
    ],
)
def test_records_show_whole_values(arguments: list[str], expected: list[str], lab: Ask) -> None:
    assert [line for line in lab("-o", *arguments).lines if line.startswith("   ")] == expected


def test_records_are_sorted_as_wholes_and_numbered_then(lab: Ask) -> None:  # lab174
    lines = lab("-o", "rec_gen:3%%1,sort:2%reverse", "tst200").lines
    assert lines == [
        "record(1):={",
        "    {Label,3,tst200},",
        "    {ContainingMachine,1,lab03.soho}",
        "}",
        "record(2):={",
        "    {Label,3,tst200},",
        "    {ContainingMachine,1,lab02.soho}",
        "}",
    ]


def test_sort_does_not_tear_a_wrapped_record(fleet: Ask) -> None:  # a122
    columns = "TAB:15_X15_17_B%%13_col13_12%%38_Name38_5_B%%27_col27_23_B"
    _, _, *rows = fleet("-o", f"{columns},sort:3", "^kv").lines
    first = [row for row in rows if row.split("|")[2] == "x86_6"]
    below = [row.split("|")[2].strip() for row, before in zip(rows[1:], rows, strict=False) if before in first]
    assert (len(first) > 10, set(below)) == (True, {"4"})


@pytest.mark.parametrize(
    ("column", "terms"),
    [
        pytest.param("32_X32_5_B", ["xh01", "OR", "F:3:^web", "or", "kv03"], id="a112"),
        pytest.param("32_c32_13", ["10.23.1", "OR", "KVM", "or", "F:40:^256$"], id="a132"),
    ],
)
def test_index_is_not_lost_behind_or(column: str, terms: list[str], fleet: Ask) -> None:
    _, _, *rows = fleet("-o", f"tab_gen:{column}", *terms).lines
    assert [row.strip() for row in rows] == [str(number) for number in numbers(fleet, *terms)]
    assert all(row.strip() for row in rows)
