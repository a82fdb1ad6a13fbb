from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platformdirs import user_config_path

from vhost.cache.place import chosen
from vhost.config import example
from vhost.config.keys import KINDS
from vhost.config.lines import lines, nearest
from vhost.config.place import place
from vhost.config.reading import checked, configuration
from vhost.config.settings import Config
from vhost.errors import SourceMissing, UsageError

ARP = next(kind for kind in KINDS if kind.name == "arp")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "vhost.toml"
    monkeypatch.setenv("VHOST_CONFIG", str(path))
    return path


def read(file: Path, text: str) -> Config:
    file.write_text(text)
    return configuration()


def problems(file: Path, text: str) -> list[str]:
    file.write_text(text)
    return [str(problem.error(file)).removeprefix(f"{file}:") for problem in checked(file)[1]]


def test_without_a_file_the_defaults_hold() -> None:
    assert configuration() == Config(path=Path.home() / ".config/vhost/config.toml")


def test_the_file_lies_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert place() == user_config_path("vhost", appauthor=False) / "config.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert place() == user_config_path("vhost", appauthor=False) / "config.toml"


def test_a_file_that_was_named_must_be_there(file: Path) -> None:
    with pytest.raises(SourceMissing, match="no such configuration"):
        configuration()
    assert not file.exists()


def test_jobs_have_their_own_values_and_those_of_the_scan_table(file: Path) -> None:
    config = read(
        file,
        '[scan]\nevery = "2h"\nparallel = 2\n'
        '[jobs.pool]\ntree = ["pool", "/etc/xen"]\nas-host = "lab00"\ntype = "xen"\nfresh = "1d"\n'
        '[jobs.lan]\narp = []\nlocalnet = true\nrate = 100\nevery = "30m"\n',
    )
    pool, lan = config.jobs["pool"], config.jobs["lan"]
    assert (pool.kind, pool.targets) == ("tree", (f"{file.parent}/pool", "/etc/xen"))
    assert (pool.text("as-host"), pool.texts("type")) == ("lab00", ("XEN",))
    assert (pool.every, pool.fresh, config.parallel) == (timedelta(hours=2), timedelta(days=1), 2)
    assert (lan.every, lan.fresh, lan.flag("localnet"), lan.number("rate", 1)) == (
        timedelta(minutes=30),
        None,
        True,
        100,
    )


def test_a_job_that_asks_something_else_is_another_one(file: Path) -> None:
    one = read(file, '[jobs.a]\ntree = "/a"\nevery = "1h"\n').jobs["a"].definition
    assert read(file, '[jobs.a]\ntree = "/a"\nevery = "2h"\n').jobs["a"].definition == one
    assert read(file, '[jobs.a]\ntree = "/b"\nevery = "2h"\n').jobs["a"].definition != one


def test_databases_are_found_by_name_and_the_default_without_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(file, 'database = "lab"\n[databases]\nlab = "db/lab"\nall = ["db/lab", "~/other"]\n')
    lab, other = file.parent / "db/lab", Path.home() / "other"
    assert chosen() == [lab]
    assert chosen("all") == [lab, other]
    assert chosen("lab:/x") == [lab, Path("/x")]
    assert chosen("./lab") == [Path("lab")]
    assert chosen("unnamed") == [Path("unnamed")]
    monkeypatch.setenv("VHOST_DB", "all")
    assert chosen() == [lab, other]


