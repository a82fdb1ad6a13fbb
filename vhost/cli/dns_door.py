"""`ctys-dnsutil`: the hosts that name servers list, as the old tool printed them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vhost import __version__
from vhost.cli.letters import parsed
from vhost.cli.outcome import show
from vhost.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from vhost.cache.snapshot import Snapshot

_PROGRAM = "ctys-dnsutil"
HELP = """\
usage: ctys-dnsutil [-n] [-i] [-c|-C] [-l USER] [--reverse=[REVERSE,]PING|SSH[,PM|VM]] [--zone=ZONE[,ZONE...]]
                    [-p DB|-P] [SERVER...]

  -n, -i       print the name, the address; both, as name;address, if none is chosen
  -c           whether a host is a PM or a VM is decided by the database (it always is)
  -C           ask nobody: the names that the database knows, and no ping or ssh
  -l USER      the account that SSH logs in to
  --reverse    only hosts that answer PING, or let us in by SSH; and are a PM or a VM; REVERSE, R or - keeps the others
  --zone       the zones to list; default: the search domains of /etc/resolv.conf
  -p DB        store what was listed in this database as well, and look PMs and VMs up there; -P: in the default one
  -d LEVEL, -X  no effect
  -h, -V       this help, the version
SERVER is an address, [v6 address]:port or name:port, also several joined by commas; default: those of /etc/resolv.conf.
Example: ctys-dnsutil -n --zone=lab.example --reverse=PING,PM 192.168.1.1
The same with long names: vhost scan dns --help"""
_REVERSE = frozenset({"REVERSE", "R", "-"})
_STATES = frozenset({"PING", "SSH", "PM", "VM"})

Host = tuple[str, str]
"""Name and address."""


@dataclass(frozen=True, slots=True)
class States:
    """Which hosts are listed: those in all of these states, or with `reverse` the others."""

    wanted: frozenset[str] = frozenset()
    reverse: bool = False


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    options, servers = parsed(_PROGRAM, arguments, "cCd:inl:p:PH:hVX", ("reverse=", "zone="))
    given = {name.lstrip("-"): value for name, value in options}
    if {"h", "H", "V"} & set(given):
        show([f"{_PROGRAM} (vhost-toolkit) {__version__}" if "V" in given else HELP])
        return 0
    wanted = states(given.get("reverse", ""))
    hosts, code = ([*_known(given)], 0) if "C" in given else _asked(given, servers)
    chosen = sorted(set(_in_state(hosts, wanted, given)))
    parts = [at for at, letter in enumerate("ni") if letter in given] or [0, 1]
    show(dict.fromkeys(";".join(host[at] for at in parts) for host in chosen))
    return code


def states(text: str) -> States:
    """Return the states that `--reverse` names. Raises `UsageError` for an unknown one."""
    words = set(filter(None, text.upper().split(",")))
    unknown = words - _REVERSE - _STATES
    if unknown or (words and not words & _STATES):
        problem = f"unknown keyword {min(unknown)[:40]!r}" if unknown else "says of which state"
        raise UsageError("--reverse", problem, "known are REVERSE (R, -), PING, SSH, PM, VM")
    return States(frozenset(words & _STATES), bool(words & _REVERSE))


def _asked(given: Mapping[str, str], servers: Sequence[str]) -> tuple[list[Host], int]:
    """Return the hosts that the servers list, and the exit code; what they say is stored if that was asked for."""
    from vhost.cli import dns, dns_report  # noqa: PLC0415 - --help asks nobody

    asked = dns.Asked(
        targets=[zone for zone in given.get("zone", "").split(",") if zone],
        servers=",".join(servers) or None,
        database=given.get("p"),
        store=bool({"p", "P"} & set(given)),
    )
    if not asked.targets:
        if not asked.completing:
            raise UsageError(_PROGRAM, "/etc/resolv.conf names no search domain", "name zones: --zone=ZONE")
        asked = dns.with_targets(asked, asked.completing)
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        places = dns.scanned(asked, Path(work))
        dns.stored(places, asked)
        dns_report.findings(places)
        return dns_report.hosts(places), dns_report.exit_code(places)


def _known(given: Mapping[str, str]) -> list[Host]:
    from vhost.query import entries  # noqa: PLC0415 - as above

    with _database(given) as snapshot:
        return entries.addresses(snapshot.con)


def _database(given: Mapping[str, str]) -> AbstractContextManager[Snapshot]:
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above

    return opened(chosen(given.get("p")), hint=tell, machines=False)


def _in_state(hosts: Sequence[Host], wanted: States, given: Mapping[str, str]) -> list[Host]:
    """Return the hosts that are in all of the states, or with REVERSE those that are not."""
    if not wanted.wanted:
        return list(hosts)
    kept = set(hosts)
    if kinds := wanted.wanted & {"PM", "VM"}:
        kept &= _of_kind(hosts, kinds, given)
    if "C" not in given and wanted.wanted & {"PING", "SSH"}:
        kept &= _reached(sorted(kept), given, ssh="SSH" in wanted.wanted)
    return [host for host in hosts if (host in kept) != wanted.reverse]


def _of_kind(hosts: Sequence[Host], kinds: frozenset[str], given: Mapping[str, str]) -> set[Host]:
    from vhost.query import entries  # noqa: PLC0415 - as above

    with _database(given) as snapshot:
        known = entries.kinds(snapshot.con, {word for host in hosts for word in host})
    return {host for host in hosts if any((word, kind) in known for word in host for kind in kinds)}


def _reached(hosts: Sequence[Host], given: Mapping[str, str], *, ssh: bool) -> set[Host]:
    from vhost.access.check import Manner, checked  # noqa: PLC0415 - as above
    from vhost.access.targets import Target  # noqa: PLC0415 - as above

    targets = [Target(name, address) for name, address in hosts]
    found = checked(targets, Manner(ssh=ssh, user=given.get("l")))
    return {(one.target.word, one.target.host) for one in found if one.passed}
