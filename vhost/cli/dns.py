"""Scans of DNS: what `vhost scan dns` and the door `ctys-dnsutil` both call."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from scanners.dns import keys, names, servers
from scanners.dns.peers import Pace
from scanners.dns.transfer import Limits
from vhost.cache.place import chosen
from vhost.cli import dns_report as report
from vhost.cli.outcome import tell
from vhost.errors import DatabaseMissing, MacmapMissing, SourceMissing, UsageError
from vhost.nameservice import zones
from vhost.nameservice.request import Place, SweepWanted, ZonesWanted
from vhost.nameservice.zones import ResolvConf
from vhost.progress import bar

if TYPE_CHECKING:
    from scanners.dns.servers import Server
    from vhost.cache.claim_segment import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown on stdout: lines, or rows in a typed format, there or in a file."""

    lines: bool = False
    form: str | None = None
    file: str | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A scan as it was typed; `servers` None are those of the system, `domains` None its search domains."""

    targets: Sequence[str] = ()
    servers: str | None = None
    key: str | None = None
    key_name: str | None = None
    files: Sequence[str] = ()
    domains: Sequence[str] | None = None
    interface: str | None = None
    threads: int = 8
    timeout: float = 5.0
    rate: float = 2000.0
    database: str | None = None
    auto: bool = False
    sweep: bool = False
    confirm: bool = False
    mdns: bool = False
    whole: bool = False
    store: bool = True

    @cached_property
    def system(self) -> ResolvConf:
        """Return what the system's resolver is told."""
        return zones.resolv_conf()

    @cached_property
    def asked_servers(self) -> Sequence[Server]:
        """Return the servers that are asked. Raises `UsageError` or `SourceMissing` if there are none."""
        found = servers.parsed(self.servers) if self.servers is not None else self.system.servers
        if not found:
            raise SourceMissing(str(zones.RESOLV_CONF), "names no server", "name one with --server")
        return found

    @cached_property
    def completing(self) -> Sequence[str]:
        """Return the domains that complete short names."""
        if self.domains is not None:
            return [names.name(domain) for domain in self.domains]
        try:
            return self.system.domains
        except SourceMissing:
            return ()

    @property
    def pace(self) -> Pace:
        """Return how hard servers are asked."""
        return Pace(rate=self.rate, wait=self.timeout)

    @property
    def directory(self) -> Path:
        """Return the database."""
        return chosen(self.database)[0]


def with_targets(asked: Asked, targets: Sequence[str]) -> Asked:
    """Return the scan with these targets."""
    return replace(asked, targets=targets)


def run(asked: Asked, shown: Shown) -> int:
    """Scan, store, show and report as asked; return the exit code."""
    began = monotonic()
    check(asked)
    with tempfile.TemporaryDirectory(prefix="vhost-") as work:
        places = scanned(asked, Path(work))
        changes = stored(places, asked)
        report.findings(places)
        report.show(places, lines=shown.lines, form=shown.form, file=shown.file)
        tell(report.summary(places, changes, monotonic() - began))
    return report.exit_code(places)


def check(asked: Asked) -> None:
    """Raise `UsageError` for options that exclude each other, or a call that asks for nothing."""
    if sum((bool(asked.files), asked.sweep, asked.mdns)) > 1:
        raise UsageError("scan dns", "--file, --sweep and --mdns exclude each other", "make a call for each")
    if not (asked.targets or asked.auto or asked.files or asked.sweep or asked.mdns):
        raise UsageError("scan dns", "nothing to ask for", "name zones, or take --auto, --file or --sweep")
    if asked.files and len(asked.targets) > 1:
        raise UsageError("scan dns", "--file takes one ZONE", "make a call for each file")
    if asked.key_name is not None and asked.key is None:
        raise UsageError("--key-name", "needs --key FILE")


