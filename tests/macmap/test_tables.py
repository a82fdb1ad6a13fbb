"""The formats of one line or one object for each claim: ethers, hosts, arpwatch, neighbours, libvirt, our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from macmap import arpwatch, csv_table, ethers, hosts, json_list, libvirt, macmap_lines, proc_arp
from macmap.entry import Entry, Parsed

MAC = "52:54:00:4e:01:33"
AT = datetime(2017, 10, 16, 8, 9, 23, tzinfo=UTC)


def lines(parse: Callable[..., Parsed], text: str) -> Parsed:
    return parse(text.splitlines(keepends=True))


@pytest.mark.parametrize("spelling", [MAC, MAC.upper(), "52-54-00-4e-1-33", "5254.004e.0133", "5254004e0133"])
def test_ethers(spelling: str) -> None:
    parsed = lines(ethers.parse, f"# a comment\n\n{spelling}\tdb01 # another\n{spelling} 192.168.1.33\n")
    assert parsed == Parsed((Entry(name="db01", mac=MAC, line=3), Entry(mac=MAC, ip="192.168.1.33", line=4)))


def test_hosts_bind_every_name() -> None:
    parsed = lines(hosts.parse, "127.0.0.1 localhost\n192.168.1.33\tdb01.soho db01 db01 # x\nfe80::1%eth0 gw\n")
    assert [(one.name, one.ip, one.line, one.segment) for one in parsed.entries] == [
        ("localhost", "127.0.0.1", 1, None),
        ("db01.soho", "192.168.1.33", 2, None),
        ("db01", "192.168.1.33", 2, None),
        ("gw", "fe80::1", 3, "eth0"),
    ]


def test_arpwatch_keeps_every_pair_with_the_time_it_was_seen_at() -> None:
    parsed = lines(arpwatch.parse, f"52:54:0:4e:1:33\t192.168.1.33\t1508141363\tdb01\teth0\n{MAC}\t192.168.1.34\n")
    assert parsed == Parsed(
        (
            Entry(name="db01", mac=MAC, ip="192.168.1.33", line=1, seen_at=AT, segment="eth0"),
            Entry(mac=MAC, ip="192.168.1.34", line=2),
        )
    )


ARP = "IP address       HW type     Flags       HW address            Mask     Device\n"


def test_the_neighbours_of_proc_without_those_that_never_answered() -> None:
    silent = "192.168.1.2 0x1 0x0 00:00:00:00:00:00 * eth0\n1.2.3.4 0x20 0x2 80:00 * ib0\n"
    text = f"{ARP}192.168.1.1 0x1 0x2 {MAC} * eth0\n{silent}"
    assert lines(proc_arp.parse, text) == Parsed((Entry(mac=MAC, ip="192.168.1.1", line=2, segment="eth0"),))


def test_the_neighbours_of_ip() -> None:
    parsed = json_list.neighbours(
        f'[{{"dst":"192.168.1.1","dev":"eth0","lladdr":"{MAC}","state":["REACHABLE"]}},\n'
        '{"dst":"192.168.1.2","dev":"eth0","state":["FAILED"]},{"dst":"fe80::1","dev":"eth0","lladdr":"'
        f'{MAC}","router":null,"state":["STALE"]}}]\n'
    )
    assert parsed == Parsed(
        (
            Entry(mac=MAC, ip="192.168.1.1", line=1, state="reachable", segment="eth0"),
            Entry(mac=MAC, ip="fe80::1", line=2, state="stale", segment="eth0"),
        )
    )


def test_the_leases_and_guests_of_a_network_of_libvirt() -> None:
    parsed = json_list.status(
        f'[\n  {{\n    "ip-address": "192.168.122.56",\n    "mac-address": "{MAC}",\n    "hostname": "db01",\n'
        '    "client-id": "ff:56",\n    "expiry-time": 1508141363\n  }\n]\n'
    )
    assert parsed == Parsed(
        (Entry(name="db01", mac=MAC, ip="192.168.122.56", line=2, hostname="db01", state="active", expires_at=AT),)
    )
    assert json_list.status(f'[{{"domain": "db01", "macs": ["{MAC}", "52:54:00:00:00:02"]}}]') == Parsed(
        (Entry(name="db01", mac=MAC, line=1), Entry(name="db01", mac="52:54:00:00:00:02", line=1))
    )


NETWORK = f"""<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>default</name>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
      <host mac='{MAC.upper()}' name='db01' ip='192.168.122.33'/>
      <host mac='{MAC}' ip='192.168.122.34'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='2001:db8:ca2:2::1' prefix='64'>
    <dhcp><host id='0:1:0:1:18:aa' name='peter' ip='2001:db8:ca2:2:3::3'/></dhcp>
  </ip>
  <bridge name='virbr0' stp='on'/>
  <dns><host ip='192.168.122.35'><hostname>db<![CDATA[02]]></hostname><hostname> alias </hostname></host></dns>
