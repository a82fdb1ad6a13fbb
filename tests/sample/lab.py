"""The sample lab as the tests of this folder see it: scanned once, line by line of scans.tsv."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scanners import tree
from vhost import normal
from vhost.claims import Observation
from vhost.discover import Finding
from vhost.record import Machine

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
README = (SAMPLE / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan said; `observations` holds only files with machines, by their path below the lab."""

    host: str
    folder: str
    observations: dict[str, Observation]
    findings: tuple[Finding, ...]

    def machines(self) -> Iterator[Machine]:
        for observation in self.observations.values():
            yield from observation.machines


def scan(host: str, folder: str, *, scan_all_states: bool = False) -> Scan:
    found = tree.scan([str(SAMPLE / folder)], as_host=host, scan_all_states=scan_all_states)
    observations = {str(Path(one.stamp.path).relative_to(SAMPLE)): one for one in found.observations if one.machines}
    return Scan(host, folder, observations, tuple(found.findings))


def scan_lines() -> list[tuple[str, str]]:
    lines = (SAMPLE / "scans.tsv").read_text(encoding="utf-8").splitlines()
    return [(host, folder) for host, folder in (line.split("\t") for line in lines)]


@cache
def scans() -> tuple[Scan, ...]:
    return tuple(scan(host, folder) for host, folder in scan_lines())


@cache
def files() -> dict[str, Observation]:
    """Return what every configuration file below trees/ says, each once."""
    return {path: one for scanned in scans() for path, one in scanned.observations.items()}


def guests() -> dict[str, Observation]:
    return {path: one for path, one in files().items() if one.machines[0].type != "PM"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def keys(observation: Observation) -> set[tuple[str, str]]:
    """Return the identity keys of a machine, in normal form."""
    found = set()
    for machine in observation.machines:
        found |= {
            ("LABEL", machine.label),
            ("UUID", normal.uuid(machine.uuid or "")),
            ("MAC", normal.mac(machine.mac or "")),
            ("TCP", normal.address(machine.tcp or "")),
        }
    return {(key, value) for key, value in found if value}


def shared(one: Observation, other: Observation) -> set[str]:
    """Return the kinds of identity keys whose values two machines share."""
    return {key for key, _ in keys(one) & keys(other)}


def disks(observation: Observation) -> set[str]:
    return {disk.source for disk in observation.disks if disk.source and not disk.readonly}


def dhcp_hosts() -> list[tuple[str, str | None, str | None]]:
    """Return name, MAC and first address of each host block of dhcpd.conf."""
    text = re.sub(r"#.*", "", (SAMPLE / "dhcp/dhcpd.conf").read_text(encoding="utf-8"))
    found = []
    for name, body in re.findall(r"\bhost\s+(\S+)\s*\{([^}]*)\}", text):
        mac = re.search(r"hardware ethernet ([^;]+);", body)
        address = re.search(r"fixed-address ([^;,]+)[;,]", body)
        found.append((name, normal.mac(mac[1]) if mac else None, address[1] if address else None))
    return found


def forward_zone() -> list[tuple[str, str]]:
    """Return name and address of each A and AAAA record of soho.zone, in its order."""
    name, found = "", []
    for line in (SAMPLE / "zones/soho.zone").read_text(encoding="utf-8").splitlines():
        record = re.match(r"(\S*)\tIN\tA(?:AAA)?\t([^\s;]+)", line)
        if record:
            name = record[1] or name
            found.append((name, str(normal.address(record[2]))))
    return found
