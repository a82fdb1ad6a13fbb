from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands import tree
from vhost.errors import UsageError
from vhost.groups import Groups, Member, search_path
from vhost.groups.syntax import HOSTS_LIMIT, entries, parse

LAB = {
    "all": "#include lab\n#include sub/qemuhosts\ndelphi.soho\nroot@app1.soho\n",
    "lab": "# -*- mode: conf; -*-\n# the lab PMs\nlab00\nlab01\n",
    "sub/qemuhosts": "lab02, lab03\nlab02\n",
    "ctx": "lab02'(-a create=l:LAB02,reuse -b 1,2 )'\nacue@lab03'(-a create=l:LAB03,reuse)'\n",
    "ctxall": "CONTEXT'(-b sync,par -c off)'\nroot@lab02\nlab03\n",
    "loop": "lab08\n#include ping\n",
    "ping": "#include pong\n",
    "pong": "#include loop\n",
    "missing": "#include nosuchgroup\nlab08\n",
}


def made(root: Path, files: Mapping[str, str]) -> Groups:
    return Groups([tree(root, dict(files))])


@pytest.fixture
def groups(tmp_path: Path) -> Groups:
    return made(tmp_path, LAB)


def written(members: tuple[Member, ...]) -> list[str]:
    return [member.written() for member in members]


def refused(groups: Groups, name: str) -> str:
    with pytest.raises(UsageError) as caught:
        groups.members(name)
    assert caught.value.exit_code == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("lab", ["lab00", "lab01"]),
        ("all", ["delphi.soho", "root@app1.soho", "lab00", "lab01", "lab02", "lab03", "lab02"]),
        ("sub/qemuhosts", ["lab02", "lab03", "lab02"]),
        ("sub/", ["lab02", "lab03", "lab02"]),
        ("sub", ["lab02", "lab03", "lab02"]),
        ("ctx", ["lab02'(-a create=l:LAB02,reuse -b 1,2 )'", "acue@lab03'(-a create=l:LAB03,reuse)'"]),
        ("ctxall", ["root@lab02'( -b sync,par -c off )'", "lab03'( -b sync,par -c off )'"]),
        ("nosuchhost", ["nosuchhost"]),
        ("me@nosuchhost(-a x)", ["me@nosuchhost'(-a x)'"]),
        ("me@lab", ["me@lab00", "me@lab01"]),
        ("me@ctxall", ["root@lab02'( -b sync,par -c off )'", "me@lab03'( -b sync,par -c off )'"]),
        ("lab(-c off)", ["lab00'( -c off )'", "lab01'( -c off )'"]),
        ("lab,other", ["lab00", "lab01", "other"]),
        ("2001:db8::1", ["2001:db8::1"]),
    ],
)
def test_an_argument_stands_for_hosts(groups: Groups, argument: str, expected: list[str]) -> None:
    assert written(groups.members(argument)) == expected


def test_a_member_says_where_it_stands(groups: Groups, tmp_path: Path) -> None:
    member = groups.members("all")[2]
    assert (member.host, member.user, member.context, member.file, member.line) == (
        "lab00",
        None,
        "",
        tmp_path / "lab",
        3,
    )


