from __future__ import annotations

import pytest

from macmap.dhcpd import parse
from tests.macmap.dhcpd_texts import MAC, bound, host, rows, spots

ONE = [("a", MAC, "10.0.0.1")]


@pytest.mark.parametrize(
    "text",
    [
        f"host a {{ hardware ethernet {MAC}; fixed-address 10.0.0.1; }}",
        f"host a\n{{\n  fixed-address 10.0.0.1;\n  hardware ethernet {MAC};\n}}\n",
        f"host a{{hardware ethernet {MAC};fixed-address 10.0.0.1;}}",
        f"HOST a {{ Hardware Ethernet {MAC.upper()}; FIXED-ADDRESS 10.0.0.1; }}",
        f'host "a" {{ hardware ethernet {MAC}; fixed-address 10.0.0.1; option host-name "x;}}y"; }}',
        f"host a {{ # }}\n hardware # ethernet 1;\n ethernet {MAC} # ;\n ; fixed-address 10.0.0.1; }} # host b {{ }}",
        "host a { hardware ethernet 52:54:0:0:0:1; fixed-address 10.0.0.1; };",
        "host a { hardware ethernet 52 : 54:00 :00:00:01; fixed-address 10.0.0.1; }\r\n",
        f"host a {{ hardware token-ring {MAC}; fixed-address 10.0.0.1; }}",
    ],
)
def test_a_host_is_found_however_it_is_written(text: str) -> None:
    assert bound(text) == ONE


@pytest.mark.parametrize(
    "around",
    [
        "group {{ {} }}",
        'group office {{ option domain-name "soho"; {} }}',
        "subnet 10.0.0.0 netmask 255.0.0.0 {{ {} range 10.0.0.5 10.0.0.9; }}",
        "shared-network x {{ subnet 10.0.0.0 netmask 255.0.0.0 {{ group {{ group {{ {} }} }} }} }}",
        "subnet 10.0.0.0 netmask 255.0.0.0 {{ pool {{ range 10.0.0.5 10.0.0.9; {} }} }}",
        'class "c" {{ match if option user-class = "x"; }} {}',
        'zone soho. {{ primary 127.0.0.1; key k; }} key k {{ algorithm hmac-md5; secret "abc="; }}; {}',
        'failover peer "f" {{ primary; address 10.0.0.2; port 647; mclt 3600; split 128; }} {}',
        'if option user-class = "x" {{ filename "a"; }} elsif known {{ next-server a.b; }} else {{ deny bootp; }} {}',
        'switch (option user-class) {{ case "x": filename "a"; break; case 01:02: break; default: break; }} {}',
        'on commit {{ set x = concat("}}", "{{"); execute("a", "b;"); }} {}',
        "option a.b code 1 = {{ array of unsigned integer 8, text }}; option space a; {}",
    ],
)
def test_a_host_is_found_wherever_it_stands(around: str) -> None:
    assert bound(around.format(host("a"))) == ONE


def test_each_address_of_a_host_is_an_entry() -> None:
    text = f"host a {{ hardware ethernet {MAC}; fixed-address 10.0.0.2, a.soho,10.0.0.1 ; fixed-address 10.0.0.2; }}"
    assert bound(text) == [("a", MAC, "10.0.0.2"), ("a", MAC, "a.soho"), ("a", MAC, "10.0.0.1")]


def test_a_host_without_mac_or_address_is_an_entry_too() -> None:
    text = f"host a {{ }} host b {{ hardware ethernet {MAC}; }} host c {{ fixed-address 10.0.0.3; }}"
    assert bound(text) == [("a", None, None), ("b", MAC, None), ("c", None, "10.0.0.3")]


def test_hosts_with_one_mac_stay_two() -> None:
    assert bound(host("a") + host("b")) == [("a", MAC, "10.0.0.1"), ("b", MAC, "10.0.0.1")]


def test_a_host_knows_its_line_and_the_name_it_gives_its_client() -> None:
    (entry,) = parse('\n\nhost a {\n option host-name "db\\x30\\061";\n}').entries
    assert (entry.line, entry.hostname) == (3, "db01")


