"""Where a query looks, and what `-C` and `-S` show instead; addresses as terms."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.asking import Ask, asking
from tests.few_machines import LINES, MACMAP, guests, wrong
from tests.vhost.databases import old_database


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


# -C: where to look


def test_off_shows_the_sources_in_their_order_without_additions(vhost: Ask) -> None:
    assert vhost("-C", "off", "-o", "l,t,index", "XEN").lines == ["a;10.0.0.10;2", "b;;3"]
    assert vhost("-C", "OFF,macmap", "-o", "l,t", "XEN").lines == ["a;10.0.0.10", "b;10.0.0.11"]


def test_off_makes_no_snapshot(vhost: Ask, db: Path) -> None:
    assert vhost("-C", "off", "-o", "l", "XEN").code == 0
    assert sorted(path.name for path in db.iterdir()) == ["enum.fdb", "macmap.fdb"]


def test_off_works_with_every_output_and_selection(vhost: Ask) -> None:
    assert vhost("-C", "off", "-M", "last", "-o", "tab_gen:3_l_3", "lab00", "OR", "lab01").lines[-1] == "c  "
    assert [json.loads(vhost("-C", "off", "-o", "machine", "F:3:^c$").lines[0].split(";")[31])] == [4]


def test_macmap_answers_with_names_that_are_no_machine(vhost: Ask) -> None:
    assert vhost("-C", "macmap", "-o", "t,m,dns", "other").lines == ["00:50:56:00:00:0F;10.0.0.15;other"]
    assert vhost("-C", "macmap", "-o", "m", "^lab00", "NOT", "b.cfg").lines == [
        "00:50:56:00:00:0a"
    ]  # no line, so records


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["b", "OR", "other"], ["10.0.0.11", "10.0.0.15"]),
        (["NOT", "other"], ["10.0.0.11"]),
        (["10.0.0.1", "AND", "other"], ["10.0.0.15"]),
        ([], ["10.0.0.11", "10.0.0.15"]),
    ],
)
def test_macmaponly_knows_all_operators(terms: list[str], expected: list[str], vhost: Ask) -> None:
    assert vhost("-C", "macmaponly", "-o", "ip", *terms).lines == expected


def test_macmaponly_has_titles_selection_and_order(vhost: Ask) -> None:
    lines = vhost("-C", "macmaponly", "-M", "all", "-o", "title,dns,t,sort:1%reverse").lines
    assert lines == ["TCP;DNS", "10.0.0.15;other", "10.0.0.11;b"]
    assert vhost("-C", "macmaponly", "-M", "unique", "-o", "t").code == 11
    assert vhost("-C", "macmaponly", "-M", "complement", "-o", "t", "other").lines == ["10.0.0.11"]


def test_macmaponly_is_typed_too(ask: Ask, db: Path) -> None:
    done = ask("vhost", "query", "-p", db, "--cache", "MACMAPONLY", "--format", "json", "-o", "m,ip,dns", "other")
    assert json.loads(done.stdout) == [{"mac": "00:50:56:00:00:0f", "ip": "10.0.0.15", "dns": "other"}]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-o", "l,t", "b"], "TCP, MAC and DNS only"),
        (["b"], "TCP, MAC and DNS only"),
        (["-o", "t", "F:6:b"], "plain terms"),
        (["-x", "ping", "-o", "t", "b"], "about machines"),
        (["-T", "XEN", "-o", "t", "b"], "about machines"),
    ],
)
def test_what_a_macmap_cannot_answer_is_an_error(arguments: list[str], says: str, vhost: Ask) -> None:
    wrong(vhost("-C", "macmaponly", *arguments), says)
    assert vhost("-C", "macmap", *arguments).code == 0


def test_macmaponly_needs_no_machines(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "macmap.fdb").write_text(MACMAP)
    assert ask("ctys-vhost", "-p", tmp_path, "-C", "macmaponly", "-o", "t", "b").lines == ["10.0.0.11"]


def test_rebuildcache_publishes_and_answers(vhost: Ask, db: Path) -> None:
    names = []
    for _ in range(2):
        assert vhost("-C", "rebuildcache", "-o", "l", "XEN").lines == ["a", "b"]
        names.append((db / "cache.duckdb").readlink())
    assert names[0] != names[1]


@pytest.mark.parametrize("words", ["keepall", "adjust", "KEEPALL,ADJUST,", "on"])
def test_words_without_effect_change_nothing(words: str, vhost: Ask) -> None:
    assert vhost("-C", words, "-o", "l", "XEN").lines == ["a", "b"]


def test_groups_are_terms_where_they_are_asked_for(vhost: Ask, db: Path) -> None:
    (db / "groups").mkdir()
    (db / "groups/pms").write_text("lab01.soho\n#include more\n")
    (db / "groups/more").write_text("root@lab02\n")
    assert vhost("-o", "l", "pms").lines == []
    assert vhost("-C", "groups", "-o", "l", "pms").lines == ["c", "d"]
    assert vhost("-C", "groups", "-o", "l", "NOT", "pms", "OR", "lab02").lines == ["LAB00", "a", "b", "d"]
    assert vhost("-C", "groups", "-i", "CTYS", "-o", "l", "pms[c]").lines == ["c"]


def test_a_group_that_is_wrong_stops_the_query(vhost: Ask, db: Path) -> None:
    (db / "groups").mkdir()
    (db / "groups/loop").write_text("#include loop\n")
    wrong(vhost("-C", "groups", "-o", "l", "loop"), "loop -> loop")


def test_an_empty_group_stands_for_no_record(vhost: Ask, db: Path) -> None:
    (db / "groups").mkdir()
    (db / "groups/none").write_text("# nobody\n")
    assert vhost("-C", "groups", "-o", "l", "none").lines == []


# -C and -S: instead of a query


def test_cleartmp_leaves_the_snapshot(vhost: Ask, db: Path) -> None:
    vhost("-o", "l")
    (db / "cache.duckdb.99999.tmp").touch()
    assert vhost("-X", "-C", "cleartmp").lines == [f"{db}/cache.duckdb.99999.tmp"]
    assert (db / "cache.duckdb").exists()


def test_clearall_leaves_the_sources(vhost: Ask, db: Path) -> None:
    vhost("-o", "l")
    assert len(vhost("-X", "-C", "clearall").lines) == 2
    names = {path.name for path in db.iterdir()}
    assert (names >= {"enum.fdb", "macmap.fdb"}, [name for name in names if "cache" in name]) == (True, [])
    assert vhost("-o", "l", "XEN").lines == ["a", "b"]


def test_lists_name_every_source_with_its_records(vhost: Ask, db: Path) -> None:
    guests(db, "lab00", "a", "b")
    lines = [line.split() for line in vhost("-X", "-S", "listdb").lines]
    assert [(count, Path(path).name) for _, count, path in lines] == [
        ("5", "enum.fdb"),
        ("2", "macmap.fdb"),
        ("2", "00000001.parquet"),
    ]


def test_a_source_that_cannot_be_read_is_listed_with_a_mark(vhost: Ask, db: Path) -> None:
    guests(db, "lab00", "a")
    (segment,) = (db / "scans").glob("*/*.parquet")
    segment.write_bytes(b"PAR1 nothing")
    assert [line.split()[1] for line in vhost("-X", "-S", "listdb").lines] == ["5", "2", "?"]


def test_members_of_the_cache_know_the_macmap(vhost: Ask) -> None:
    assert "lab00.soho[/x/b.cfg,b,00:50:56:00:00:0b,10.0.0.11]" in vhost("-X", "-C", "membersdb").lines
    assert "lab00.soho[/x/b.cfg,b,00:50:56:00:00:0b]" in vhost("-X", "-S", "membersdb").lines


def test_members_can_be_narrowed_by_terms(vhost: Ask) -> None:
    assert vhost("-X", "-S", "membersdb", "F:2:PM").lines == ["lab00.soho"]


def test_groups_can_be_listed_with_long_names(ask: Ask, db: Path) -> None:
    (db / "groups").mkdir()
    (db / "groups/pms").write_text("lab01.soho lab02\n")
    done = ask("vhost", "query", "-p", db, "--list", "membersgroup6:pms", "--terse")
    assert done.stdout == " lab01.soho lab02 "
    listed = ask("vhost", "query", "-p", db, "--list", "listgroup:pms", "--terse").lines
    assert [line.split()[2:] for line in listed] == [["2/0", "2", "pms"]]


# -i: addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("lab00.soho[a]", ["a"]),
        ("lab00[a]", ["a"]),
        ("lab0[a]", []),
        ("lab00.soho[b,00-50-56-00-00-0B]", ["b"]),
        ("lab00.soho[a,00-50-56-00-00-0B]", []),
        ("lab00.soho[l:b,m:0:50:56:0:0:b]", ["b"]),
        ("lab00.soho[t:10.0.0.11]", ["b"]),
        ("[6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2]", ["c"]),
        ("lab00.soho[/x/a dir/a.cfg]", ["a"]),
        ("lab01[f:c.ctys,b:/y]", ["c"]),
        ("lab01[f:.ctys]", []),
        ("lab00.soho", ["LAB00", "a", "b"]),
        ("lab00.sohoX", []),
        ("lab00xsoho", []),
    ],
)
def test_an_address_names_exactly_its_machine(address: str, expected: list[str], vhost: Ask) -> None:
    assert vhost("-i", "ctys", "-o", "l", address).lines == expected


def test_what_ctys_prints_is_read_again(vhost: Ask) -> None:
    for label in ("a", "b", "c"):
        (address,) = vhost("-o", "ctys", f"F:3:^{label}$").lines
        assert vhost("-i", "CTYS", "-o", "l", address).lines == [label]


def test_addresses_take_operators(vhost: Ask) -> None:
    assert vhost("-i", "CTYS", "-o", "l", "lab00[a] OR lab01[c]").lines == ["a", "c"]
    assert vhost("-i", "CTYS", "-o", "l", "lab00.soho", "AND", "NOT", "lab00[a]").lines == ["LAB00", "b"]


@pytest.mark.parametrize("address", ["[]", "a[b", "a]b", f"lab00[{'a,' * 101}]"])
def test_what_is_no_address_is_an_error(address: str, vhost: Ask) -> None:
    wrong(vhost("-i", "CTYS", "-o", "l", address), "-i CTYS")


# what is wrong


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-C", "foo"], "unknown keyword 'FOO'"),
        (["-C", ","], "unknown keyword"),
        (["-C", "off,macmaponly", "-o", "t"], "exclude each other"),
        (["-C", "clearall,list"], "exclude each other"),
        (["-S", "foo"], "unknown keyword 'foo'"),
        (["-S", "listdb1"], "unknown keyword"),
        (["-S", "membersgroup9:x"], "unknown form '9'"),
        (["-S", "listgroup5:x"], "unknown keyword"),
        (["-i", "foo", "x"], "unknown keyword 'foo'"),
        (["-I", "10", "x"], "level from 0 to 9"),
        (["-I", "x", "x"], "level from 0 to 9"),
        (["-c", "foo", "x"], "unknown keyword 'foo'"),
        (["-x", "foo", "x"], "unknown keyword 'FOO'"),
        (["-x", "", "x"], "unknown keyword"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], says: str, vhost: Ask) -> None:
    wrong(vhost(*arguments), says)


def test_clearing_without_permission_is_exit_8(vhost: Ask, db: Path) -> None:
    (db / "lock").mkdir()  # what nobody can lock
    done = vhost("-C", "clearall")
    assert (done.code, len(done.stderr.splitlines())) == (8, 1)


@pytest.mark.parametrize(
    "option", [["-C", "list"], ["-S", "listdb"], ["-C", "clearall"], ["-C", "off"], ["-C", "rebuildcache"]]
)
def test_a_missing_database_is_exit_7(option: list[str], ask: Ask, tmp_path: Path) -> None:
    assert ask("ctys-vhost", "-p", tmp_path / "none", *option).code == 7


def test_the_snapshot_of_a_list_is_one_that_duckdb_opens(vhost: Ask) -> None:
    (line,) = vhost("-X", "-C", "listtargets").lines
    with duckdb.connect(line.split()[-1], read_only=True) as con:
        assert con.execute("SELECT count(*) FROM machine").fetchone() == (5,)


@pytest.mark.parametrize(
    "options",
    [["-d", "2,s:16"], ["-l", "acue"], ["-L", "CF"], ["-L"], ["-r"], ["-X"], ["-I", "0"], ["-R", "ping,vm,mark"]],
    ids=" ".join,
)
def test_old_options_are_taken(options: list[str], vhost: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "up").write_text("10.0.0.10\n")
    monkeypatch.setenv("VHOST_UP_FILE", str(tmp_path / "up"))
    assert vhost(*options, "-o", "l", "^lab00.*;a;").lines == ["a"]


@pytest.mark.parametrize("letters", [["-h"], ["-H", "any"], ["-X", "-h"]])
def test_help_names_every_option(letters: list[str], ask: Ask) -> None:
    text = "\n".join(ask("ctys-vhost", *letters).lines)
    assert [letter for letter in "cCdhHiIlLMoprRsSTVxX" if f"-{letter}" not in text] == []