def test_a_host_of_the_call_stands_in_no_file(groups: Groups) -> None:
    assert groups.members("nosuchhost")[0].file is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b,c ,, d", ["a", "b", "c", "d"]),
        ("  a\t# b", ["a"]),
        ("a#b", ["a#b"]),
        ("a(-x (y) z) b'(-q ))' c", ["a'(-x (y) z)'", "b'(-q ))'", "c"]),
        ("#a", []),
        (",", []),
    ],
)
def test_a_line_holds_hosts_between_blanks_and_commas(line: str, expected: list[str]) -> None:
    assert [member.written() for member in entries(line)] == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\nb'(-x", "group:2: context options are not closed"),
        ("a(-x (y)", "group:1: context options are not closed"),
        ("(x)", "group:1: a host is missing"),
        ("a'b", "group:1: context options are not closed"),
        ("-oProxyCommand=x", "group:1: '-oProxyCommand=x' cannot be the name of a host"),
        ("me@-x", "cannot be the name of a host"),
        ("-x@me", "cannot be the name of a host"),
        ("@me", "'@me' is no host"),
        ("me@", "'me@' is no host"),
        ("x" * 256, "too long"),
        ("x(" + "y" * 5000 + ")", "too long"),
        ("a\x1b[2J", "characters that are none of text"),
        ("a;b", "characters that are none of text"),
        ("a(\x1b[2J)", "characters that are none of text"),
        ("#include", "group:1: #include without a name"),
        ("#include # lab", "group:1: #include without a name"),
        ("CONTEXT", "group:1: CONTEXT without options"),
    ],
)
def test_a_line_that_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, Path("group"))
    assert says in str(caught.value)


def test_a_context_line_holds_for_what_follows_until_the_next_one(tmp_path: Path) -> None:
    text = "a\nCONTEXT'(-1)'\nb'(-own)'\n#include sub\nCONTEXT'(-2)'\nc\n"
    groups = made(tmp_path, {"group": text, "sub": "CONTEXT'(-3)'\nd\n"})
    assert written(groups.members("group")) == ["a", "b'( -1 -own)'", "c'( -2 )'", "d'( -1 -3 )'"]


def test_includes_may_share_a_line_and_have_a_comment(tmp_path: Path) -> None:
    groups = made(tmp_path, {"group": "#include one, two # and no more\n# include three\n", "one": "a", "two": "b"})
    assert written(groups.members("group")) == ["a", "b"]


def test_a_group_that_is_included_twice_is_there_twice(tmp_path: Path) -> None:
    groups = made(tmp_path, {"group": "#include one\n#include two\n", "one": "#include two\n", "two": "a\r\n"})
    assert written(groups.members("group")) == ["a", "a"]


def test_the_first_directory_that_has_a_group_counts(tmp_path: Path) -> None:
    tree(tmp_path, {"1/lab": "first", "2/lab": "second", "2/sub/x": "x", "1/sub/y": "y", "2/sub/y": "hidden"})
    groups = Groups([tmp_path / "1", tmp_path / "2", tmp_path / "none"])
    assert (written(groups.members("lab")), written(groups.members("sub/"))) == (["first"], ["x", "y"])


def test_the_search_path_is_followed_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTYS_GROUPS_PATH", f"{tmp_path}/a::~/b:")
    monkeypatch.setenv("XDG_CONFIG_HOME", f"{tmp_path}/config")
    assert search_path([tmp_path / "db"]) == [
        tmp_path / "a",
        Path.home() / "b",
        tmp_path / "db/groups",
        tmp_path / "config/vhost/groups",
        Path.home() / ".ctys/groups",
    ]


def test_a_loop_names_its_chain(groups: Groups, tmp_path: Path) -> None:
    assert refused(groups, "ping") == (
        f"{tmp_path}/loop:2: a group includes itself: ping -> pong -> loop -> ping; remove one of these #include lines"
    )


def test_a_missing_include_names_its_chain(groups: Groups, tmp_path: Path) -> None:
    assert refused(groups, "missing").startswith(f"{tmp_path}/missing:1: no such group: missing -> nosuchgroup")


@pytest.mark.parametrize("name", ["sub/nosuch", "../lab", "/no/such/file", "nosuch/", f"a/{'x' * 5000}", ""])
def test_what_can_be_no_host_is_refused(groups: Groups, name: str) -> None:
    assert len(refused(groups, name)) < 6000


def test_an_absolute_name_is_the_file_itself(groups: Groups, tmp_path: Path) -> None:
    other = tree(tmp_path / "elsewhere", {"mine": "lab09"}) / "mine"
    assert written(groups.members(str(other))) == ["lab09"]


