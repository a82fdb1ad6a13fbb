"""dhcpd.conf files with what they include."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands import tree
from tests.macmap.dhcpd_texts import MAC, host, rows
from vhost import bindings
from vhost.errors import SourceMissing


def test_includes_are_read_beside_the_file_and_by_their_path(tmp_path: Path) -> None:
    files = tree(
        tmp_path,
        {
            "etc/dhcpd.conf": f'include "hosts/a.conf"; include "{tmp_path}/other.conf";',
            "etc/hosts/a.conf": f'{host("a")} include "hosts/b.conf";',
            "etc/hosts/b.conf": host("b"),
            "other.conf": b"\xef\xbb\xbf" + host("c").encode(),
        },
    )
    parsed = bindings.dhcpd(files / "etc/dhcpd.conf")
    assert (sorted(name or "" for name, _, _ in rows(parsed)), parsed.problems) == (["a", "b", "c"], ())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "No such file"),
        (".", "Is a directory"),
        ("fifo", "no regular file"),
        ("x" * 300, "too long"),
        (r"\x00", "cannot"),
    ],
)
def test_an_include_that_cannot_be_read_is_a_problem_and_the_hosts_come_out(
    tmp_path: Path, name: str, reason: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    main = tree(tmp_path, {"dhcpd.conf": f'\ninclude "{name}";\noption from-there 1;\n{host("a")}'}) / "dhcpd.conf"
    parsed = bindings.dhcpd(main)
    assert rows(parsed) == [("a", MAC, "10.0.0.1")]
    ((line, problem),) = [(found.line, found.problem) for found in parsed.problems]
    assert line == 2
    assert reason in problem


@pytest.mark.parametrize("name", ["none", "", "fifo"])
def test_a_file_that_cannot_be_read_is_missing(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(SourceMissing):
        bindings.dhcpd(tmp_path / name)


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "LARGEST", 100)
    files = tree(tmp_path, {"dhcpd.conf": f'include "large"; {host("a")}', "large": "#" * 90})
    parsed = bindings.dhcpd(files / "dhcpd.conf")
    assert rows(parsed) == [("a", MAC, "10.0.0.1")]
    assert "more than 100 bytes" in parsed.problems[0].problem


def test_too_many_includes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "MOST_INCLUDES", 2)
    names = ["a", "b", "c"]
    files = tree(
        tmp_path,
        {"dhcpd.conf": "".join(f'include "{name}";' for name in names), **{name: host(name) for name in names}},
    )
    parsed = bindings.dhcpd(files / "dhcpd.conf")
    assert [name for name, _, _ in rows(parsed)] == ["a", "b"]
    assert "more than 2 files" in parsed.problems[0].problem
