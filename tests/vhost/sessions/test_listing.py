"""LIST: what processes and guests of a host become, and how they are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.live import Running, State
from tests.commands import run
from tests.vhost.survey.answers import answer
from vhost.cache.snapshot import opened
from vhost.errors import UsageError
from vhost.query.macros import Macros
from vhost.sessions.filling import filled
from vhost.sessions.listing import listed
from vhost.sessions.output import lines, parse
from vhost.sessions.processes import Process, processes, seen
from vhost.sessions.session import COLUMNS, TITLES, Session, text
from vhost.survey.sections import sections

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
MARK = "SetEnv=VHOST_SESSION=XEN:tst100"


def process(pid: int, uid: int, gid: int, *words: str) -> str:
    name = words[0].rpartition("/")[2][:15]
    return f"{pid} {uid} {gid} {name} {chr(0).join([*words, '']).encode().hex()}"


WS2 = {
    "node": "ws2.soho",
    "machine": "x86_64",
    "user": "acue",
    "users": "acue:x:1001:300::/home/acue:/bin/sh",
    "groups": "ldapusers:x:300:",
    "cards": "card\teth0\nmac\t00:1d:60:a5:89:06\nip\t192.168.1.70/24",
    "sessions": "\n".join(
        [
            process(70, 1001, 300, "xtigervncviewer", "localhost::5950"),
            process(71, 1001, 300, "ssh", "-N", "-o", MARK, "-L", "5950:localhost:5900", "lab00"),
            process(72, 1001, 300, "ssh", "lab00", "tail", "-f", "/var/log/syslog"),
        ]
    ),
}
LAB00 = {
    "node": "lab00.soho",
    "machine": "x86_64",
    "passwd": "root:x:0:0:root:/root:/bin/sh\nacue:x:1001:300::/home/acue:/bin/sh",
    "group": "root:x:0:\nldapusers:x:300:",
    "cards": "card\teth0\nmac\t00:0e:0c:35:f8:48\nip\t192.168.1.71/24\nip\t192.168.1.72/24",
    "sessions": "\n".join(
        [
            process(80, 1001, 300, "vncviewer", "-shared", "localhost:2"),
            process(81, 0, 0, "vncviewer", "lab00.soho:1"),
            process(82, 0, 0, "/usr/bin/Xtigervnc", ":1", "-desktop", "LAB00:1 (root)", "-rfbport", "5901"),
        ]
    ),
}


def guest(label: str, mac: str | None = None, port: int | None = None, state: State = State.RUNNING) -> Running:
    macs = (mac,) if mac else ()
    return Running(host="lab00", type="XEN", label=label, macs=macs, vnc_port=port, state=state, word="r", id="1")


GUESTS = [
    guest("Domain-0"),
    guest("tst100", "00:50:56:13:11:40", 5900),
    guest("tst101", "00:50:56:13:11:41", 5902),
    guest("tst102", state=State.OFF),
]


def both() -> Sequence[Session]:
    return [
        *listed(sections(answer(WS2), "ws2"), []).sessions,
        *listed(sections(answer(LAB00), "lab00"), GUESTS).sessions,
    ]


def test_the_default_table_is_that_of_the_manual() -> None:
    assert "\n".join(lines(parse(None), both())) + "\n" == (GOLDEN / "list.txt").read_text()


def test_tab_cport_is_the_macro_that_enumerate_and_the_query_use() -> None:
    table = Macros([]).expand("macro:TAB_CPORT")

    assert "\n".join(lines(parse(table), both())) + "\n" == (GOLDEN / "list-cport.txt").read_text()


def test_machine_has_22_fields() -> None:
    titles, first, *_ = lines(parse("machine,titleidx"), both())

    assert titles.split(";")[:3] == ["ContainingMachine(1)", "SessionType(2)", "Label(3)"]
    assert len(titles.split(";")) == len(first.split(";")) == len(COLUMNS) == len(TITLES) == 22
    assert first == "ws2.soho;VNC;tst100;;;;;;5950;;70;acue;ldapusers;C;;;;;;;;"


def test_terse_has_the_columns_of_the_table_whole_and_no_heads() -> None:
    assert list(lines(parse("tab_gen:3_Label_2%%9_cport_5"), both(), terse=True))[:2] == ["tst100;5950", "ws2;"]


def test_rows_are_sorted_as_asked() -> None:
    rows = list(lines(parse("label,cport,sort:1%reverse"), both()))

    assert rows == sorted(rows, reverse=True)


@pytest.mark.parametrize(
    ("words", "kind", "label", "port"),
    [
        (["Xvnc", ":7"], "S", None, 5907),
        (["Xtigervnc", ":7", "-desktop", "host:7 (acue)", "-rfbport", "6007"], "S", "host", 6007),
        (["x0vncserver", "-display=:3", "--rfbport=5999"], "S", None, 5999),
        (["ssh", "-L5950:[::1]:5900", "lab00"], "T", None, 5950),
        (["ssh", "-L", "127.0.0.1:5950:localhost:5900", "-o", MARK, "h"], "T", "tst100", 5950),
    ],
)
def test_a_process_is_a_session_by_its_words(words: list[str], kind: str, label: str | None, port: int) -> None:
    found = seen(Process(pid=1, uid=0, gid=0, name="x", words=tuple(words)))

    assert found is not None
    assert (found.kind, found.label, found.port) == (kind, label, port)


@pytest.mark.parametrize(
    "words", [["ssh", "lab00"], ["ssh", "-L", "/run/a:/run/b", "h"], ["sshd:"], ["vncserver", ":1"]]
)
def test_other_processes_are_none(words: list[str]) -> None:
    assert seen(Process(pid=1, uid=0, gid=0, name="x", words=tuple(words))) is None


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("lab:1", "lab", 5901),
        ("lab::5", "lab", 5),
        (":2", "localhost", 5902),
        ("[::1]::5950", "::1", 5950),
        ("l:5950", "l", 5950),
    ],
)
def test_a_viewer_names_its_server(address: str, host: str, port: int) -> None:
    found = seen(Process(pid=1, uid=0, gid=0, name="x", words=("vncviewer", "-Shared", address)))

    assert found is not None
    assert (found.far, found.far_port) == (host, port)


def test_a_port_that_two_guests_claim_names_neither() -> None:
    found = listed(sections(answer(LAB00), "x"), [*GUESTS, guest("other", port=5902)])

    assert next(one for one in found.sessions if one.pid == 80).label is None


def test_a_card_with_two_addresses_has_none_here() -> None:
    [machine] = [one for one in both() if one.type == "PM" and one.pm == "lab00.soho"]

    assert (machine.mac, machine.tcp) == ("00:0e:0c:35:f8:48", None)


def test_what_only_the_cache_knows_is_filled_and_marked(tmp_path: Path) -> None:
    (tmp_path / "enum.fdb").write_text(
        "lab00.soho;XEN;tst100;/xen/tst100.conf;;00:50:56:13:11:40;192.168.1.220\n"
        "lab00.soho;XEN;tst101;/xen/a.conf;;00:50:56:13:11:41;192.168.1.221\n"
        "lab00.soho;XEN;tst101;/xen/b.conf;;00:50:56:13:11:41;192.168.1.222\n"
        "lab01.soho;XEN;tst100;/xen/tst100.conf;;00:50:56:13:11:40;192.168.1.229\n"
    )
    (tmp_path / "macmap.fdb").touch()
    with opened([tmp_path]) as snapshot:
        found = {one.label: one for one in filled(snapshot.con, both()) if one.pm == "lab00.soho" and one.type == "XEN"}

    assert (text(found["tst100"], 7), text(found["tst100"], 4)) == ("192.168.1.220*", "/xen/tst100.conf*")
    assert found["tst101"].tcp is None
    assert found["Domain-0"].filled == frozenset()


def test_an_unknown_keyword_is_one_line() -> None:
    with pytest.raises(UsageError, match="unknown keyword 'nonsense'"):
        parse("label,nonsense")
    with pytest.raises(UsageError, match="is no column"):
        parse("tab_gen:x")


def test_the_command_lists_this_host_in_json() -> None:
    done = run("vhost", "sessions", "-T", "PM", "-f", "json")

    assert done.returncode == 0, done.stderr
    [machine] = json.loads(done.stdout)
    assert list(machine) == list(COLUMNS)
    assert (machine["type"], machine["cport"]) == ("PM", None)


def test_a_label_cannot_forge_a_row() -> None:
    [row] = lines(parse("label,pm"), [Session(pm="h", type="XEN", label="a;b\nc\x1b[2J")])

    assert row == "h;a\\x3bb\\x0ac\\x1b[2J"


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6).map(tuple), max_size=4))
def test_no_words_of_a_process_make_a_traceback(many: list[tuple[str, ...]]) -> None:
    for words in many:
        for program in ("ssh", "Xvnc", "vncviewer", words[0]):
            seen(Process(pid=1, uid=1, gid=1, name="x", words=(program, *words)))


@given(st.text(max_size=200))
def test_no_answer_makes_a_traceback(said: str) -> None:
    processes(said)
    found = listed(sections(answer(LAB00, sessions=said, cards=said, node=said), "x"), [])
    assert all("\n" not in line for line in lines(parse(None), found.sessions))
