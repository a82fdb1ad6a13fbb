from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhost.errors import UsageError
from vhost.query import macro_files
from vhost.query.macros import CALLS_LIMIT, LENGTH_LIMIT, Macros, builtin, calls, search_path
from vhost.query.output import parse as output

Make = Callable[..., Macros]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what makes macros from the text of files; `default` may be given without a name."""

    def made(default: str = "", **files: str) -> Macros:
        macro_files.read.cache_clear()
        for name, text in {"default": default, **files}.items():
            (tmp_path / name).write_text(text, "utf-8", "surrogateescape")
        return Macros([tmp_path])

    return made


def refused(macros: Macros, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        macros.expand(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("macro:A", "1_PM_12"),
        ("MACRO:A", "1_PM_12"),
        ("{macro:A}", "1_PM_12"),
        ("{Macro:A}x", "1_PM_12x"),
        ("macro:A%%macro:B", "1_PM_12%%3_label_8"),
        ("{macro:A}%%{macro:B}%%7", "1_PM_12%%3_label_8%%7"),
        ("{macro:A}%{macro:B}", "1_PM_12%3_label_8"),
        ("macro:A,title", "1_PM_12,title"),
        ("macro:A}", "1_PM_12}"),
        ("-o macro:A macro:B", "-o 1_PM_12 3_label_8"),
        ("macro:A%other", "theirs"),
        ("macro:A%other%7_TCP_15", "theirs%7_TCP_15"),
        ("macro:A%other%optional", "theirs"),
        ("macro:A%OPTIONAL%other", "theirs"),
        ("{macro:A%other%OPTIONAL}", "theirs"),
        ("macro:NONE%optional", ""),
        ("macro:NONE%nofile%OPTIONAL", ""),
        ("x{macro:NONE%Optional}y", "xy"),
        ("macro:NONE%OPTIONAL%%macro:A", "%%1_PM_12"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_calls_are_replaced(make: Make, text: str, expected: str) -> None:
    assert make("A = 1_PM_12\nB=3_label_8\n", other="A=theirs\n").expand(text) == expected


def test_an_absolute_file_is_read_as_it_is(make: Make, tmp_path: Path) -> None:
    assert make(other="A=theirs\n").expand(f"macro:A%{tmp_path}/other") == "theirs"


def test_a_nested_call_looks_in_its_own_file_first(make: Make) -> None:
    macros = make("ATOM = mine\n", other="OUTER = {macro:ATOM}-{macro:A2}\nATOM = theirs\nA2 = 2\n")
    assert macros.expand("macro:OUTER%other macro:ATOM") == "theirs-2 mine"


def test_a_nested_call_that_its_own_file_does_not_know_is_searched_in_the_default_ones(make: Make) -> None:
    assert make("ATOM = mine\n", other="OUTER = <macro:ATOM macro:F_PM\n").expand("macro:OUTER%other") == (
        "<mine 1_PM_15"
    )


def test_a_file_of_the_user_goes_before_the_built_in_one(make: Make) -> None:
    assert make("F_PM = 1_host_9\n").expand("macro:F_PM macro:F_TCP") == "1_host_9 7_TCP_15"


def test_the_search_path_is_followed_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTYS_MACRO_PATH", f"{tmp_path}/a::{tmp_path}/b")
    monkeypatch.setenv("XDG_CONFIG_HOME", f"{tmp_path}/config")
    assert search_path([tmp_path / "db"]) == [
        tmp_path / "a",
        tmp_path / "b",
        tmp_path / "db/macros",
        tmp_path / "config/vhost/macros",
        Path.home() / ".ctys/macros",
    ]


def test_definitions_are_split_at_the_first_equals_sign_and_may_continue(make: Make) -> None:
    ignored = "# X = comment\n  # Y = too\n= nameless\nno definition\n"
    macros = make(f"{ignored}EQ=a=b=c\nCONT = tab_gen:1%%\\\n3\nWINDOWS = a\\\r\nb\r\n")
    (file,) = [macro_files.read(path) for path in macros.files("default")[:1]]
    assert file.definitions == (("EQ", "a=b=c"), ("CONT", "tab_gen:1%%3"), ("WINDOWS", "ab"))


def test_whole_options_come_from_a_macro_and_an_empty_one_drops_its_argument(make: Make) -> None:
    macros = make("OPT = -o tab_gen:1_PM_15  -M first\nEMPTY =\n")
    expanded = macros.expand_all(["macro:OPT", "macro:EMPTY", "macro:NO%optional", "two words", ""])
    assert expanded == ["-o", "tab_gen:1_PM_15", "-M", "first", "two words", ""]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("macro:NOSUCH", "macro:NOSUCH: no such macro"),
        ("macro:a", "case-sensitive"),
        ("macro:A%nofile", "macro:A%nofile: no such macro file"),
        ("macro:B%other", "macro:B%other: no such macro;"),
        ("macro:DUP", "DUP is defined 2 times"),
        ("macro:DUP%OPTIONAL", "DUP is defined 2 times"),
        ("macro:LOOP", "calls itself: LOOP -> LOOP"),
        ("macro:PING", "calls itself: PING -> PONG -> PING"),
        ("macro:", "names no macro"),
        ("macro:%A", "names no macro"),
        (f"macro:{'x' * 300}", "names no macro"),
        ("{macro:A", "brace is not closed"),
        ("{macro:A B}", "brace is not closed"),
        ("{macro:A%other%third}", "more than one file"),
        (f"macro:A%{'x' * 5000}", "no such macro file"),
    ],
)
def test_a_mistake_is_one_short_line(make: Make, text: str, says: str) -> None:
    macros = make("A=1\nDUP=1\nDUP=2\nLOOP=x macro:LOOP\nPING={macro:PONG}\nPONG={macro:PING}\n", other="A=theirs\n")
    message = refused(macros, text)
    assert says in message
    assert (len(message) < 500, "\n" in message) == (True, False)


def chained(length: int) -> str:
    return "".join(f"M{number} = {{macro:M{number + 1}}}\n" for number in range(1, length)) + f"M{length} = end\n"


def test_twenty_levels_are_allowed(make: Make) -> None:
    assert make(chained(20)).expand("macro:M1") == "end"


def test_twenty_one_levels_are_not(make: Make) -> None:
    assert "nested more than 20 deep: M1 -> M2" in refused(make(chained(21)), "macro:M1")


@pytest.mark.parametrize("leaf", ["", "x", "x" * 100])
@pytest.mark.parametrize("times", [2, 50])
def test_an_expansion_that_would_explode_ends_soon(make: Make, leaf: str, times: int) -> None:
    text = "".join(f"E{number} = {f'{{macro:E{number + 1}}} ' * times}\n" for number in range(1, 20))
    macros = make(f"{text}E20 = {leaf}\n")
    began = time.monotonic()
    message = refused(macros, "macro:E1")
    assert "macro:E1: needs more than" in message
    assert time.monotonic() - began < 5


def test_many_arguments_share_one_bound(make: Make) -> None:
    with pytest.raises(UsageError, match="needs more than"):
        make("A = 1\n").expand_all(["macro:A"] * (CALLS_LIMIT + 1))


@pytest.mark.parametrize(
    "text",
    ["{macro:" * 200_000, "{macro:A%" * 150_000, "macro:A" + "%b" * 500_000, "macro:" * 200_000, "{" * 1_000_000],
)
def test_a_long_argument_is_read_in_linear_time(make: Make, text: str) -> None:
    macros = make("A = 1\n")
    began = time.monotonic()
    try:
        macros.expand(text)
    except UsageError as error:
        assert len(str(error)) < 500  # noqa: PT017 - some of these texts are calls and some are not
    assert time.monotonic() - began < 5


PIECES = st.sampled_from(["macro:", "MACRO:", "{", "}", "%", "%%", ",", " ", "A", "B", "LOOP", "%OPTIONAL", "%f", "\0"])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@given(text=TEXTS)
def test_any_text_is_expanded_or_refused(text: str) -> None:
    macros = Macros([])
    try:
        expanded = macros.expand(text)
    except UsageError:
        return
    assert expanded == text or "macro:" in text.lower()


@given(text=TEXTS, body=TEXTS)
def test_any_macro_file_is_read_and_its_macros_expanded_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, body: str
) -> None:
    directory = tmp_path_factory.mktemp("macros")
    (directory / "default").write_text(f"A={body}\n{text}", "utf-8", "surrogatepass")
    macros = Macros([directory])
    try:
        expanded = macros.expand("macro:A")
    except UsageError:
        return
    assert len(expanded) <= LENGTH_LIMIT


@given(text=TEXTS)
def test_a_definition_is_one_line_with_a_name(text: str) -> None:
    for name, body in macro_files.parse(text):
        assert name.strip() == name != ""
        assert "\n" not in name + body


@given(name=st.text(st.characters(exclude_characters="{},%", exclude_categories=["Z", "C"]), min_size=1, max_size=20))
def test_a_call_in_braces_names_the_same_macro_as_one_without(name: str) -> None:
    assert calls(f"{{macro:{name}}}") == calls(f"macro:{name}")


def test_a_macro_file_that_is_too_large_is_refused(make: Make) -> None:
    assert "larger than" in refused(make("A = " + "x" * 1_000_001), "macro:A")


def test_a_macro_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "default").write_text("A = 1\n")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "cannot be read: Permission denied" in refused(Macros([tmp_path]), "macro:A")


@pytest.mark.parametrize("name", [name for name, _ in builtin().definitions])
def test_a_built_in_macro_expands_to_something(name: str) -> None:
    assert "macro:" not in Macros([]).value(name)


@pytest.mark.parametrize("name", [name for name, _ in builtin().definitions if name.startswith(("TAB_", "v"))])
def test_a_built_in_table_is_an_output(name: str) -> None:
    assert output(Macros([]).value(name).removeprefix("-o ")) is not None


@pytest.mark.parametrize(
    "name", [name for name, body in builtin().definitions if name.startswith("TAB_LST_") or body.startswith("-a list=")]
)
def test_a_built_in_table_of_sessions_shows_fields_that_sessions_have(name: str) -> None:
    columns = Macros([]).value(name).split("tab_gen:")[1].split("%%")
    assert {int(column.split("_")[0]) for column in columns} <= set(range(1, 23))


def test_names_are_those_that_need_no_file(make: Make) -> None:
    names = make("OWN = 1\n", other="THEIRS = 2\n").names()
    assert ("OWN" in names, "THEIRS" in names, "TAB_CPORT" in names, names == sorted(names)) == (
        True,
        False,
        True,
        True,
    )
