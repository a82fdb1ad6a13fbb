from __future__ import annotations

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.dns import names
from scanners.dns.servers import Server, parsed
from vhost.errors import UsageError


@pytest.mark.parametrize(
    ("network", "zone"),
    [
        ("192.168.1.0/24", "1.168.192.in-addr.arpa"),
        ("192.168.1.77/24", "1.168.192.in-addr.arpa"),
        ("192.168.0.0/20", "168.192.in-addr.arpa"),
        ("10.0.0.0/8", "10.in-addr.arpa"),
        ("192.0.2.4/32", "4.2.0.192.in-addr.arpa"),
        ("2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa"),
        ("0.0.0.0/0", "in-addr.arpa"),
    ],
)
def test_a_network_is_its_reverse_zone(network: str, zone: str) -> None:
    assert names.zone(network) == zone


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Lab.Example.", "lab.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        (".", "."),
        (r"a\.b.example", r"a\.b.example"),
        (r"a\032b.example", r"a\032b.example"),
    ],
)
def test_a_name_has_one_spelling(typed: str, name: str) -> None:
    assert names.name(typed) == name


@pytest.mark.parametrize("typed", ["", "a..b", "x" * 64, "\ud800.example", f"{'a.' * 200}"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        names.name(typed)


@pytest.mark.parametrize("typed", ["1.2.3.4/99", "x/24", "/"])
def test_what_is_no_network_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is no network"):
        names.zone(typed)


@given(st.lists(st.binary(min_size=1, max_size=63), max_size=3))
def test_every_name_goes_to_the_wire_and_back(labels: list[bytes]) -> None:
    spelled = names.spelled([*labels, b""])
    assert names.wire(spelled) == dns.name.Name([*(label.lower() for label in labels), b""]).to_wire()
    assert names.name(spelled) == spelled
    assert spelled.isascii()
    assert spelled.isprintable()
    assert ";" not in spelled


@pytest.mark.parametrize(
    ("typed", "server", "spelled"),
    [
        ("192.0.2.1", Server("192.0.2.1"), "192.0.2.1"),
        ("192.0.2.1:5353", Server("192.0.2.1", 5353), "192.0.2.1:5353"),
        ("2001:DB8::1", Server("2001:db8::1"), "2001:db8::1"),
        ("[2001:db8::1]:5353", Server("2001:db8::1", 5353), "[2001:db8::1]:5353"),
        ("[2001:db8::1]", Server("2001:db8::1"), "2001:db8::1"),
        ("NS.lab.example.:53", Server("ns.lab.example"), "ns.lab.example"),
    ],
)
def test_a_server_has_an_address_or_name_and_a_port(typed: str, server: Server, spelled: str) -> None:
    assert parsed(typed) == [server]
    assert str(server) == spelled
    assert parsed(spelled) == [server]


def test_servers_are_a_list_without_repetitions() -> None:
    assert parsed("192.0.2.1, ns.lab,192.0.2.1:53") == [Server("192.0.2.1"), Server("ns.lab")]


@pytest.mark.parametrize(
    "typed", ["", ",", "a b", "192.0.2.1:0", "192.0.2.1:99999", "[x]:53", "ns:port", "-x", "a\x1b[31m", "[::1", "::1]"]
)
def test_what_is_no_server_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parsed(typed)
