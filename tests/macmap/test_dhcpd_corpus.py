"""ISC's own configurations: those of its migration tool's tests, its examples, and ours."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from macmap.dhcpd import parse
from tests.conftest import ROOT, SHARED
from tests.macmap.dhcpd_texts import rows
from vhost import bindings, normal

CORPUS = Path(os.environ.get("VHOST_CORPUS", SHARED / "corpus")) / "dhcpd"
ORACLE = Path(os.environ.get("VHOST_ORACLE", SHARED / "oracle"))
GOOD = sorted(path for path in (CORPUS / "keama").glob("*.in*"))
BAD = sorted(path for path in (CORPUS / "keama").glob("*.err*"))
OTHERS = [*sorted(CORPUS.glob("*.conf*")), ORACLE / "lab/dhcpd.conf", ROOT / "sample_data/dhcp/dhcpd.conf"]
ALIKE = ["duidlltthw4", "fqdncompressed"]
"""Wrong for DHCPv4 or for DHCPv6 only, which the files themselves do not say."""


def _name(path: Path) -> str:
    return path.name


def _reservations(value: object) -> Iterator[Mapping[str, str]]:
    """Return the reservations at every level of a Kea configuration."""
    if isinstance(value, dict):
        yield from value.get("reservations", [])
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from _reservations(item)


def _expected(path: Path) -> dict[tuple[str, str | None], str | None]:
    """Return the addresses that the migration tool reserved, by name and MAC."""
    text = re.sub(r"(?m)^\s*(?:#|//).*$", "", path.read_text())
    return {(one["hostname"], one.get("hw-address")): one.get("ip-address") for one in _reservations(json.loads(text))}


def test_the_corpus_is_there() -> None:
    assert min(len(GOOD), len(BAD), len(OTHERS)) > 3


@pytest.mark.parametrize("path", [*GOOD, *OTHERS], ids=_name)
def test_what_dhcpd_takes_has_no_problem(path: Path) -> None:
    assert bindings.dhcpd(path).problems == ()


@pytest.mark.parametrize("path", [path for path in GOOD if path.with_suffix(".out").exists()], ids=_name)
def test_reservations_are_those_of_the_migration_tool(path: Path) -> None:
    found = {(name, mac): address for name, mac, address in rows(parse(path.read_text()))}
    resolved = {key for key, address in found.items() if address and not normal.address(address)}
    recorded = _expected(path.with_suffix(".out"))
    assert found == {key: found.get(key) if key in resolved else address for key, address in recorded.items()}


@pytest.mark.parametrize("path", [path for path in BAD if path.stem not in ALIKE], ids=_name)
def test_what_dhcpd_or_its_migration_tool_refuses_has_a_problem(path: Path) -> None:
    assert bindings.dhcpd(path).problems


@pytest.mark.parametrize("path", [path for path in BAD if path.with_suffix(".msg").exists()], ids=_name)
def test_the_problem_is_near_the_line_that_the_tool_names(path: Path) -> None:
    named = re.search(r" line (\d+):", path.with_suffix(".msg").read_text())
    assert named
    lines = [found.line for found in bindings.dhcpd(path).problems]
    assert any(abs(line - int(named[1])) <= 4 for line in lines), lines
