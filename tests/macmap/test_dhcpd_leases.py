"""The leases of ISC dhcpd: real files, what is written in other ways, what is cut off."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macmap import dhcpd_leases
from macmap.dhcpd_lease_blocks import Log
from macmap.entry import Entry, Parsed
from tests.conftest import SHARED

LEASES = Path(os.environ.get("VHOST_CORPUS", SHARED / "corpus")) / "dhcpd/leases"
FILES = sorted(LEASES.glob("*.leases"))

LEASE = r"""lease 10.0.10.72 {
  starts 1 2015/07/06 07:50:42;
  ends 1 2015/07/06 08:20:42;
  cltt 1 2015/07/06 07:50:42;
  binding state active;
  next binding state free;
  hardware ethernet 64:5a:04:6a:07:a2;
  uid "\001dZ\004j\007\242}";
  client-hostname "Satellite-C700";
}
"""


def parse(text: str) -> Parsed:
    return dhcpd_leases.parse(text.splitlines(keepends=True))


def only(text: str) -> Entry:
    parsed = parse(text)
    assert parsed.problems == ()
    (entry,) = parsed.entries
    return entry


def bound(parsed: Parsed) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(one.name, one.mac, one.ip, one.state) for one in parsed.entries]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_address_of_a_real_file_comes_out_once_and_nothing_is_wrong(path: Path) -> None:
    text = path.read_text("utf-8", "surrogateescape")
    addresses = re.findall(r"^\s*(?:lease|iaaddr) (\S+) \{", text, re.MULTILINE)
    parsed = parse(text)
    assert parsed.problems == ()
    assert sorted(entry.ip or "" for entry in parsed.entries) == sorted(set(addresses))
    assert len(FILES) > 5


def test_a_lease_has_its_parts() -> None:
    assert only(LEASE) == Entry(
        name="Satellite-C700",
        mac="64:5a:04:6a:07:a2",
        ip="10.0.10.72",
        line=1,
        hostname="Satellite-C700",
        state="active",
        expires_at=datetime(2015, 7, 6, 8, 20, 42, tzinfo=UTC),
        seen_at=datetime(2015, 7, 6, 7, 50, 42, tzinfo=UTC),
    )


def test_the_last_lease_of_an_address_wins_even_if_it_ended() -> None:
    later = LEASE.replace("state active", "state free").replace("Satellite-C700", "other")
    assert bound(parse(LEASE + later)) == [("other", "64:5a:04:6a:07:a2", "10.0.10.72", "free")]
    assert only(LEASE + later).ended


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("epoch 1508141363", datetime(2017, 10, 16, 8, 9, 23, tzinfo=UTC)),
        ("epoch 1508141363; # Mon Oct 16 08:09:23 2017", datetime(2017, 10, 16, 8, 9, 23, tzinfo=UTC)),
        ("never", None),
    ],
)
def test_times_in_other_forms(time: str, expected: datetime | None) -> None:
    line = f"ends {time}" if "#" in time else f"ends {time};"
    assert only(LEASE.replace("ends 1 2015/07/06 08:20:42;", line)).expires_at == expected


@pytest.mark.parametrize(
    "text",
    [
        LEASE.replace("\n  ", " ").replace("\n}", " }"),
        LEASE.replace("  ", ""),
        LEASE.replace("  ", "\t"),
        LEASE.replace("\n", "\r\n"),
        LEASE.replace("binding state", "binding\n  state"),
        LEASE.replace("ends", "# a comment; with { marks }\n  ends"),
        LEASE.replace("lease ", " lease "),
    ],
    ids=["one line", "no indent", "tabs", "dos", "broken line", "comment", "indent"],
)
def test_the_layout_does_not_matter(text: str) -> None:
    assert bound(parse(text)) == bound(parse(LEASE))
    assert parse(text).problems == ()


def test_a_v6_lease_has_its_address_and_duid_and_no_mac() -> None:
    text = (
        'ia-na "\\001\\000\\000\\000\\000\\001\\000\\001\\034\\367\\020\\245\\000\'\\"3+4" {\n'
        "  cltt 3 2016/01/06 14:50:34;\n"
        "  iaaddr 2001:10:10::106 {\n    binding state active;\n    ends never;\n"
        '    on expiry {\n      log (debug, "}");\n    }\n    set ddns-fwd-name = "db01.soho.";\n  }\n}\n'
    )
    entry = only(text)
    assert (entry.ip, entry.mac, entry.name) == ("2001:10:10::106", None, "db01.soho")
    assert entry.duid == "00:01:00:01:1c:f7:10:a5:00:27:22:33:2b:34"
    assert entry.seen_at == datetime(2016, 1, 6, 14, 50, 34, tzinfo=UTC)


def test_prefixes_are_no_addresses() -> None:
    text = 'ia-pd "\\000\\000\\000\\000\\001" {\n  iaprefix 2001:10:30::/56 {\n    binding state active;\n  }\n}\n'
    assert parse(text) == Parsed()


def test_hosts_that_omapi_declared_come_out_until_they_are_deleted() -> None:
    host = "host db01 {\n  dynamic;\n  hardware ethernet 52:54:0:4e:1:33;\n  fixed-address 10.0.0.1, 10.0.0.2;\n}\n"
    assert [one.ip for one in parse(host).entries] == ["10.0.0.1", "10.0.0.2"]
    assert parse(host + "host db01 {\n  dynamic;\n  deleted;\n}\n") == Parsed()


@pytest.mark.parametrize("cut", range(len(LEASE), 2 * len(LEASE) - 1))
def test_a_file_that_is_being_written_keeps_the_leases_before_the_cut(cut: int) -> None:
    parsed = parse((LEASE + LEASE.replace("10.72", "10.73"))[:cut])
    assert bound(parsed) == bound(parse(LEASE))
    assert parsed.problems or cut == len(LEASE)


def test_a_lease_that_lacks_its_end_does_not_swallow_the_next() -> None:
    parsed = parse(LEASE.replace("}\n", "", 1).replace('\\242}"', '\\242"') + LEASE.replace("10.72", "10.73"))
    assert [one.ip for one in parsed.entries] == ["10.0.10.73"]
    assert [(found.line, found.problem) for found in parsed.problems] == [
        (10, "'}' expected: lease 10.0.10.72 of line 1 is still open")
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("10.0.10.72", "10.0.10.772", 1, "an address expected after lease, not '10.0.10.772'"),
        ("64:5a:04:6a:07:a2", "64:5a:04", 7, "a MAC of 6 bytes expected, not '64:5a:04'"),
        ("2015/07/06 08:20:42", "2015/17/06 08:20:42", 3, "a time as"),
        ("binding state active", "binding active", 5, "'state' and a state expected after binding"),
        ('"Satellite-C700";', '"Satellite-C700;', 9, "'\"' expected at the end of"),
        ("lease", "leese", 1, "lease, ia-na or host expected, not 'leese 10.0.10.72'"),
    ],
)
def test_a_bad_spot_is_named_with_its_line(old: str, new: str, line: int, expected: str) -> None:
    parsed = parse(LEASE.replace(old, new, 1) + LEASE.replace("10.72", "10.73"))
    (found,) = parsed.problems
    assert (found.line, found.problem[: len(expected)]) == (line, expected)
    assert parsed.entries[-1].ip == "10.0.10.73"


def test_other_hardware_binds_no_mac() -> None:
    assert only(LEASE.replace("ethernet 64:5a:04:6a:07:a2", "infiniband 80:00:00")).mac is None


STATEMENTS = r"""ends never;|ends epoch 7;|ends 9;|binding state free;|abandoned;|reserved;|#|uid "}";
client-hostname "a\"b";|client-hostname "x|option agent.x 0:1;|set ddns-fwd-name = "n.";
set x = 1;|hardware fddi 00:01:02:03:04:05;
hardware ethernet 0:1:2:3:4:5;|hardware infiniband 80:00;"""
PARTS = st.lists(st.sampled_from(STATEMENTS.replace("\n", "|").split("|")))


@given(PARTS)
def test_the_quick_way_and_the_thorough_one_say_the_same(parts: list[str]) -> None:
    text = "lease 10.0.0.1 {\n" + "".join(f"  {part}\n" for part in parts) + "}\n"
    thorough = Log()
    dhcpd_leases._read(thorough, 1, text.splitlines(keepends=True))
    parsed = parse(text)
    assert list(parsed.entries) == list(thorough.leases.values())
    assert list(parsed.problems) == thorough.problems.named
