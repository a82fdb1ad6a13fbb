"""Files that bind names, MACs and addresses as they lie on a disk: what they include, and what cannot be read."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

from macmap.entry import Parsed
from macmap.formats import BY_NAME
from tests.commands import tree
from vhost import bindings, source_text
from vhost.errors import SourceMissing, UsageError

MAC = "52:54:00:00:00:0"


def names(parsed: Parsed) -> list[str | None]:
    return [one.name for one in parsed.entries]


def test_dnsmasq_reads_what_its_configuration_names_in_the_order_of_names(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "dnsmasq.conf": f"conf-dir={tmp_path}/d,.bak,.tmp\ndhcp-host={MAC}1,main\nconf-file=more.conf\n",
            "more.conf": f"dhcp-host={MAC}2,more\ndhcp-hostsfile=hosts\n",
            "hosts": f"{MAC}3,from-hosts\n",
            "d/b.conf": f"dhcp-host={MAC}4,b\ndhcp-hostsdir={tmp_path}/hd\n",
            "d/a": f"dhcp-host={MAC}5,a\n",
            "d/c.bak": "dhcp-host=bad:bad,no\n",
            "d/.hidden": "dhcp-host=bad:bad,no\n",
            "d/edited~": "dhcp-host=bad:bad,no\n",
            "d/#auto#": "dhcp-host=bad:bad,no\n",
            "hd/x": f"{MAC}6,from-dir\n",
        },
    )
    read = bindings.read(root / "dnsmasq.conf")
    assert read.format.name == "dnsmasq"
    assert names(read.parsed) == ["main", "a", "b", "more", "from-dir", "from-hosts"]
    assert read.parsed.problems == ()


def test_a_directory_that_takes_only_some_suffixes(tmp_path: Path) -> None:
    files = {"c": f"conf-dir={tmp_path}/d/,*.conf\n", "d/a.conf": f"dhcp-host={MAC}1,a\n", "d/b": "dhcp-host=bad:,b\n"}
    assert names(bindings.read(tree(tmp_path, files) / "c").parsed) == ["a"]


def test_a_directory_itself_is_read_where_the_format_has_such(tmp_path: Path) -> None:
    root = tree(tmp_path, {"d/a.conf": f"dhcp-host={MAC}1,a\n", "d/b.conf": f"dhcp-host={MAC}2,b\n"})
    assert names(bindings.read(root / "d", "dnsmasq").parsed) == ["a", "b"]


def test_problems_and_entries_name_the_file_they_stand_in(tmp_path: Path) -> None:
    root = tree(
        tmp_path, {"c": "port=0\nconf-file=more\nconf-file=gone\n", "more": f"dhcp-host=x y\ndhcp-host={MAC}1,a\n"}
    )
    parsed = bindings.read(root / "c").parsed
    assert [(one.file, one.line) for one in parsed.entries] == [("more", 2)]
    assert sorted((one.file, one.line) for one in parsed.problems) == [("", 3), ("more", 1)]


def test_files_that_name_each_other_are_read_once(tmp_path: Path) -> None:
    root = tree(
        tmp_path, {"a": f"conf-file=b\ndhcp-host={MAC}1,a\n", "b": f"conf-file=b\nconf-file=./b\ndhcp-host={MAC}2,b\n"}
    )
    assert names(bindings.read(root / "a").parsed) == ["a", "b"]


def test_a_directory_that_holds_the_file_that_names_it_is_read_once(tmp_path: Path) -> None:
    root = tree(tmp_path, {"d/c": f"conf-dir={tmp_path}/d\ndhcp-host={MAC}1,a\n", "d/b": f"dhcp-host={MAC}2,b\n"})
    assert names(bindings.read(root / "d/c").parsed) == ["a", "b"]


@pytest.mark.parametrize("name", ["dhcpd.conf", "./dhcpd.conf"])
def test_a_file_that_includes_itself_through_another_one_says_nothing_twice(name: str, tmp_path: Path) -> None:
    host = "host {0} {{ hardware ethernet {1}; }}\n"
    more = host.format("b", f"{MAC}2") + f'include "{name}";\n'
    root = tree(tmp_path, {"dhcpd.conf": f'include "more";\n{host.format("a", f"{MAC}1")}', "more": more})
    parsed = bindings.read(root / "dhcpd.conf").parsed
    assert sorted(name or "" for name in names(parsed)) == ["a", "b"]
    assert [(one.file, one.line, "is the file itself" in one.problem) for one in parsed.problems] == [("more", 2, True)]


@pytest.mark.parametrize(
    ("form", "text", "host"),
    [
        ("dhcpd", 'include "m";\n' * 5, "host a { hardware ethernet 52:54:00:00:00:01; }\n"),
        (
            "kea",
            '{"Dhcp4": {"reservations": [' + '<?include "m"?>\n' * 5 + "]}}",
            '{"hostname": "a", "hw-address": "52:54:00:00:00:01"},\n',
        ),
    ],
)
def test_what_is_included_again_and_again_is_read_within_bounds(
    form: str, text: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module({"dhcpd": "macmap.dhcpd", "kea": "macmap.kea.document"}[form])
    monkeypatch.setattr(module, "MOST_REPEATED", len(host) * 2)
    parsed = BY_NAME[form].parse([text], {"m": host})
    assert len(parsed.entries) == 3
    assert ["repeated includes" in one.problem for one in parsed.problems] == [True, True]


def test_kea_reads_its_includes_in_their_places(tmp_path: Path) -> None:
    host = f'{{"hw-address": "{MAC}1", "hostname": "a"}}'
    root = tree(tmp_path, {"kea.json": '{"Dhcp4": {"reservations": <?include "r.json"?>}}', "r.json": f"[{host}, ]"})
    assert names(bindings.read(root / "kea.json").parsed) == ["a"]


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "device", "socket name"])
def test_what_is_no_file_is_named_at_once(kind: str, tmp_path: Path) -> None:
    path = {"device": Path("/dev/zero"), "socket name": Path("a\0b"), "directory": tmp_path}.get(kind, tmp_path / "x")
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(SourceMissing) as raised:
        bindings.read(path)
    assert raised.value.where == str(path)


def test_a_file_in_no_known_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x7fELF\0\xff\xfe")
    with pytest.raises(UsageError, match="is in no format that is recognised; name it with --as"):
        bindings.read(tmp_path / "x")


def test_a_text_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_text("host a { }\n" * 100)
    monkeypatch.setattr(bindings, "LARGEST", 500)
    monkeypatch.setattr(source_text, "_CHUNK", 100)
    with pytest.raises(SourceMissing, match="more than 500 bytes"):
        bindings.read(tmp_path / "x")
    monkeypatch.setattr(source_text, "LARGEST_LOG", 300)
    with pytest.raises(SourceMissing, match="more than 300 bytes"):
        bindings.read(tmp_path / "x")


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_lines_are_the_same_however_the_text_comes(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = "a\u00e9b\r\n\n\x0bc\u2028d\ne".encode() + b"\xff\n\nend"
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbf" + data)
    monkeypatch.setattr(source_text, "_CHUNK", chunk if chunk > 2 else 3)
    with source_text.opened(tmp_path / "x") as file:
        found = list(source_text.lines(source_text.chunks(file)))
    assert found == ["a\u00e9b\r\n", "\n", "\x0bc\u2028d\n", "e\udcff\n", "\n", "end"]


def test_a_line_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_text, "LONGEST_LINE", 4)
    pieces = iter(["ab", "cdefg", "hijklmnop", "q\nshort\n", "12345\n"])
    assert list(source_text.lines(pieces)) == ["abcd\n", "short\n", "12345\n"]