@pytest.mark.parametrize("identifier", ["00:01:0:a:BB", "00:01:00 :0a:bb", r'"\000\001\x00\n\xbb"'])
def test_a_v6_host_is_bound_by_its_duid(identifier: str) -> None:
    text = (
        f"host a {{ host-identifier option dhcp6.client-id {identifier}; fixed-address6 2001:DB8::0:1, 2001:db8::2; }}"
    )
    parsed = parse(text)
    assert [(entry.duid, entry.ip) for entry in parsed.entries] == [
        ("00:01:00:0a:bb", "2001:db8::1"),
        ("00:01:00:0a:bb", "2001:db8::2"),
    ]


def test_another_identifier_is_no_duid() -> None:
    first = 'host a { host-identifier option agent.circuit-id "x"; }'
    second = "host b { host-identifier v6relopt 1 dhcp6.remote-id 01; }"
    assert [entry.duid for entry in parse(first + second).entries] == [None, None]


def test_a_deleted_host_is_none() -> None:
    assert bound(f"host a {{ dynamic; deleted; }} {host('b')}") == [("b", MAC, "10.0.0.1")]


def test_an_infiniband_host_has_no_mac() -> None:
    assert bound("host a { hardware infiniband 80:00:02:20:fe:80; fixed-address 10.0.0.1; }") == [
        ("a", None, "10.0.0.1")
    ]


def test_bytes_that_are_no_text_stay_in_a_name() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert bound(host(name)) == [(name, MAC, "10.0.0.1")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("host a { hardware ethernet 00:11:22:33:44; }", 1, "a MAC of 6 bytes"),
        ("host a { hardware 00:11:22:33:44:55; }", 1, "ethernet, token-ring"),
        ("host a {\n fixed-address 10.0.0.300; }", 2, "an IPv4 address or a name"),
        ("host a {\n fixed-address 10.0.0.1,; }", 2, "an IPv4 address or a name"),
        ("host a { fixed-address 2001:db8::1; }", 1, "an IPv4 address or a name"),
        ("host a { fixed-address6 10.0.0.1; }", 1, "an IPv6 address"),
        ("host a { fixed-prefix6 2001:db8::/200; }", 1, "an IPv6 prefix"),
        ("host a { host-identifier dhcp6.client-id 01; }", 1, "'option', a name and a value"),
        ("host a { host-identifier option dhcp6.client-id x; }", 1, "a DUID"),
        ("host { }", 1, "the name of the host"),
        ("host a b { }", 1, "'{' expected after host"),
        ("\nfixd-address 10.0.0.1;", 2, "a parameter or declaration"),
        ("option domain-nam x;", 1, "a known option"),
        ("option foo.bar x;", 1, "a declared option space"),
        ("option routers 10.0.0.1 10.0.0.2;", 1, "IPv4 addresses or names with commas"),
        ("option ip-forwarding maybe;", 1, "true or false"),
        ("default-lease-time soon;", 1, "a number"),
        ("filename pxelinux.0;", 1, "a text in quotes"),
        ("option host-name = ;", 1, "an expression"),
        ('log(info, concat("a", "b");', 1, "as many ')' as '('"),
        ("hardware ethernet 00:11:22:33:44:55;", 1, "outside of any block"),
        ("if known { host a { } }", 1, "in a condition"),
        ("subnet 10.0.0.0 netmask 255.0.255.0 { }", 1, "the address and mask of a network"),
        ("subnet 10.0.0.1 netmask 255.0.0.0 { }", 1, "the address and mask of a network"),
        ("subnet6 2001:db8:: { }", 1, "'/' and the bits"),
        ("subnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.5-9; }", 1, "one or two IPv4 addresses"),
        ("subnet6 2001:db8::/64 { range6 2001:db8::1; }", 1, "two IPv6 addresses or a network"),
        ("subnet6 2001:db8::/64 { prefix6 2001:db8:: 2001:db8:1:: /128; }", 1, "a prefix of 1 to 127 bits"),
        ("frobnicate { }", 1, "a declaration as host"),
        ("{ }", 1, "without a declaration before it"),
        ("}", 1, "'}' closes nothing"),
        ("group {\n\n", 1, "'}' expected at the end: group of line 1"),
        ("include foo;", 1, "the name of a file in quotes"),
        ("switch (option user-class) { case : }", 1, "a value expected after case"),
        ("option x code a = text;", 1, "a number, '=' and a type"),
        ("option x code 1 = integer 9;", 1, "8, 16 or 32"),
    ],
)
def test_a_bad_spot_is_named_by_its_line_and_what_was_expected(text: str, line: int, says: str) -> None:
    found = [said for at, said in spots(text) if at == line]
    assert any(says in said for said in found), spots(text)


