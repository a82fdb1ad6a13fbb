"""Sweeps of fakes: spoofed, lost, cut short, lame and odd answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address

import dns.message
import pytest

from scanners.dns import questions
from scanners.dns.answers import Answer
from scanners.dns.peers import Pace
from scanners.dns.questions import Question
from scanners.dns.servers import Server
from scanners.dns.sweep import sweep
from scanners.dns.wire import A
from tests.lab.messages import reply, soa
from tests.lab.scripted_nameserver import Scripted, scripted
from vhost.discover import Finding
from vhost.errors import UsageError

Rows = list[tuple[str, str, str | None]]
PATIENT = Pace(wait=3, rate=0, tries=4)
QUICK = Pace(wait=0.3, rate=0)


def name_of(request: bytes) -> str:
    return str(dns.message.from_wire(request).question[0].name)


def known(request: bytes) -> list[bytes]:
    return [reply(request, f"{name_of(request)} 60 A 192.0.2.1")]


def swept(
    servers: Iterable[Scripted], names: Iterable[str] = ("a.lab.example",), pace: Pace = PATIENT
) -> tuple[Rows, list[Finding]]:
    rows: Rows = []

    def took(_: Server, __: Question, answer: Answer) -> None:
        rows.extend((owner, kind, value) for owner, kind, value, _ in answer.rows)

    asked = [Question(name, A) for name in names]
    return rows, sweep([Server(server.host, server.port) for server in servers], asked, took, pace)


def test_every_question_has_its_answer() -> None:
    names = [f"h{number}.lab.example" for number in range(500)]
    with scripted(udp=known) as server:
        rows, findings = swept([server], names)
    assert sorted(rows) == sorted((name, "A", "192.0.2.1") for name in names)
    assert findings == []


def test_that_there_is_nothing_is_a_claim_with_zone_and_serial() -> None:
    found: list[Answer] = []
    with scripted(udp=lambda r: [reply(r, authority=soa(7), code="NXDOMAIN")]) as server:
        sweep(
            [Server(server.host, server.port)], [Question("x.lab.example", A)], lambda *a: found.append(a[2]), PATIENT
        )
    (answer,) = found
    assert answer.rows == [("x.lab.example", "A", None, 300)]
    assert (answer.zone, answer.serial) == ("lab.example", 7)


def with_number(message: bytes, change: int) -> bytes:
    return bytes((message[0] ^ change, message[1])) + message[2:]


def forged(request: bytes) -> list[bytes]:
    """Answer with another number, with another question, with the request itself, with nonsense; then truly."""
    lie = reply(request, f"{name_of(request)} 60 A 192.0.2.66")
    other = dns.message.make_query("b.lab.example", "A")
    other.id = int.from_bytes(request[:2], "big")
    return [
        with_number(lie, 0x5A),
        reply(other.to_wire(), f"{name_of(request)} 60 A 192.0.2.66"),
        request,
        b"",
        request[:2],
        *known(request),
    ]


def test_what_answers_no_question_of_ours_is_not_believed() -> None:
    with scripted(udp=forged) as server:
        rows, findings = swept([server])
    assert rows == [("a.lab.example", "A", "192.0.2.1")]
    assert findings == []


def test_records_that_were_not_asked_for_are_not_believed() -> None:
    with scripted(udp=lambda r: [reply(r, "a.lab.example. 60 A 192.0.2.1", "bank.example. 60 A 192.0.2.66")]) as server:
        assert swept([server])[0] == [("a.lab.example", "A", "192.0.2.1")]


def lossy() -> Callable[[bytes], list[bytes]]:
    seen: set[str] = set()

    def script(request: bytes) -> list[bytes]:
        name = name_of(request)
        if name in seen:
            return known(request)
        seen.add(name)
        return []

    return script


def test_what_was_lost_is_asked_again() -> None:
    with scripted(udp=lossy()) as server:
        names = [f"h{number}.lab.example" for number in range(50)]
        rows, findings = swept([server], names, Pace(wait=1, rate=0, tries=9))
    assert len(rows) == 50
    assert findings == []


def test_a_silent_server_leaves_questions_open_and_another_one_answers_them() -> None:
    with scripted() as silent, scripted(udp=known) as server:
        rows, findings = swept([silent, server], pace=Pace(wait=1, rate=0))
        assert rows == [("a.lab.example", "A", "192.0.2.1")]
        assert findings == []
        rows, findings = swept([silent], pace=QUICK)
    assert rows == []
    problem = "no answer within 0.3 s; questions left open: 1 (a.lab.example)"
    assert findings == [Finding(str(silent), problem, lost=True)]


def test_a_server_that_fails_again_and_again_is_left_alone() -> None:
    names = [f"h{number}.lab.example" for number in range(300)]
    with scripted() as silent, scripted(udp=known) as server:
        rows, findings = swept([silent, server], names, Pace(wait=1, rate=0, window=20, strikes=40))
        assert silent.udp <= 100
    assert len(rows) == 300
    assert [finding.problem for finding in findings] == ["no answer within 1 s; it is left alone from here on"]


def test_nobody_at_the_port_is_found_out_at_once() -> None:
    with scripted() as gone:
        pass
    rows, findings = swept([gone], [f"h{number}.lab.example" for number in range(100)])
    assert rows == []
    assert findings[0].problem.startswith("Connection refused; it is left alone")
    assert findings[1].problem.startswith("Connection refused; questions left open: ")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (lambda r: [reply(r, code="SERVFAIL")], "fails (SERVFAIL)"),
        (lambda r: [reply(r, code="REFUSED")], "refuses it (REFUSED)"),
        (lambda r: [reply(r, authority="example. 60 NS ns.example.", authoritative=False)], "is lame"),
        (lambda r: [reply(r, "a.lab.example. 60 A 192.0.2.1")[:-5]], "malformed answer: it is cut off"),
    ],
    ids=["servfail", "refused", "lame", "malformed"],
)
def test_a_question_that_one_server_fails_goes_to_the_next(
    script: Callable[[bytes], list[bytes]], problem: str
) -> None:
    with scripted(udp=script) as failing, scripted(udp=known) as server:
        rows, findings = swept([failing, server])
        assert rows == [("a.lab.example", "A", "192.0.2.1")]
        assert findings == []
        (finding,) = swept([failing])[1]
    assert problem in finding.problem
    assert finding.lost


def cut_short(request: bytes) -> list[bytes]:
    message = bytearray(reply(request))
    message[2] |= 0x02
    return [bytes(message)]


def test_what_was_cut_short_is_asked_over_tcp() -> None:
    with scripted(udp=cut_short, tcp=lambda r: [*known(r)]) as server:
        rows, findings = swept([server], ["a.lab.example", "b.lab.example"])
        assert server.tcp == 2
    assert sorted(rows) == [("a.lab.example", "A", "192.0.2.1"), ("b.lab.example", "A", "192.0.2.1")]
    assert findings == []


def test_who_does_not_answer_over_tcp_leaves_the_question_open() -> None:
    with scripted(udp=cut_short) as server:
        rows, (finding,) = swept([server])
    assert rows == []
    assert finding.problem.startswith("over TCP: the server closed the connection")


def test_aliases_are_followed_and_may_lead_in_circles() -> None:
    aliases = {"a.lab.example.": "b.lab.example.", "b.lab.example.": "a.lab.example."}

    def script(request: bytes) -> list[bytes]:
        name = name_of(request)
        return [reply(request, f"{name} 60 CNAME {aliases[name]}")] if name in aliases else known(request)

    with scripted(udp=script) as server:
        rows, findings = swept([server])
    assert set(rows) == {("a.lab.example", "CNAME", "b.lab.example"), ("b.lab.example", "CNAME", "a.lab.example")}
    assert findings == []


def test_a_circle_in_one_answer_is_named() -> None:
    circle = ["a.lab.example. 60 CNAME b.lab.example.", "b.lab.example. 60 CNAME a.lab.example."]
    with scripted(udp=lambda r: [reply(r, *circle)]) as server:
        rows, (finding,) = swept([server])
    assert len(rows) == 2
    assert finding.problem == "the aliases of a.lab.example lead back to a.lab.example"
    assert not finding.lost


def test_an_alias_out_of_the_zone_is_followed() -> None:
    def script(request: bytes) -> list[bytes]:
        if name_of(request) == "a.lab.example.":
            return [reply(request, "a.lab.example. 60 CNAME www.else.example.")]
        return known(request)

    with scripted(udp=script) as server:
        rows, _ = swept([server])
    assert rows == [("a.lab.example", "CNAME", "www.else.example"), ("www.else.example", "A", "192.0.2.1")]


def test_the_pace_is_kept() -> None:
    names = [f"h{number}.lab.example" for number in range(1000)]
    with scripted(udp=known) as server:
        swept([server], names, Pace(wait=1, rate=100, total=0.5))
        assert 0 < server.udp < 1000


def test_a_sweep_ends_when_its_time_is_over() -> None:
    with scripted() as silent:
        _, findings = swept([silent], [f"h{n}.lab.example" for n in range(50)], Pace(wait=5, rate=0, total=0.5))
    assert findings[0].problem == "the 0.5 s for all of them are over; questions left open: 50"
    assert findings[0].lost


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("192.0.2.0/30", 2, "192.0.2.1", "192.0.2.2"),
        ("192.0.2.4/31", 2, "192.0.2.4", "192.0.2.5"),
        ("192.0.2.7", 1, "192.0.2.7", "192.0.2.7"),
        ("192.0.2.250-192.0.3.5", 12, "192.0.2.250", "192.0.3.5"),
        ("2001:db8::1-2001:db8::ff", 255, "2001:db8::1", "2001:db8::ff"),
    ],
)
def test_a_range_is_its_addresses(text: str, count: int, first: str, last: str) -> None:
    found = questions.addresses(text) or []
    assert len(found) == count
    assert (found[0], found[-1]) == (ip_address(first), ip_address(last))


@pytest.mark.parametrize(
    "text", ["192.0.2.9-192.0.2.1", "192.0.2.1-x", "192.0.2.1-2001:db8::1", "10.0.0.0/8", "::/64", "1/2/3"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        questions.addresses(text)


def test_a_name_is_no_range() -> None:
    assert questions.addresses("web-1.lab.example") is None