def nested(length: int) -> dict[str, str]:
    return {f"g{number}": f"#include g{number + 1}\n" for number in range(length)} | {f"g{length}": "end\n"}


def test_twenty_nested_includes_are_allowed(tmp_path: Path) -> None:
    assert written(made(tmp_path, nested(20)).members("g0")) == ["end"]


def test_twenty_one_nested_includes_are_not(tmp_path: Path) -> None:
    assert "more than 20 nested" in refused(made(tmp_path, nested(21)), "g0")


@pytest.mark.parametrize("leaf", ["", "end\n", "a b c d e\n" * 1000])
def test_includes_that_would_explode_end_soon(tmp_path: Path, leaf: str) -> None:
    files = {f"g{number}": f"#include g{number + 1}\n" * 20 for number in range(15)} | {"g15": leaf}
    began = time.monotonic()
    assert "more than" in refused(made(tmp_path, files), "g0")
    assert time.monotonic() - began < 5


def test_more_hosts_than_are_allowed_are_refused(tmp_path: Path) -> None:
    assert f"more than {HOSTS_LIMIT} hosts" in refused(made(tmp_path, {"g": "a " * (HOSTS_LIMIT + 1)}), "g")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    assert "larger than" in refused(made(tmp_path, {"g": "#" * 1_000_001}), "g")


def test_a_file_that_cannot_be_read_is_refused(groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "cannot be read: Permission denied" in refused(groups, "lab")


def test_what_is_no_regular_file_is_no_group(groups: Groups, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert written(groups.members("fifo")) == ["fifo"]


def test_what_editors_leave_behind_is_not_listed(tmp_path: Path) -> None:
    files = {"lab": "", "lab~": "", ".lab.swp": "", "#lab#": "", "lab.bak": "", ".git/config": "", "a\x1bb": ""}
    assert made(tmp_path, files).names() == ["lab"]


def test_a_wrong_group_does_not_hide_the_others_in_a_list(groups: Groups) -> None:
    problems: list[UsageError] = []
    rows = groups.listed([], problems)
    assert [row.place.name for row in rows] == ["all", "ctx", "ctxall", "lab", "sub/qemuhosts"]
    assert len(problems) == 4


def test_a_list_counts_own_hosts_includes_and_all_hosts(groups: Groups) -> None:
    (row,) = groups.listed(["all"], [])
    assert (len(row.group.hosts), len(row.group.includes), len(row.members)) == (2, 2, 7)


PIECES = st.sampled_from(
    ["lab", "sub/", "#include ", "CONTEXT", "'(", ")'", "(", ")", "@", ",", " ", "\n", "#", "-", "/"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=15).map("".join))


@given(text=TEXTS)
def test_any_text_is_a_group_or_refused(text: str) -> None:
    try:
        group = parse(text, Path("group"))
    except UsageError:
        return
    assert all(member.host and not member.account.startswith("-") for member in group.hosts)


@given(text=TEXTS)
def test_any_argument_stands_for_hosts_or_is_refused(text: str) -> None:
    groups = Groups([Path("/nonexistent")])
    try:
        members = groups.members(text)
    except UsageError:
        return
    assert len(members) > 0


HOSTS = st.from_regex(r"[a-z0-9][a-z0-9.:-]{0,20}", fullmatch=True)
MEMBERS = st.builds(
    Member,
    host=HOSTS,
    user=st.none() | HOSTS,
    own=st.from_regex(r"(-[a-z] [a-z0-9,=:]{1,10} ?){0,3}", fullmatch=True),
)


@given(members=st.lists(MEMBERS))
@pytest.mark.parametrize("quote", ["'", ""])
def test_what_is_written_is_read_back(members: list[Member], quote: str) -> None:
    text = "\n".join(member.written(quote) for member in members)
    assert [(one.host, one.user, one.own) for one in parse(text, Path("g")).hosts] == [
        (one.host, one.user, one.own) for one in members
    ]
