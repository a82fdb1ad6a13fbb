"""Every format that can be imported, and how one is told from the others: by content, else by its customary name.

The order counts where a beginning would fit several: what is more particular stands first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from macmap import (
    arpwatch,
    csv_table,
    dhcpd,
    dhcpd_leases,
    ethers,
    hosts,
    json_list,
    libvirt,
    looks,
    macmap_lines,
    proc_arp,
)
from macmap.dnsmasq import config as dnsmasq_config
from macmap.dnsmasq import hosts as dnsmasq_hosts
from macmap.dnsmasq import leases as dnsmasq_leases
from macmap.entry import Parsed
from macmap.kea import leases as kea_leases
from macmap.kea import reservations

Lines = Iterable[str]
Parse = Callable[[Lines, Mapping[str, str]], Parsed]
"""Takes the lines with their ends, and the texts of includes by their names."""

HEAD: Final = 65_536
"""The characters of a file that its format is told by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: its name is also the source kind of its claims.

    `names` are patterns of customary file names, `looks` tells from the beginning of a text. A format that is
    `whole` needs its text in memory. `hosts` parses what an include calls hosts; without it, includes are
    spliced into the text that names them.
    """

    name: str
    meaning: str
    looks: Callable[[str], bool]
    parse: Parse
    names: tuple[str, ...] = ()
    whole: bool = False
    hosts: Parse | None = None


def _lines(parse: Callable[[Lines], Parsed]) -> Parse:
    return lambda lines, _: parse(lines)


def _text(parse: Callable[[str], Parsed]) -> Parse:
    return lambda lines, _: parse("".join(lines))


def _spliced(parse: Callable[[str, Mapping[str, str]], Parsed]) -> Parse:
    return lambda lines, included: parse("".join(lines), included)


FORMATS: Final[tuple[Format, ...]] = (
    Format(
        name="libvirt",
        meaning="a network of libvirt, XML: the hosts of its DHCP and DNS",
        looks=looks.network,
        parse=_text(libvirt.parse),
        whole=True,
    ),
    Format(
        name="kea",
        meaning="the configuration of a Kea DHCP server: reservations at every level",
        looks=looks.kea,
        parse=_spliced(reservations.parse),
        names=("kea-dhcp[46].conf",),
        whole=True,
    ),
    Format(
        name="kea-leases",
        meaning="the leases of a Kea DHCP server (memfile)",
        looks=looks.first(r"address,(?:[a-z_]+,)*valid_lifetime,.*"),
        parse=_lines(kea_leases.parse),
        names=("kea-leases[46].csv*", "dhcp[46].leases"),
    ),
    Format(
        name="neigh",
        meaning="the neighbours of the kernel as `ip -j neigh` prints them",
        looks=looks.objects("lladdr", "dst", "HW_address"),
        parse=_text(json_list.neighbours),
        whole=True,
    ),
    Format(
        name="libvirt-status",
        meaning="what dnsmasq tells libvirt of a network: leases (.status) and MACs (.macs)",
        looks=looks.objects("mac-address", "macs"),
        parse=_text(json_list.status),
        names=("*.status", "*.macs"),
        whole=True,
    ),
    Format(
        name="json",
        meaning="claims as `vhost macmap export json` writes them",
        looks=looks.objects("mac", "ip", "name"),
        parse=_text(json_list.claims),
        names=("*.json",),
        whole=True,
    ),
    Format(
        name="proc-arp",
        meaning="the neighbours of the kernel as /proc/net/arp shows them",
        looks=looks.first(r"IP address\s+HW type\s.*"),
        parse=_lines(proc_arp.parse),
    ),
    Format(
        name="dhcpd-leases",
        meaning="the leases of ISC dhcpd, v4 and v6",
        looks=looks.isc_leases,
        parse=_lines(dhcpd_leases.parse),
        names=("dhcpd*.leases*",),
    ),
    Format(
        name="dhcpd",
        meaning="the configuration of ISC dhcpd: its hosts",
        looks=looks.isc,
        parse=_spliced(dhcpd.parse),
        names=("dhcpd*.conf",),
        whole=True,
    ),
    Format(
        name="dnsmasq",
        meaning="the configuration of dnsmasq, with the files and directories that it names",
        looks=looks.dnsmasq,
        parse=_lines(dnsmasq_config.parse),
        names=("dnsmasq*.conf",),
        hosts=_lines(dnsmasq_hosts.parse),
    ),
    Format(
        name="csv",
        meaning="claims as `vhost macmap export csv` writes them",
        looks=looks.table(csv_table.COLUMNS),
        parse=_lines(csv_table.parse),
        names=("*.csv",),
    ),
    Format(
        name="macmap",
        meaning="lines of name;MAC;IP; as the old tool's macmap.fdb",
        looks=looks.first(rf"[^;]*;(?:\s*{looks.MAC})?\s*;(?:[^;]*;?)?"),
        parse=_lines(macmap_lines.parse),
        names=("macmap.fdb",),
    ),
    Format(
        name="arpwatch",
        meaning="the database of arpwatch",
        looks=looks.first(rf"{looks.MAC}\t{looks.ADDRESS}\t.*"),
        parse=_lines(arpwatch.parse),
        names=("arp.dat", "*.dat"),
    ),
    Format(
        name="dnsmasq-leases",
        meaning="the leases of dnsmasq, v4 and v6",
        looks=looks.first(rf"duid \S+|\d+ \S+ {looks.ADDRESS} \S+ \S+"),
        parse=_lines(dnsmasq_leases.parse),
        names=("dnsmasq*.leases", "*.leases"),
    ),
    Format(
        name="dnsmasq-hosts",
        meaning="a hosts file of dnsmasq's DHCP: the values of dhcp-host",
        looks=looks.first(rf"(?:{looks.MAC}|id:[^,]+),.*"),
        parse=_lines(dnsmasq_hosts.parse),
    ),
    Format(
        name="ethers",
        meaning="/etc/ethers",
        looks=looks.first(rf"{looks.MAC}\s+\S+\s*(?:#.*)?"),
        parse=_lines(ethers.parse),
        names=("ethers",),
    ),
    Format(
        name="hosts",
        meaning="/etc/hosts",
        looks=looks.first(rf"{looks.ADDRESS}\s+[^\s,;=]+(?:\s.*)?"),
        parse=_lines(hosts.parse),
        names=("hosts",),
    ),
)
"""The whole registry."""

BY_NAME: Final[Mapping[str, Format]] = {one.name: one for one in FORMATS}


def recognised(name: str, head: str) -> Format | None:
    """Return the format of a file by its beginning, else by its name; None if neither tells."""
    by_content = next((one for one in FORMATS if one.looks(head)), None)
    if by_content is not None:
        return by_content
    base = name.rpartition("/")[2]
    return next((one for one in FORMATS for pattern in one.names if fnmatchcase(base, pattern)), None)
