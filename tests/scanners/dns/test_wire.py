"""The reader of messages: what dnspython makes of them, and nothing of what is broken."""

from __future__ import annotations

import tracemalloc
from ipaddress import IPv6Address
from itertools import pairwise

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.renderer
import dns.rrset
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanners.dns.names import spelled
from scanners.dns.wire import TYPES, block
from scanners.dns.wire_names import Malformed, Names

LABEL = st.one_of(
    st.from_regex(rb"\A[a-zA-Z0-9_-]{1,20}\Z"),
    st.binary(min_size=1, max_size=63),
    st.sampled_from([b"a.b", b"x" * 63, b"\n", b"\\", b'"', b";", b"\x1b[31m", b"\xff"]),
)
NAME = st.lists(LABEL, min_size=0, max_size=4).filter(lambda labels: sum(map(len, labels)) + len(labels) < 200).map(
    lambda labels: dns.name.Name([*labels, b"lab", b"example", b""])
)  # fmt: skip
ADDRESS = st.ip_addresses(v=4).map(str)
RECORD = st.one_of(
    st.tuples(NAME, st.just("A"), ADDRESS),
    st.tuples(NAME, st.just("AAAA"), st.ip_addresses(v=6).map(str)),
    st.tuples(NAME, st.just("PTR"), NAME.map(lambda name: name.to_text())),
    st.tuples(NAME, st.just("CNAME"), NAME.map(lambda name: name.to_text())),
    st.tuples(NAME, st.just("MX"), NAME.map(lambda name: f"10 {name.to_text()}")),
    st.tuples(NAME, st.just("TXT"), st.sampled_from(['"plain"', '"a;b" "c\\"d"', '""'])),
    st.tuples(NAME, st.just("SSHFP"), st.just("4 2 " + "ab" * 32)),
    st.tuples(NAME, st.just("SOA"), st.just("ns.lab.example. admin.lab.example. 7 1 2 3 4")),
)
Record = tuple[dns.name.Name, str, str]


def message(records: list[Record]) -> bytes:
    made = dns.message.make_response(dns.message.make_query("lab.example.", "AXFR"))
    for owner, kind, value in records:
        made.answer.append(dns.rrset.from_text(owner, 3600, "IN", kind, value))
    return made.to_wire(max_size=65535)


def as_dnspython_reads(wire: bytes) -> list[tuple[str, str, int, str]]:
    rows = []
    for found in dns.message.from_wire(wire, one_rr_per_rrset=True).answer:
        if found.rdtype in TYPES:
            data = found[0]
            value = spelled(data.target.labels) if hasattr(data, "target") else data.to_text()
            value = str(IPv6Address(value)) if TYPES[found.rdtype] == "AAAA" else value
            rows.append((spelled(found.name.labels), TYPES[found.rdtype], found.ttl, value))
    return rows


def as_we_read(wire: bytes) -> list[tuple[str, str, int, str]]:
    found = block(wire)
    return list(zip(found.owners, found.types, found.ttls, found.values, strict=True))


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(st.lists(RECORD, max_size=20))
@example([(dns.name.from_text("a\\.b.lab.example"), "A", "192.0.2.1")])
@example([(dns.name.from_text("lab.example"), "A", "192.0.2.1"), (dns.name.root, "PTR", ".")])
def test_every_message_says_what_dnspython_reads_in_it(records: list[Record]) -> None:
    wire = message(records)
    assert as_we_read(wire) == as_dnspython_reads(wire)


@given(st.lists(RECORD, min_size=1, max_size=8), st.data())
@settings(max_examples=300)
def test_a_mutated_message_is_read_or_refused_and_nothing_else(records: list[Record], data: st.DataObject) -> None:
    wire = bytearray(message(records))
    for _ in range(data.draw(st.integers(1, 12))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(wire)))
    for mutated in (bytes(wire), bytes(wire[:cut])):
        try:
            found = block(mutated)
        except Malformed:
            continue
        assert len(found.owners) == len(found.types) == len(found.ttls) == len(found.values)
        assert all(name.isascii() and name.isprintable() for name in found.owners)


@given(st.binary(max_size=600))
def test_random_bytes_are_read_or_refused(wire: bytes) -> None:
    try:
        found = block(wire)
    except Malformed:
        return
    assert found.end <= len(wire)