def scanned(asked: Asked, work: Path) -> list[Place]:
    """Return what became of every place that the call asks; nothing is stored."""
    directory = asked.directory if asked.store else None
    if directory is not None:
        from vhost.collect import prepare  # noqa: PLC0415 - what is not stored needs no database

        prepare(directory)
    if asked.files:
        from vhost.nameservice import files  # noqa: PLC0415 - as above

        zone = names.zone(asked.targets[0]) if asked.targets else None
        return [files.read(Path(name), zone, work) for name in asked.files]
    if asked.mdns or asked.sweep:
        return [_swept(asked, work)]
    return _fetched(asked, work, directory)


def _fetched(asked: Asked, work: Path, directory: Path | None) -> list[Place]:
    from vhost.nameservice import transfers  # noqa: PLC0415 - as above

    key = None if asked.key is None else keys.chosen(Path(asked.key), asked.key_name)
    named = [names.zone(target) for target in asked.targets]
    places: list[Place] = []
    with bar("transfers") as progress:
        for servers_, wanted, findings in _wanted(asked, list(dict.fromkeys(named))):
            request = ZonesWanted(
                servers=servers_,
                zones=wanted,
                key=key,
                whole=asked.whole,
                threads=asked.threads,
                limits=Limits(wait=asked.timeout),
            )
            found = transfers.fetched(request, work, directory, progress)
            places += [*found, *findings]
    return places


def _wanted(asked: Asked, named: Sequence[str]) -> Iterator[tuple[Sequence[Server], Sequence[str], list[Place]]]:
    """Return servers, the zones to be fetched from them, and what is to be said of zones that are not."""
    if not asked.auto:
        yield asked.asked_servers, named, []
        return
    candidates = zones.candidates(asked.completing, _known(asked)[0])
    if not candidates and not named:
        raise UsageError("--auto", "neither search domains nor addresses are known", "name zones, or scan a tree first")
    for server in asked.asked_servers:
        found = zones.authoritative(server, candidates, asked.pace)
        noted = Place(root=f"{server}/auto", what=str(server), findings=found.findings, how="asked for its zones")
        noted.partial = any(finding.lost for finding in found.findings)
        yield [server], list(dict.fromkeys([*named, *found.zones])), [noted] if noted.findings else []


def _swept(asked: Asked, work: Path) -> Place:
    from vhost.nameservice import sweeping  # noqa: PLC0415 - as above

    targets = list(asked.targets) or _all_known(asked)
    what = "" if asked.targets else "sweep of all that is known"
    if asked.mdns:
        from scanners.dns.multicast import Manner  # noqa: PLC0415 - as above

        return sweeping.heard(targets, Manner(interface=asked.interface, wait=asked.timeout), work, what)
    with bar("asking") as progress:
        wanted = SweepWanted(
            servers=asked.asked_servers,
            targets=targets,
            domains=asked.completing,
            confirm=asked.confirm,
            what=what,
            pace=asked.pace,
        )
        return sweeping.swept(wanted, work, progress)


def _all_known(asked: Asked) -> list[str]:
    from vhost.nameservice import sweeping  # noqa: PLC0415 - as above

    targets = sweeping.known_targets(*_known(asked), asked.completing)
    if not targets:
        raise UsageError("--sweep", "the database knows neither addresses nor names", "name addresses, ranges or names")
    return targets


def _known(asked: Asked) -> tuple[list[str], list[str]]:
    """Return the addresses and the names that the database knows, none if there is no database yet."""
    from vhost.cache import known_hosts  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above

    try:
        with opened(chosen(asked.database), hint=tell, machines=False) as snapshot:
            return known_hosts.addresses(snapshot.con), known_hosts.names(snapshot.con)
    except (DatabaseMissing, MacmapMissing, SourceMissing):
        return [], []


def stored(places: Sequence[Place], asked: Asked) -> Sequence[Change]:
    """Store what the places said, if that was asked for, and return what changed."""
    if not asked.store:
        return []
    from vhost.nameservice import store  # noqa: PLC0415 - as above

    return store.stored(places, asked.directory, lambda name, why: tell(f"{name}: left out: {why}"))
