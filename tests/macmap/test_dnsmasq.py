"""dnsmasq: `dhcp-host` in all its forms, files that name others, leases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from macmap.dnsmasq import config, hosts, leases
from macmap.entry import Entry, Include, Parsed

Row = tuple[str | None, str | None, str | None]
MAC, OTHER = "52:54:00:4e:01:33", "52:54:00:4e:01:34"


def rows(parsed: Parsed) -> list[Row]:
    return [(one.name, one.mac, one.ip) for one in parsed.entries]


def read(text: str) -> Parsed:
    return config.parse(text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{MAC},192.168.1.33", [(None, MAC, "192.168.1.33")]),
        (f"{MAC},db01", [("db01", MAC, None)]),
        (f"{MAC},db01,192.168.1.33,45m", [("db01", MAC, "192.168.1.33")]),
        (f"{MAC},192.168.1.33,infinite", [(None, MAC, "192.168.1.33")]),
        (f"{MAC},{OTHER},192.168.1.33", [(None, MAC, "192.168.1.33"), (None, OTHER, "192.168.1.33")]),
        (f"01-{MAC},db01", [("db01", MAC, None)]),
        ("06-00:20:e0:3b:13:af,1.2.3.4", [(None, None, "1.2.3.4")]),
        ("52:54:00:*:*:*,192.168.1.33,db01", [("db01", None, "192.168.1.33")]),
        (f"{MAC.upper()},set:blue,tag:red,net:x,db01", [("db01", MAC, None)]),
        (f"{MAC},ignore", [(None, MAC, None)]),
        ("bert,192.168.0.70,infinite", [("bert", None, "192.168.0.70")]),
        ("id:01:02:02:04,192.168.0.60", [(None, None, "192.168.0.60")]),
        ("id:marjorie,192.168.0.61,marjorie", [("marjorie", None, "192.168.0.61")]),
        (f"{MAC},id:*,judge", [("judge", MAC, None)]),
        (f"{MAC},judge,[2001:DB8::33]", [("judge", MAC, "2001:db8::33")]),
        (f"{MAC},[2001:db8::33],[2001:db8::34/126]", [(None, MAC, "2001:db8::33"), (None, MAC, "2001:db8::34")]),
        (f"{MAC},judge,[::33]", [("judge", MAC, None)]),
        (f'{MAC},"db.01"', [("db.01", MAC, None)]),
        (f"0:1:2:3:4:5,{MAC} , db01 # a comment, too", [("db01", "00:01:02:03:04:05", None), ("db01", MAC, None)]),
    ],
)
def test_a_host_in_every_form(value: str, expected: list[Row]) -> None:
    for parsed in (read(f"dhcp-host={value}\n"), read(f"  dhcp-host = {value}"), hosts.parse([f"{value}\n"])):
        assert (rows(parsed), parsed.problems) == (expected, ())


def test_the_duid_of_a_v6_host() -> None:
    (entry,) = read("dhcp-host=id:00:01:00:01:16:d2:83:fc:92:d4:19:e2:d8:b2,fred,[1234::5]").entries
    assert (entry.duid, entry.ip) == ("00:01:00:01:16:d2:83:fc:92:d4:19:e2:d8:b2", "1234::5")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("52:54:00:4e:01,a", "a MAC of 6 bytes expected, not '52:54:00:4e:01'"),
        ("a,192.168.1.333", "an IPv4 address expected, not '192.168.1.333'"),
        ("a,[192.168.1.33]", "an IPv6 address in brackets expected, not '[192.168.1.33]'"),
        ("a,[1234::5", "an IPv6 address in brackets expected, not '[1234::5'"),
        ("a,id:", "a client identifier or '*' expected after 'id:'"),
        ("a,b c", "a MAC, an address, a name or a lease time expected, not 'b c'"),
        ('a,"b', "'\"' expected at the end of "),
        ("", "a MAC, an address or a name expected after dhcp-host="),
    ],
)
def test_a_bad_value_is_named_with_its_line(value: str, expected: str) -> None:
    parsed = read(f"# first\ndhcp-host={value}\ndhcp-host={MAC},good\n")
    (found,) = parsed.problems
    assert (found.line, found.problem[: len(expected)]) == (2, expected)
    assert ("good", MAC, None) in rows(parsed)


def test_the_files_that_a_configuration_names() -> None:
    text = (
        "conf-file=/etc/more.conf\nconf-dir=/etc/dnsmasq.d/,.bak,.tmp\nconf-dir=/etc/d,*.conf\n"
        "dhcp-hostsfile=/etc/dh\ndhcp-hostsdir=/etc/dhd # comment\nconf-file=\nport=0\nno-hosts\n"
    )
    parsed = read(text)
    assert parsed.includes == (
        Include("/etc/more.conf", 1),
        Include("/etc/dnsmasq.d/", 2, directory=True, without=(".bak", ".tmp")),
        Include("/etc/d", 3, directory=True, only=(".conf",)),
        Include("/etc/dh", 4, how="hosts"),
        Include("/etc/dhd", 5, how="hosts", directory=True),
    )
    assert [one.line for one in parsed.problems] == [6]


def test_quotes_protect_what_would_end_a_value() -> None:
    (include,) = read('conf-file="/etc/a, b #1\\"x"').includes
    assert include.name == '/etc/a, b #1"x'


def leased(text: str) -> Parsed:
    return leases.parse(text.splitlines(keepends=True))


def test_v4_and_v6_leases() -> None:
    parsed = leased(
        f"1508141363 {MAC} 192.168.1.133 db01 01:{MAC}\n0 {OTHER} 192.168.1.134 * *\n"
        "duid 00:01:00:01:21:4a:51:7b:52:54:00:4e:01:33\n1508141363 T5128514 2001:DB8::133 db01 00:01:02\n"
    )
    at = datetime(2017, 10, 16, 8, 9, 23, tzinfo=UTC)
    assert parsed == Parsed(
        (
            Entry(name="db01", mac=MAC, ip="192.168.1.133", line=1, hostname="db01", state="active", expires_at=at),
            Entry(mac=OTHER, ip="192.168.1.134", line=2, state="active"),
            Entry(
                name="db01", ip="2001:db8::133", line=4, duid="00:01:02", hostname="db01", state="active", expires_at=at
            ),
        )
    )


def test_other_hardware_binds_no_mac_and_the_last_line_of_an_address_wins() -> None:
    parsed = leased(f"0 06-00:20:e0 10.0.0.1 a *\n0 {MAC} 10.0.0.1 b *\n0 20-{MAC} 10.0.0.2 c *\n")
    assert rows(parsed) == [("b", MAC, "10.0.0.1"), ("c", None, "10.0.0.2")]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (f"1508141363 {MAC} 192.168.1.1", "a time, a MAC, an address, a name and a client identifier expected"),
        (f"soon {MAC} 192.168.1.1 * *", "seconds since 1970 expected, not 'soon'"),
        (f"0 {MAC} 192.168.1 * *", "an address expected, not '192.168.1'"),
        ("0 52:54 192.168.1.1 * *", "a MAC of 6 bytes expected, not '52:54'"),
    ],
)
def test_a_bad_lease_is_named(bad: str, expected: str) -> None:
    parsed = leased(f"0 {MAC} 10.0.0.9 a *\n{bad}")
    (found,) = parsed.problems
    assert (found.line, found.problem[: len(expected)]) == (2, expected)
    assert ("a", MAC, "10.0.0.9") in rows(parsed)