def head(answers: int) -> bytes:
    return bytes(6) + answers.to_bytes(2, "big") + bytes(4)


RECORD_END = b"\0\1\0\1\0\0\0\1\0\4\1\2\3\4"


def test_a_pointer_at_itself_is_refused() -> None:
    with pytest.raises(Malformed, match="points forward, at itself"):
        block(head(1) + b"\xc0\x0c" + RECORD_END)


def test_pointers_that_chase_each_other_are_refused() -> None:
    with pytest.raises(Malformed, match="points forward"):
        block(head(1) + b"\xc0\x0e\xc0\x0c" + RECORD_END)


def test_a_name_of_more_than_255_bytes_is_refused() -> None:
    with pytest.raises(Malformed, match="more than 255 bytes"):
        block(head(1) + (b"\x3f" + b"x" * 63) * 4 + b"\0" + RECORD_END)


def test_names_that_grow_from_record_to_record_are_refused_when_they_are_too_long() -> None:
    wire, at, before = b"", 12, b"\0"
    for _ in range(60):
        owner = b"\x09" + b"y" * 9 + before
        before = (0xC000 | at).to_bytes(2, "big")
        wire += owner + RECORD_END
        at += len(owner) + len(RECORD_END)
    with pytest.raises(Malformed, match="more than 255 bytes"):
        block(head(60) + wire)


def test_a_long_chain_of_pointers_is_refused() -> None:
    pointers = b"".join((0xC000 | (12 + 2 * at)).to_bytes(2, "big") for at in range(200))
    names = Names(bytes(10) + b"\1a" + pointers)  # the name at 10 never ends, it begins with two bytes of label
    with pytest.raises((Malformed, IndexError)):
        names.at(10 + 2 + 398)


def test_more_records_than_there_are_is_refused() -> None:
    with pytest.raises(Malformed, match="cut off"):
        block(head(2) + b"\1a\0" + RECORD_END)


def test_an_address_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(Malformed, match="wrong size"):
        block(head(1) + b"\1a\0\0\1\0\1\0\0\0\1\0\3\1\2\3")


def test_a_name_that_does_not_end_with_its_record_is_refused() -> None:
    with pytest.raises(Malformed, match="does not end where its record does"):
        block(head(1) + b"\1a\0\0\x0c\0\1\0\0\0\1\0\4\1b\0\0")


def test_a_ttl_with_its_first_bit_set_is_zero() -> None:
    found = block(head(1) + b"\1a\0\0\1\0\1\xff\0\0\1\0\4\1\2\3\4")
    assert found.ttls == [0]


def test_records_of_another_class_are_no_claims() -> None:
    assert block(head(1) + b"\1a\0\0\1\0\3\0\0\0\1\0\4\1\2\3\4").owners == []


def test_marks_stand_where_the_soa_records_do() -> None:
    zone = dns.name.from_text("lab.example")
    soa: Record = (zone, "SOA", "ns.lab.example. admin.lab.example. 7 1 2 3 4")
    found = block(message([soa, (dns.name.from_text("a.lab.example"), "A", "192.0.2.1"), soa]))
    assert [(mark.index, mark.zone, mark.serial) for mark in found.marks] == [
        (0, "lab.example", 7),
        (1, "lab.example", 7),
    ]
    assert found.last_is_soa


def test_hostile_messages_take_memory_in_proportion_to_their_size() -> None:
    labels = b"".join(b"\1" + bytes([97 + at % 26]) for at in range(120)) + b"\0"
    pointing = b"".join((0xC000 | (12 + 2 * (at % 118))).to_bytes(2, "big") + RECORD_END for at in range(4000))
    wire = head(4001) + labels + RECORD_END + pointing
    tracemalloc.start()
    found = block(wire)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.owners) == 4001
    assert peak < 64 * len(wire)


def test_lengths_are_those_of_the_wire_not_of_the_escapes() -> None:
    name = dns.name.Name([b"\x01" * 60, b"\x02" * 60, b"\x03" * 60, b""])
    found = block(message([(name, "A", "192.0.2.1")]))
    assert found.owners[0].count("\\") == 180
    assert all(one != other for one, other in pairwise(found.owners[0].split(".")))
