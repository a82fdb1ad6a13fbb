"""The registry: each format is recognised by its content or its name, and takes anything without harm."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macmap.entry import MOST_PROBLEMS
from macmap.formats import BY_NAME, FORMATS, recognised
from tests.conftest import ROOT, SHARED
from vhost.precedence import PRECEDENCE, rank

CORPUS = Path(os.environ.get("VHOST_CORPUS", SHARED / "corpus"))
ORACLE = Path(os.environ.get("VHOST_ORACLE", SHARED / "oracle"))
MAC = "52:54:00:4e:01:33"

SAMPLES: dict[str, list[str]] = {
    "dhcpd": [
        "host a { hardware ethernet 0:1:2:3:4:5; }",
        "# x\nsubnet 10.0.0.0 netmask 255.0.0.0 {\n}",
        "host b\n{\n}",
    ],
    "dhcpd-leases": [
        "# The format of this file\n\nlease 10.0.0.1 {\n}\n",
        'server-duid "\\000";\n',
        'ia-na "x" {\n}\n',
    ],
    "kea": ['{"Dhcp4": {}}', '// a\n# b\n/* c */ { "Logging": {}, "Dhcp6": {} }'],
    "kea-leases": [
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id\n",
        "address,duid,valid_lifetime,expire\n",
    ],
    "dnsmasq": [f"# x\ndhcp-host={MAC}\n", "port=0\ninterface=eth0\n", "no-resolv\n", "  conf-dir = /etc/d\n"],
    "dnsmasq-hosts": [f"{MAC},db01,10.0.0.1\n", "id:00:01,[1234::5]\n"],
    "dnsmasq-leases": [f"1508141363 {MAC} 192.168.1.1 db01 *\n", "duid 00:01\n0 1 1234::5 * *\n"],
    "libvirt": ["<network>\n<name>a</name></network>", "<?xml version='1.0'?>\n<!--\nx > y\n-->\n<network ipv6='yes'>"],
    "libvirt-status": ['[\n{"ip-address": "1.2.3.4", "mac-address": "x"}]', '[{"domain": "a", "macs": []}]'],
    "neigh": ['[{"dst":"1.2.3.4","dev":"e","lladdr":"x"}]', '[{"IP_address":"1.2.3.4","HW_address":"x"}]'],
    "proc-arp": ["IP address       HW type     Flags       HW address            Mask     Device\n"],
    "ethers": [f"# x\n{MAC} db01\n", "0:1:2:3:4:5\tdb01 # x"],
    "hosts": ["127.0.0.1 localhost\n", "::1 a b\n", "# x\n\n192.168.1.1\tx # y\n"],
    "arpwatch": [f"{MAC}\t192.168.1.1\t1508141363\n"],
    "macmap": [f"db01;{MAC};192.168.1.1;\n", "db01;;192.168.1.1;\n"],
    "csv": ["name,mac,ip\n", "mac,name\n"],
    "json": ['[{"name": "a", "mac": "x"}]', '[{"ip": "a"}]'],
}


def test_every_format_has_a_sample_and_a_place_in_the_precedence() -> None:
    assert set(SAMPLES) == set(BY_NAME)
    assert {name for kinds in PRECEDENCE for name in kinds} - {"dns"} <= set(BY_NAME)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAMPLES.items() for text in texts])
def test_a_format_is_recognised_by_its_content(name: str, text: str) -> None:
    found = recognised("/etc/any", text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/etc/ethers", "ethers"), ("hosts", "hosts"), ("/var/lib/arpwatch/arp.dat", "arpwatch"),
        ("/var/lib/dhcp/dhcpd6.leases", "dhcpd-leases"), ("/var/lib/misc/dnsmasq.leases", "dnsmasq-leases"),
        ("/var/lib/libvirt/dnsmasq/virbr0.status", "libvirt-status"), ("/etc/dhcp/dhcpd.conf", "dhcpd"),
        ("/var/lib/kea/kea-leases4.csv.2", "kea-leases"), ("/etc/dnsmasq.conf", "dnsmasq"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_what_says_nothing_is_recognised_by_its_name(path: str, name: str, text: str) -> None:
    found = recognised(path, text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text", ["", "hello\n", "\x7fELF\0\0", "a = b\n", "{}", "[1]", "<domain/>", "1 2 3\n", "(a;b)\n"]
)
def test_what_is_no_format_is_not_recognised(text: str) -> None:
    assert recognised("/etc/any", text) is None


def _corpus() -> list[tuple[str, Path]]:
    folders = {
        "dhcpd": "dhcpd/keama/*.in[46] dhcpd/*.conf*", "kea": "kea/*.json dhcpd/keama/*.out",
        "dhcpd-leases": "dhcpd/leases/*.leases", "proc-arp": "arp/net_arp", "neigh": "arp/net_arp.json",
    }  # fmt: skip
    found = [(name, path) for name, globs in folders.items() for glob in globs.split() for path in CORPUS.glob(glob)]
    found += [("ethers", ROOT / "sample_data/dhcp/ethers"), ("dhcpd", ROOT / "sample_data/dhcp/dhcpd.conf")]
    return [*found, ("hosts", ROOT / "sample_data/zones/hosts"), ("macmap", ORACLE / "lab/macmap.fdb")]


@pytest.mark.parametrize(("name", "path"), _corpus(), ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_real_file_is_recognised(name: str, path: Path) -> None:
    found = recognised(str(path), path.read_text("utf-8", "surrogateescape"))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("other", FORMATS, ids=lambda form: form.name)
def test_the_samples_of_every_format_do_no_harm_in_another(form: str, other: str) -> None:
    for text in SAMPLES[form.name]:  # type: ignore[attr-defined]  # parametrize types its values as text
        parsed = other.parse(text.splitlines(keepends=True), {})  # type: ignore[attr-defined]  # as above
        assert all(found.line >= 0 and "expected" in found.problem for found in parsed.problems)


PIECES = st.sampled_from(
    [piece for texts in SAMPLES.values() for text in texts for piece in text.split(" ")]
    + [*'{}[]()<>,;:="\n\t#/\\&', "\0"]
)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=80))
def test_any_text_is_taken(form: str, text: str) -> None:
    parsed = BY_NAME[form.name].parse(text.splitlines(keepends=True), {})  # type: ignore[attr-defined]  # as above
    assert all(one.name or one.mac or one.ip or one.duid for one in parsed.entries)
    recognised("any", text)


def test_a_macmap_line_without_any_part_is_a_problem() -> None:
    parsed = BY_NAME["macmap"].parse([";;;\n", "a;;\n"], {})
    assert ([one.name for one in parsed.entries], [one.line for one in parsed.problems]) == (["a"], [1])


SIZE = 60_000
SECONDS = 5.0
"""Of CPU time, far above what a text of SIZE needs; a quadratic reader would need minutes."""


@pytest.mark.parametrize(
    "unit",
    [
        *'{["\\(\n\0 #/;:%a', '"\n', "a ", '"\\', "a,", "# \n", "/*", "//", "1:", "<a>", "<!--", "<network>", "a\n",
        "- ", "lease 10.0.0.1 {", "lease 1.2.3.4 {\n", "  ends 1;", "&#x2c", "dhcp-host=",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_time_grows_with_the_size_only(form: str, unit: str) -> None:
    text = unit * (SIZE // len(unit))
    began = time.process_time()
    recognised("any", text[:65_536])
    parsed = BY_NAME[form.name].parse(text.splitlines(keepends=True), {})  # type: ignore[attr-defined]  # as above
    assert time.process_time() - began < SECONDS
    assert len(parsed.problems) <= MOST_PROBLEMS + 1


def test_what_nobody_knows_counts_last() -> None:
    assert [rank(kind) for kind in ("macmap", "dhcpd", "kea-leases", "dns", "arp")] == [0, 1, 2, 3, 4]
