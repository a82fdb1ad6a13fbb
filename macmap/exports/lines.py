"""One claim as a line of /etc/ethers, /etc/hosts or dnsmasq, or as a host of ISC dhcpd."""

from __future__ import annotations

from macmap.exports.claim import Claim


def ethers(one: Claim) -> str:
    """Return MAC and name, or MAC and address of a host without a name."""
    return f"{one.mac} {one.name or one.ip}"


def hosts(one: Claim) -> str:
    """Return address and name."""
    return f"{one.ip}\t{one.name}"


def dnsmasq(one: Claim) -> str:
    """Return a `dhcp-host`."""
    address = f"[{one.ip}]" if one.ip and ":" in one.ip else one.ip
    return f"dhcp-host={','.join(part for part in (one.mac, address, one.name) if part)}"


def dhcpd(one: Claim) -> str:
    """Return a host declaration."""
    parameter = "fixed-address6" if one.ip and ":" in one.ip else "fixed-address"
    address = f" {parameter} {one.ip};" if one.ip else ""
    return f"host {one.name} {{ hardware ethernet {one.mac};{address} }}"
