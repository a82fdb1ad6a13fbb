"""Texts of dhcpd.conf for tests, and what matters of the answers."""

from __future__ import annotations

from macmap.dhcpd import parse
from macmap.entry import Parsed

MAC = "52:54:00:00:00:01"

Bound = tuple[str | None, str | None, str | None]


def bound(text: str) -> list[Bound]:
    """Return name, MAC and IP of the entries of a text that must be without a problem."""
    parsed = parse(text)
    assert not parsed.problems
    return rows(parsed)


def rows(parsed: Parsed) -> list[Bound]:
    return [(entry.name, entry.mac, entry.ip) for entry in parsed.entries]


def spots(text: str) -> list[tuple[int, str]]:
    """Return line and text of the problems."""
    return [(found.line, found.problem) for found in parse(text).problems]


def host(name: str, mac: str = MAC, address: str = "10.0.0.1") -> str:
    return f"host {name} {{ hardware ethernet {mac}; fixed-address {address}; }}\n"
