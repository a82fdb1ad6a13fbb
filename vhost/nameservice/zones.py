"""Finds zones by themselves: the search domains, and the reverse zones of the networks that are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanners.dns import names
from scanners.dns.peers import Pace
from scanners.dns.questions import Question
from scanners.dns.servers import Server, parsed
from scanners.dns.sweep import sweep
from scanners.dns.wire import HINFO
from vhost.discover import Finding
from vhost.errors import SourceMissing, UsageError

if TYPE_CHECKING:
    from scanners.dns.answers import Answer

RESOLV_CONF: Final = Path("/etc/resolv.conf")
_LARGEST: Final = 1 << 20
_MOST: Final = 4096
_SHARED: Final = frozenset({".", "arpa", "in-addr.arpa", "ip6.arpa"})
"""Zones that are nobody's own."""


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """What resolv.conf(5) says: name servers, and the domains in which short names are searched."""

    servers: tuple[Server, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(slots=True)
class Zones:
    """The zones that a server is authoritative for, and what is to be said of the others."""

    zones: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def resolv_conf(path: Path = RESOLV_CONF) -> ResolvConf:
    """Return what the file says; what is wrong in it is left out. Raises `SourceMissing` if it cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8", "replace")
    except OSError as error:
        raise SourceMissing(str(path), error.strerror or "cannot be read", "name servers with --server") from error
    servers: list[Server] = []
    domains: list[str] = []
    for line in text.splitlines():
        match line.split():
            case ["nameserver", address, *_]:
                servers += _understood(address)
            case ["search" | "domain", *listed]:  # the last line of either counts
                domains = [name for word in listed for name in _named(word)]
    return ResolvConf(tuple(dict.fromkeys(servers)), tuple(dict.fromkeys(domains)))


def _understood(address: str) -> list[Server]:
    try:
        return parsed(address)
    except UsageError:
        return []


def _named(word: str) -> list[str]:
    try:
        return [found] if (found := names.name(word)) != "." else []
    except UsageError:
        return []


def candidates(domains: Iterable[str], addresses: Iterable[str]) -> list[str]:
    """Return the domains, and the reverse zones of the networks (/24 or /64) that the addresses are in."""
    found = dict.fromkeys(domains)
    for text in addresses:
        try:
            address = ip_address(text)
        except ValueError:
            continue
        if address.is_loopback or address.is_multicast or address.is_unspecified:
            continue
        network = f"{address}/{24 if isinstance(address, IPv4Address) else 64}"
        found[names.zone(network)] = None
        if len(found) >= _MOST:
            break
    return list(found)


def authoritative(server: Server, wanted: Sequence[str], pace: Pace) -> Zones:
    """Return the zones of a server that hold the candidates.

    Asked is for what hardly any name has (HINFO): the answer that there is none names the zone.
    """
    found: dict[str, None] = {}
    others: dict[str, None] = {}

    def took(_: Server, question: Question, answer: Answer) -> None:
        zone = answer.zone or question.name
        if zone in _SHARED or not (question.name == zone or question.name.endswith(f".{zone}")):
            return
        (found if answer.own else others)[zone] = None

    findings = sweep([server], [Question(name, HINFO) for name in wanted], took, pace)
    problem = "is not authoritative for it; name its server with --server"
    noted = [Finding(f"{zone} at {server}", problem) for zone in others if zone not in found]
    return Zones(list(found), [*findings, *noted])
