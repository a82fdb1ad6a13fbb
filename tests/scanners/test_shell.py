from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.shell import Command, commands, skim
from scanners.shell_variables import UNKNOWN
from scanners.shell_words import MOST_EXPANDED


def words(text: str) -> list[list[str]]:
    return [list(command.words) for command in commands(text)]


def seen(script: str, *, variable: str = "$A") -> str:
    """Return what the last command of a script gets for a variable."""
    return commands(f"{script}\nlast {variable}")[-1].words[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run 'a b' \"c d\" e\\ f", ["run", "a b", "c d", "e f"]),
        ("run \\\n  next", ["run", "next"]),
        ("run ne\\\nxt", ["run", "next"]),
        ("run \\\r\n  next\r\n", ["run", "next"]),
        ("run a#b # comment 'open", ["run", "a#b"]),
        ('run "it\'s \\"x\\" \\$y \\n"', ["run", 'it\'s "x" $y \\n']),
        ("run $'a\\tb\\'c'", ["run", "a\tb'c"]),
        ("run '' \"\"", ["run", "", ""]),
        ("run > out 2>&1 < in &> all >> more a", ["run", "a"]),
        ("run {a,b} *.x ~/y", ["run", "{a,b}", "*.x", "~/y"]),
        ("A=1 B='2 3' run x", ["run", "x"]),
        ("run 5$ $", ["run", "5$", "$"]),
        ("run 'open quote", ["run", "open quote"]),
        ('run "open quote', ["run", "open quote"]),
        ('run {"a":"b c","d":[1, 2]} x', ["run", '{"a":"b c","d":[1, 2]}', "x"]),
        ('run {"a" b', ["run", "{a", "b"]),
    ],
)
def test_words_lose_their_quotes(text: str, expected: list[str]) -> None:
    assert words(text) == [expected]


@pytest.mark.parametrize("sign", [";", "&&", "||", "|", "&", "\n", ";;"])
def test_commands_end_at_an_operator(sign: str) -> None:
    assert words(f"one a{sign}two b") == [["one", "a"], ["two", "b"]]


def test_reserved_words_are_no_commands() -> None:
    text = "if a; then b; elif c; then ! d; else e; fi; while f; do g; done; { h; }; (i); time j"
    assert [found[0] for found in words(text)] == list("abcdefghij")


@pytest.mark.parametrize("text", ["start() { run; }", "function start { run; }", "function start() {\n run\n}"])
def test_the_name_of_a_function_is_no_command(text: str) -> None:
    assert words(text) == [["run"]]


def test_here_documents_are_passed_over() -> None:
    assert words("cat <<EOF >x <<-'END'\nqemu -m 1\nEOF\nqemu -m 2\n\tEND\nrun") == [["cat"], ["run"]]


def test_commands_know_their_line() -> None:
    text = "# one\n\nrun \\\n a\ncat <<E\nx\nE\nNAME=1; run"
    assert commands(text) == [Command(3, ("run", "a")), Command(5, ("cat",)), Command(8, ("run",))]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("A=tst1", "tst1"),
        ("A='tst 1'", "tst"),
        ("export A=tst1", "tst1"),
        ("declare -r A=tst1", "tst1"),
        ("B=t; A=${B}st1", "tst1"),
        ("A=t; A+=st1", "tst1"),
        ("A=tst1; (A=no)", "tst1"),
        ("A=tst1; if a; then A=tst1; fi", "tst1"),
        ("A=tst1; while a; do B=$A; done", "tst1"),
        ("A=tst1; echo $A; B=no run", "tst1"),
        ("A=(tst1 tst2)", "tst1"),
    ],
)
def test_a_variable_that_the_script_fixes_is_put_in(script: str, value: str) -> None:
    assert seen(script) == value


@pytest.mark.parametrize(
    "script",
    [
        "",
        "A=$1",
        "A=$(hostname)",
        "A=`hostname`",
        "A=$((1+1))",
        "A=$OTHER",
        "A=${1:-x}",
        "A=${OTHER:-x}",
        "A=x run",
        "if a; then A=x; fi",
        "A=x; if a; then A=y; else A=z; fi",
        "a && A=x",
        "A=x; read A",
        "A=x; unset A",
        "A=x; . ./other",
        "A=x; eval $1",
        "A=x; ((A++))",
        "case $1 in\n a) A=x;;\nesac",
        "for A in x y; do run; done",
        "start() { A=x; }",
        "A[1]=x",
        "A=x; while a; do A=y; done",
    ],
)
def test_a_variable_that_the_script_leaves_open_is_unknown(script: str) -> None:
    assert seen(script) == UNKNOWN


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("if a; then A=x; run $A; fi", "x"),
        ("start() { A=x; run $A; }", "x"),
        ("A=x; if a; then A=y; else run $A; fi", "x"),
        ("for i in 1 2; do A=x; run $A; done", "x"),
        ("A=0; for i in 1 2; do run $A; A=1; done", UNKNOWN),
        ("case $1 in\n a) A=x; run $A;;\n b) A=y;;\nesac", "x"),
        ("A=x; case $1 in a) A=y;; b) run $A;; esac", "x"),
    ],
)
def test_inside_of_a_block_its_own_assignments_hold(script: str, expected: str) -> None:
    assert [found for found in words(script) if found[0] == "run"] == [["run", expected]]


