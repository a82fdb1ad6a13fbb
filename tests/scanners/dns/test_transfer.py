"""Transfers from fakes: servers that die, lie, stall and know better."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest

from scanners.dns import zone_reader
from scanners.dns.keys import Key
from scanners.dns.servers import Server
from scanners.dns.transfer import Fetched, Limits, Refused, Wanted, fetch
from scanners.dns.wire_names import Malformed
from tests.lab.messages import reply, soa, zone_messages
from tests.lab.scripted_nameserver import DIE, Scripted, scripted

Script = Callable[[bytes], Sequence[bytes | None]]
HOST = "host{0}.lab.example. 3600 A 192.0.2.{0}"
PATIENT = Limits(wait=20, total=60)


def hosts(*numbers: int) -> list[str]:
    return [HOST.format(number) for number in numbers]


def wanted(server: Scripted, serial: int | None = None, key: Key | None = None) -> Wanted:
    return Wanted(server=Server(server.host, server.port), zone="lab.example", serial=serial, key=key)


def fetched(script: Script, serial: int | None = None, limits: Limits = PATIENT) -> tuple[Fetched, io.BytesIO]:
    sink = io.BytesIO()
    with scripted(tcp=script) as server:
        came = fetch(wanted(server, serial), sink, limits)
    sink.seek(0)
    return came, sink


def owners(script: Script) -> list[str]:
    came, sink = fetched(script)
    return [owner for block in zone_reader.blocks(came, sink) for owner in block.owners]


def test_a_zone_ends_with_its_soa_record_in_whichever_message_that_stands() -> None:
    names = [f"host{number}.lab.example" for number in (1, 2, 3)]
    assert owners(lambda r: [*zone_messages(r, [soa(), *hosts(1, 2, 3), soa()])]) == names
    assert owners(lambda r: [*zone_messages(r, [soa()], hosts(1), hosts(2, 3), [soa()])]) == names
    assert owners(lambda r: [*zone_messages(r, [soa(), *hosts(1)], [*hosts(2, 3), soa()], hosts(4))]) == names


def test_a_server_that_dies_in_mid_transfer_gives_no_zone() -> None:
    with pytest.raises(ConnectionError, match="the server closed the connection"):
        fetched(lambda r: [*zone_messages(r, [soa(), *hosts(1)], hosts(2)), DIE])


def test_a_server_that_stalls_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError, match=r"no answer within 0\.5 s"):
        fetched(lambda r: [*zone_messages(r, [soa(), *hosts(1)])], limits=Limits(wait=0.5))


def test_a_zone_without_end_is_cut_off() -> None:
    with pytest.raises(Malformed, match="more than 20000 bytes"):
        fetched(lambda r: zone_messages(r, [soa()], *([hosts(1)] * 1000)), limits=Limits(wait=20, size=20_000))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("REFUSED", "refuses it"),
        ("NOTAUTH", "is not authoritative"),
        ("SERVFAIL", "fails"),
        ("NXDOMAIN", "knows no such zone"),
        ("YXRRSET", "answers with code 7"),
    ],
)
def test_a_refusal_says_why(code: str, problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        fetched(lambda r: [reply(r, code=code)])


def other_id(request: bytes) -> bytes:
    return bytes((request[0] ^ 0xFF, request[1])) + request[2:]


@pytest.mark.parametrize(
    "script",
    [
        lambda r: [reply(other_id(r), soa())],
        lambda r: [reply(r, *hosts(1), soa())],
        lambda r: [reply(r, soa().replace("lab.example", "else.example", 1), *hosts(1))],
        lambda r: [reply(r, soa())[:40]],
        lambda _: [b""],
        lambda _: [b"\0" * 12],
        lambda r: [r],
    ],
    ids=["another number", "no SOA first", "another zone", "cut off", "empty", "zeros", "the request itself"],
)
def test_what_is_no_transfer_is_refused(script: Script) -> None:
    with pytest.raises(Malformed):
        fetched(script)


def test_names_outside_the_zone_are_nobodys_claims() -> None:
    def script(request: bytes) -> Sequence[bytes | None]:
        foreign = ["www.bank.example. 60 A 192.0.2.66", "xlab.example. 60 A 192.0.2.66"]
        return [*zone_messages(request, [soa(), *hosts(1), *foreign, *hosts(2), soa()])]

    assert owners(script) == ["host1.lab.example", "host2.lab.example"]


def test_a_transfer_that_is_not_signed_is_refused_where_a_key_was_given() -> None:
    key = Key("transfer.lab", "hmac-sha256", b"secret")
    sink = io.BytesIO()
    with scripted(tcp=lambda r: [reply(r, soa(), *hosts(1), soa())]) as server:
        came = fetch(wanted(server, key=key), sink, PATIENT)
    sink.seek(0)
    with pytest.raises(Malformed, match="it is not signed"):
        list(zone_reader.blocks(came, sink))


def changes(*answers: str) -> tuple[str, zone_reader.Changes]:
    def script(request: bytes) -> Sequence[bytes | None]:
        return [reply(request, *answers)]

    came, sink = fetched(script, serial=1)
    return came.style, zone_reader.changes(came, sink)


def test_changes_are_summed_up() -> None:
    step1 = [soa(1), *hosts(1), soa(2), *hosts(5)]
    step2 = [soa(2), *hosts(5, 2), soa(3), *hosts(6)]
    style, found = changes(soa(3), *step1, *step2, soa(3))
    assert style == "changes"
    assert found.removed == {(f"host{n}.lab.example", "A", f"192.0.2.{n}") for n in (1, 2)}
    assert found.added == {("host6.lab.example", "A", "192.0.2.6"): 3600}


def test_a_new_ttl_is_removed_and_added() -> None:
    _, found = changes(soa(2), soa(1), *hosts(1), soa(2), HOST.format(1).replace("3600", "60"), soa(2))
    assert found.added == {("host1.lab.example", "A", "192.0.2.1"): 60}


def test_the_same_serial_says_that_nothing_changed() -> None:
    style, found = changes(soa(1))
    assert style == "same"
    assert not found.removed
    assert not found.added


def test_changes_may_come_in_many_messages() -> None:
    def script(request: bytes) -> Sequence[bytes | None]:
        return [*zone_messages(request, [soa(2)], [soa(1), *hosts(1)], [soa(2)], hosts(2), [soa(2)])]

    came, sink = fetched(script, serial=1)
    assert came.style == "changes"
    assert set(zone_reader.changes(came, sink).added) == {("host2.lab.example", "A", "192.0.2.2")}


def test_a_server_may_answer_with_the_whole_zone() -> None:
    came, _ = fetched(lambda r: [*zone_messages(r, [soa(2), *hosts(1, 2), soa(2)])], serial=1)
    assert came.style == "whole"
    assert came.serial == 2


IXFR = b"\0\xfb"


@pytest.mark.parametrize("code", ["NOTIMP", "FORMERR", "REFUSED"])
def test_a_server_that_knows_no_changes_is_asked_for_the_zone(code: str) -> None:
    def script(request: bytes) -> Sequence[bytes | None]:
        return [reply(request, code=code)] if IXFR in request else [reply(request, soa(2), *hosts(1), soa(2))]

    came, _ = fetched(script, serial=1)
    assert came.style == "whole"


def test_a_zone_that_went_back_in_time_is_fetched_anew() -> None:
    def script(request: bytes) -> Sequence[bytes | None]:
        return [reply(request, soa(5))] if IXFR in request else [reply(request, soa(5), *hosts(1), soa(5))]

    came, sink = fetched(script, serial=9)
    assert (came.style, came.serial) == ("whole", 5)
    assert sum(len(block.owners) for block in zone_reader.blocks(came, sink)) == 1


def test_an_unknown_server_is_one_line() -> None:
    with pytest.raises(OSError, match="its name has no address"):
        fetch(Wanted(server=Server("nowhere.invalid"), zone="lab.example"), io.BytesIO(), PATIENT)