@pytest.mark.parametrize(
    "broken",
    [
        f"host x {{ hardware ethernet {MAC} fixed-address 10.0.0.9; }}",
        f"host x {{ hardware ethernet {MAC}\n fixed-address 10.0.0.9; }}",
        f"host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9 }}",
        f"host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; ",
        f"host x hardware ethernet {MAC}; fixed-address 10.0.0.9; }}",
        f"host x\n hardware ethernet {MAC}; fixed-address 10.0.0.9; }}",
        f'option domain-name "soho;\nhost x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }}',
        f'option domain-name "soho"\nhost x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }}',
        f"group {{ host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }}",
        f"frobnicate 12 {{ host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }} }}",
        f"}} host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }}",
        f'class "c" {{ host x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }} }}',
        f"key k {{ algorithm hmac-md5;\nhost x {{ hardware ethernet {MAC}; fixed-address 10.0.0.9; }}",
    ],
)
def test_the_hosts_around_a_mistake_come_out(broken: str) -> None:
    parsed = parse(f"{host('before')}{broken}\n{host('after')}")
    assert parsed.problems
    assert rows(parsed) in (
        [("before", MAC, "10.0.0.1"), ("x", MAC, "10.0.0.9"), ("after", MAC, "10.0.0.1")],
        [("before", MAC, "10.0.0.1"), ("after", MAC, "10.0.0.1"), ("x", MAC, "10.0.0.9")],
    )


def test_a_forgotten_semicolon_is_one_problem() -> None:
    assert spots(f"host x {{\n hardware ethernet {MAC}\n fixed-address 10.0.0.9;\n}}") == [
        (2, f"';' expected after '{MAC}'")
    ]


def test_an_option_may_be_declared_after_it_is_used() -> None:
    assert spots("option late 5;\noption late code 200 = unsigned integer 8;") == []


def test_a_class_needs_a_match_to_have_subclasses() -> None:
    (found,) = spots('class "c" { }\nsubclass "c" "x";')
    assert found == (2, "a class with 'match' or 'spawn with' expected, 'c' has neither")


def test_a_string_may_go_on_in_the_next_line() -> None:
    assert bound(f'option domain-name "a\nb";\n{host("a")}') == ONE


def test_an_include_is_read_in_its_place() -> None:
    included = {"hosts": host("a"), "net": 'range 10.0.0.5 10.0.0.9; include "hosts";'}
    parsed = parse('subnet 10.0.0.0 netmask 255.0.0.0 { include "net"; }', included)
    assert (rows(parsed), parsed.problems, parsed.entries[0].file) == (ONE, (), "hosts")


def test_an_include_that_is_not_given_comes_back() -> None:
    parsed = parse('group {\n include "a";\n}\noption of-a 1; include "b";', {"b": '\ninclude "c";'})
    assert [(one.name, one.line, one.file) for one in parsed.includes] == [("a", 2, ""), ("c", 2, "b")]
    assert parsed.problems == ()


def test_a_block_ends_with_its_file() -> None:
    parsed = parse(f'include "a"; {host("a")}', {"a": "\ngroup {"})
    assert rows(parsed) == ONE
    assert [(found.file, found.line) for found in parsed.problems] == [("a", 2)]


def test_an_include_loop_is_named_with_its_chain() -> None:
    parsed = parse('include "a";', {"a": 'include "b";', "b": f'include "a"; {host("a")}'})
    assert rows(parsed) == ONE
    assert [found.problem for found in parsed.problems] == ["a file that does not include itself expected: a -> b -> a"]


def test_includes_that_double_are_bounded() -> None:
    texts = {f"f{n}": f'include "f{n + 1}"; include "f{n + 1}";' for n in range(14)}
    parsed = parse('include "f0";', {**texts, "f14": host("a")})
    assert 0 < len(parsed.entries) < 1000
    assert any("at most 1000 includes" in found.problem for found in parsed.problems)