@pytest.mark.parametrize(
    ("expansion", "expected"),
    [
        ("$A", ["-m", "1", "-n", "x"]),
        ('"$A"', ["-m 1  -n x"]),
        ("a${A}b", ["a-m", "1", "-n", "xb"]),
        ('"${L[@]}"', ["-m", "1 2"]),
        ("${L[@]}", ["-m", "1", "2"]),
        ("${L[1]}", ["1", "2"]),
        ("${A:-x}", ["-m", "1", "-n", "x"]),
        ("${E:-x}", [UNKNOWN]),
        ("$E", []),
        ('"$E"', [""]),
        ("${A%x}", [UNKNOWN]),
        ("${L[7]}", [UNKNOWN]),
        ("$P", ["-smp", "2", "-vnc", ":" + UNKNOWN]),
        ('"${Q[@]}"', [UNKNOWN, "-m"]),
        ("${Q[1]}", [UNKNOWN]),
        ("a$1b", ["a" + UNKNOWN + "b"]),
        ('"$@"', [UNKNOWN]),
        ("<(a b)", [UNKNOWN]),
        ("$(a \")\" ')' (b))", [UNKNOWN]),
        ("`a b`", [UNKNOWN]),
        ("${A:-${B}}", ["-m", "1", "-n", "x"]),
    ],
)
def test_expansions_become_words(expansion: str, expected: list[str]) -> None:
    script = f"""A='-m 1  -n x'; E=; L=(-m '1 2'); P="-smp 2 -vnc :$1"; Q=("$@" -m)\nrun {expansion}"""
    assert words(script) == [["run", *expected]]


def test_nothing_is_run() -> None:
    assert words("A=$(reboot); $A; `reboot`; $(reboot)") == [[UNKNOWN], [UNKNOWN], [UNKNOWN]]


def test_text_cannot_forge_what_is_unknown() -> None:
    assert words("run a\0b") == [["run", "a\ufffdb"]]


def test_what_variables_put_in_is_bounded() -> None:
    script = "A=xxxxxxxx\n" + "A=$A$A\n" * 12 + "run " + "$A " * 400
    assert sum(map(len, words(script)[-1])) <= MOST_EXPANDED


LENGTH = 1 << 18


@pytest.mark.parametrize(
    "text",
    [
        "run " + "$(" * (LENGTH // 2),
        "run " + "${" * (LENGTH // 2),
        "run " + "(" * LENGTH,
        "run " + '"$(' * (LENGTH // 3),
        "run " + '{"a":[ ' * (LENGTH // 7),
        "run " + "<<A " * (LENGTH // 4) + "\n" + "x\n" * 1000,
        "A=xxxxxxxx\n" + "A=$A$A\n" * 1000 + "run " + "$A " * (LENGTH // 8),
        "A=()\n" + "A+=(x)\n" * (LENGTH // 7),
        "A=\n" + "A+=x\n" * (LENGTH // 5),
        "".join(f"A{number}=1\neval\n" for number in range(LENGTH // 14)),
        "if a;then A=1\n" + "else\neval\n" * (LENGTH // 10),
        "".join(f"while a;do A{number}=1\n" for number in range(LENGTH // 20)) + "done\n" * (LENGTH // 20),
        "\n" * LENGTH,
    ],
    ids=lambda text: repr(text[:16]),
)
def test_hostile_scripts_take_little_time(text: str) -> None:
    began = time.process_time()
    commands(text)
    assert time.process_time() - began < 10


SCRAPS = st.sampled_from(
    [
        *("A=", "$A", "${A", "}", "$(", ")", "`", "'", '"', "\\", "\n", " ", ";", "&&", "|", "<<E", "E", "if", "then"),
        *("fi", "while", "do", "done", "case", "in", "esac", "((", "{", "(", "A+=(", "#", '{"', ">", "run", "eval"),
        *("for", "else", "function"),
    ]
)


@settings(deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=3), max_size=60).map("".join))
def test_no_script_is_too_strange(text: str) -> None:
    assert all(command.words for command in commands(text))


@settings(deadline=None)
@given(st.lists(SCRAPS.filter(lambda scrap: scrap not in {"while", "for"}), max_size=40).map(" ".join))
def test_skimming_finds_the_same_commands_where_no_loop_is(text: str) -> None:
    assert list(skim(text)) == commands(text)


def test_skimming_does_not_look_ahead_in_a_loop() -> None:
    script = "A=0; while run $A; do A=1; done"
    assert ([found.words[1] for found in skim(script)], seen(script)) == (["0"], UNKNOWN)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="'\0\r", exclude_categories=["Cs"])), min_size=1, max_size=6))
def test_quoted_words_come_back(given_words: list[str]) -> None:
    quoted = " ".join(f"'{word}'" for word in ["run", *given_words])
    assert words(quoted) == [["run", *given_words]]