def test_everything_that_is_wrong_is_named_at_once_with_its_line(file: Path) -> None:
    assert problems(
        file,
        'databse = "lab"\n'
        "[scan]\n"
        'every = "sometimes"\n'
        "parallel = 0\n"
        "[fresh]\n"
        'machines = "1d"\n'
        "[jobs.pool]\n"
        'tree = "/vmpool"\n'
        'as_host = "lab00"\n'
        'type = ["XEM"]\n'
        "[jobs.lan]\n"
        "arp = []\n"
        "[jobs.none]\n"
        'evry = "1d"\n'
        "[jobs.both]\n"
        'tree = "/a"\n'
        'macmap = "/b"\n'
        '[jobs."a/b"]\n'
        'tree = "/a"\n'
        "[jobs.far]\n"
        'live = "lab00"\n'
        'database = "lab"\n',
    ) == [
        "1: unknown key 'databse'; did you mean database?",
        '3: scan.every must be a span of time, as "30m", "12h", "7d" or "4w"',
        "4: scan.parallel must be 1 to 64",
        "6: unknown key 'machines' in [fresh]; did you mean machine?",
        "9: unknown key 'as_host' in [jobs.pool]; did you mean as-host?",
        "10: jobs.pool.type 'XEM' is none of XEN, QEMU, LIBVIRT, VMW, VBOX, PVE, PM",
        "12: job lan has nothing to ask for without localnet or ipv6; name " + ARP.target.meaning,
        "13: job none does not say what it scans; add one of tree, arp, neighbours, dns, macmap, live",
        "14: unknown key 'evry' in [jobs.none]; did you mean every?",
        "15: job both holds tree and macmap; make a job for each",
        "18: 'a/b' is no name; names are made of letters, digits, `_`, `.` and `-`, 64 at most",
        "22: 'lab' is no name of [databases]; write ./NAME for a directory; known are none",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs = 1\n", "1: jobs must be a table; write [jobs] in a line of its own"),
        ("jobs.a = 1\n", "1: job a must be a table; write [jobs.a], and below it what it scans"),
        ("[jobs.a]\ntree = 1\n", "2: jobs.a.tree must be a path, or an array of paths"),
        ('[jobs.a]\ntree = ["/x", ""]\n', "2: jobs.a.tree must be a path, or an array of paths"),
        ("[jobs.a]\nlive = []\nconnect = true\n", "3: jobs.a.connect must be a string"),
        ("[jobs.a]\narp = []\nipv6 = 1\n", "3: jobs.a.ipv6 must be true or false"),
        ("[databases]\na = []\n", "2: database a has no directory; name one"),
        ('database = "/a:b"\n', "1: '/a:b' cannot be a database; choose a path without `:` and `,`"),
        ("a = [\n", "2: is no TOML: Invalid value; see toml.io"),
        ("a = 1\na = 2\n", "2: is no TOML: Cannot overwrite a value; see toml.io"),
        ("a = " + "9" * 5000 + "\n", "2: is no TOML: a number is too large; see toml.io"),
        ("a" + ".'b'" * 64 + " = 1\n", " is nested too deeply"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(file: Path, text: str, said: str) -> None:
    assert said in problems(file, text)


def test_a_call_names_the_first_problem_and_counts_the_others(file: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        read(file, "a = 1\nb = 2\n")
    assert "vhost.toml:1: unknown key 'a'" in str(wrong.value)
    assert "1 more problems: vhost config check" in str(wrong.value)


@pytest.mark.parametrize(
    "content",
    [b"a" * (1 << 20) + b"b", b"[" * 200_000, b"a" + b".a" * 400_000 + b" = 1", b"database = '\xff'\n", b"\0"],
)
def test_hostile_content_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError):
        configuration()


def test_a_pipe_is_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(UsageError, match="is no file"):
        configuration()


def test_a_line_is_found_behind_multi_line_values() -> None:
    found = lines('a = """\nb = 1\n[c] \'\'\' \\\\"""\n[d]\ne = [\n  "f = 1",\n]\n"g.h" . i = 2\nj = { k = 1 }\n')
    assert nearest(found, ("d", "e")) == 5
    assert nearest(found, ("d", "g.h", "i")) == 8
    assert nearest(found, ("d", "j", "k")) == 9
    assert nearest(found, ("b",)) is None


_NAMES = st.text("abc-_ .\"'\\é", min_size=1, max_size=6)


@given(st.dictionaries(_NAMES, st.dictionaries(_NAMES, st.integers(), max_size=3), max_size=4))
def test_every_key_of_a_document_has_a_line(tables: dict[str, dict[str, int]]) -> None:
    text = ""
    expected: dict[tuple[str, ...], int] = {}
    for table, pairs in tables.items():
        text += f"[{_quoted(table)}]\n"
        expected[table,] = text.count("\n")
        for key, value in pairs.items():
            text += f"{_quoted(key)} = {value}\n"
            expected[table, key] = text.count("\n")
    assert tomllib.loads(text) == tables
    found = lines(text)
    unescaped = {
        tuple(part.replace('\\"', '"').replace("\\\\", "\\") for part in path): at for path, at in found.items()
    }
    assert unescaped == expected


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_the_example_is_sound_with_and_without_its_comments(file: Path) -> None:
    assert problems(file, example.text()) == []
    bare = "\n".join(line.removeprefix("#") for line in example.text().splitlines() if not line.startswith("# "))
    assert problems(file, bare) == []
    assert {job.kind for job in checked(file)[0].jobs.values()} == {kind.name for kind in KINDS} - {"neighbours"}
