"""The devices of a libvirt domain: its interfaces, disks and consoles.

    <interface type='bridge'><mac address='52:54:00:12:34:56'/><source bridge='br0'/></interface>
    <disk type='file' device='disk'><source file='/srv/tst100.img'/><target dev='vda'/></disk>
    <graphics type='vnc' port='5917' autoport='no'/>

Source: libvirt's formatdomain, "Devices".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from scanners.config import Interface
from scanners.xml_tree import attribute
from vhost import normal
from vhost.claims import Disk

VNC_BASE = 5900
"""The TCP port of VNC display 0."""

_PLUGS = ("bridge", "network", "dev", "portgroup", "name")
_CONSOLES = ("vnc", "spice", "rdp")
_ANYWHERE = frozenset({"0.0.0.0", "::", None})  # noqa: S104 - the destination of a default route, nothing listens


def interfaces(element: Element, mac: str | None) -> Iterator[Interface]:
    """Yield the interface, once for each address that the guest has there."""
    relay = next((plug for name in _PLUGS if (plug := attribute(element, "source", name))), None)
    plain = Interface(mac=mac, relay=relay, ifname=attribute(element, "guest", "dev"))
    addressed = [replace(plain, ip=ip, netmask=netmask) for ip, netmask in _addresses(element)]
    for interface in addressed or [plain]:
        yield replace(interface, gateway=_gateway(element, interface.ip))


def _addresses(element: Element) -> Iterator[tuple[str, str | None]]:
    """Yield the addresses of the guest: what it is given, and what the filter lets through as its own."""
    seen = set()
    for ip in element.iterfind("ip"):
        address, prefix = normal.address(ip.get("address") or ""), ip.get("prefix")
        if address and address not in seen:
            seen.add(address)
            yield address, _netmask(address, prefix)
    for parameter in element.iterfind("filterref/parameter"):
        address = normal.address(parameter.get("value") or "")
        if parameter.get("name") in ("IP", "IPV6") and address and address not in seen:
            seen.add(address)
            yield address, None


def _netmask(address: str, prefix: str | None) -> str | None:
    try:
        network = ipaddress.ip_interface(f"{address}/{prefix}").network
    except ValueError:
        return None
    return str(network.netmask) if network.version == 4 else str(network.prefixlen)


def _gateway(element: Element, ip: str | None) -> str | None:
    """Return the gateway of the default route of the address's family, None if there is no such route."""
    for route in element.iterfind("route"):
        gateway = normal.address(route.get("gateway") or "")
        default = route.get("address") in _ANYWHERE and route.get("prefix") in ("0", None)
        if ip and gateway and default and (":" in ip) == (":" in gateway):
            return gateway
    return None


def disk(element: Element) -> Disk:
    """Return a disk; whether it is exclusive is not known of network disks, volumes and what is only read."""
    readonly = element.find("readonly") is not None or element.get("device") == "cdrom"
    source = _source(element)
    local = element.get("type") in ("file", "block") and source is not None
    private = local and not readonly and element.find("transient") is None
    return Disk(
        target=attribute(element, "target", "dev"),
        source=source,
        format=attribute(element, "driver", "type"),
        readonly=readonly,
        exclusive=False if element.find("shareable") is not None else (private or None),
    )


def _source(element: Element) -> str | None:
    """Return the path, `POOL/VOLUME` or `PROTOCOL://HOST/NAME` behind a disk, None for an empty drive."""
    source = element.find("source")
    if source is None:
        return None
    for place in ("file", "dev", "dir", "path", "url"):
        if value := source.get(place):
            return value
    if volume := source.get("volume"):
        return f"{source.get('pool') or ''}/{volume}"
    name, protocol = source.get("name"), source.get("protocol")
    if protocol and name:
        return f"{protocol}://{attribute(source, 'host', 'name') or ''}/{name}"
    return name or None


def console(domain: Element, *, runs: bool) -> dict[str, str]:
    """Return `cport`, and `display` for VNC, of the first console with a certain port.

    A port that is chosen when the domain starts (`autoport`) is only certain while it runs.
    """
    found = [graphics for graphics in domain.iterfind("devices/graphics") if graphics.get("type") in _CONSOLES]
    for graphics in sorted(found, key=lambda each: _CONSOLES.index(each.get("type") or "vnc")):
        port = graphics.get("port") or ""
        certain = runs or graphics.get("autoport") != "yes"
        if certain and port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= 65_535:
            columns = {"cport": str(int(port))}
            if graphics.get("type") == "vnc" and int(port) >= VNC_BASE:
                columns["display"] = str(int(port) - VNC_BASE)
            return columns
    return {}