</network>
"""


def test_the_hosts_of_a_network_of_libvirt() -> None:
    parsed = libvirt.parse(NETWORK)
    assert [(one.name, one.mac, one.ip, one.duid, one.line) for one in parsed.entries] == [
        ("db01", MAC, "192.168.122.33", None, 6),
        (None, MAC, "192.168.122.34", None, 7),
        ("peter", None, "2001:db8:ca2:2:3::3", "00:01:00:01:18:aa", 11),
        ("db02", None, "192.168.122.35", None, 14),
        ("alias", None, "192.168.122.35", None, 14),
    ]
    assert {one.segment for one in parsed.entries} == {"virbr0"}
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "expected", "left"),
    [
        (MAC.upper(), "52:54", 6, "a MAC of 6 bytes expected, not '52:54'", 5),
        ("192.168.122.33", "192.168.122.333", 6, "an address expected, not '192.168.122.333'", 5),
        ("</ip>\n  <bridge", "</ipp>\n  <bridge", 12, "well-formed XML expected: mismatched tag", 3),
        ("<dns>", "<dns><a>&bad;", 14, "well-formed XML expected: undefined entity", 3),
        ("<dns>", "<a>" * 200, 14, "at most 100 elements in each other expected", 3),
        ("<network", "<!DOCTYPE n [<!ENTITY a 'b'>]><network", 1, "XML without entities of its own expected", 0),
    ],
)
def test_a_bad_spot_in_xml_is_named_and_what_stands_before_it_kept(
    old: str, new: str, line: int, expected: str, left: int
) -> None:
    parsed = libvirt.parse(NETWORK.replace(old, new, 1))
    (found,) = parsed.problems
    assert (found.line, found.problem[: len(expected)]) == (line, expected)
    assert len(parsed.entries) == left


def test_a_network_in_latin1_and_what_is_no_xml() -> None:
    text = NETWORK.replace("<network", "<?xml version='1.0' encoding='ISO-8859-1'?><network").replace(
        "peter", "p\udce9ter"
    )
    assert "p\u00e9ter" in {one.name for one in libvirt.parse(text).entries}
    assert [one.line for one in libvirt.parse("no xml").problems] == [1]
    assert [one.line for one in libvirt.parse(NETWORK.replace("peter", "p\udce9ter")).problems] == [11]


def test_lines_of_the_old_macmap() -> None:
    parsed = lines(macmap_lines.parse, f"db01;{MAC.upper()};192.168.1.33;\nb\\x3bc;;10.0.0.1\nnoip;{MAC};;\n\n")
    assert parsed == Parsed(
        (
            Entry(name="db01", mac=MAC, ip="192.168.1.33", line=1),
            Entry(name="b;c", ip="10.0.0.1", line=2),
            Entry(name="noip", mac=MAC, line=3),
        )
    )


def test_claims_as_csv_and_json_say_the_same() -> None:
    text = f'name,other,mac,ip,segment,expires_at\n"a\\x0ab",x,{MAC},192.168.1.33,eth0,2017-10-16T10:09:23+02:00\n\n'
    expected = (Entry(name="a\nb", mac=MAC, ip="192.168.1.33", line=2, segment="eth0", expires_at=AT),)
    assert lines(csv_table.parse, text) == Parsed(expected)
    as_json = (
        f'[\n{{"name": "a\\\\x0ab", "mac": "{MAC}", "ip": "192.168.1.33", "segment": "eth0", '
        '"expires_at": "2017-10-16T08:09:23Z", "seen_at": null}]'
    )
    assert json_list.claims(as_json) == Parsed(expected)


@pytest.mark.parametrize(
    ("parse", "head", "bad", "expected"),
    [
        (ethers.parse, "", "db01 52:54:00:4e:01:33", "a MAC and a name or an address expected"),
        (ethers.parse, "", f"{MAC} a b", "a MAC and a name or an address expected"),
        (hosts.parse, "", "192.168.1.333 a", "an address and names expected"),
        (hosts.parse, "", "192.168.1.3", "an address and names expected"),
        (arpwatch.parse, "", f"{MAC}\t192.168.1", "a MAC, an address, a time, a name and an interface with tabs"),
        (arpwatch.parse, "", f"{MAC}\t192.168.1.1\tsoon", "seconds since 1970 expected, not 'soon'"),
        (proc_arp.parse, ARP, "192.168.1.1 0x1 0x2", "the 6 columns of /proc/net/arp expected"),
        (proc_arp.parse, ARP, f"192.168.1.1 x 0x2 {MAC} * e", "a type and flags in hex digits expected, not 'x 0x2'"),
        (
            proc_arp.parse,
            ARP,
            "192.168.1.1 0x1 0x2 52:54 * e",
            "an address and a MAC expected, not '192.168.1.1 52:54'",
        ),
        (macmap_lines.parse, "", "db01 no", "a name, a MAC and an address with ';' behind each expected"),
        (macmap_lines.parse, "", "db01;52:54;10.0.0.1;", "a name, a MAC and an address with ';' behind each expected"),
        (csv_table.parse, "name,mac,ip\n", "a,52:54,10.0.0.1", "a MAC of 6 bytes expected, not '52:54'"),
        (csv_table.parse, "name,mac,seen_at\n", f"a,{MAC},soon", "a time as 2017-10-16T08:09:23Z expected, not 'soon'"),
        (csv_table.parse, "", "a,b", "a row with the names of the columns expected"),
    ],
)
def test_a_bad_line_is_named(parse: Callable[..., Parsed], head: str, bad: str, expected: str) -> None:
    (found,) = lines(parse, f"{head}{bad}\n").problems
    assert (found.line, found.problem[: len(expected)]) == (head.count("\n") + 1, expected)


@pytest.mark.parametrize(
    ("parse", "bad", "expected"),
    [
        (
            json_list.neighbours,
            '{"dst": "1.2.3", "lladdr": "' + MAC + '"}',
            "an address expected as 'dst', not '1.2.3'",
        ),
        (json_list.neighbours, '{"dst": "1.2.3.4", "lladdr": "52:54"}', "a MAC of 6 bytes expected, not '52:54'"),
        (json_list.status, '{"ip-address": "1.2.3.4", "expiry-time": "x"}', "seconds since 1970 expected, not 'x'"),
        (json_list.status, '{"macs": ["x"]}', "a MAC of 6 bytes expected, not 'x'"),
        (json_list.claims, '{"ip": "1.2.3.4", "seen_at": "x"}', "a time as 2017-10-16T08:09:23Z expected, not 'x'"),
    ],
)
def test_a_bad_object_is_named(parse: Callable[[str], Parsed], bad: str, expected: str) -> None:
    (found,) = parse(f"[\n{bad}]").problems
    assert (found.line, found.problem) == (2, expected)
