"""The devices of a Proxmox VE guest: what `netN`, `ipconfigN` and the disk keys say.

    net0: virtio=A2:C0:43:77:08:A0,bridge=vmbr0,firewall=1
    net0: name=eth0,bridge=vmbr0,hwaddr=A2:C0:43:77:08:A0,ip=192.168.1.5/24,gw=192.168.1.1,type=veth
    ipconfig0: ip=192.168.1.6/24,gw=192.168.1.1
    scsi0: local:100/vm-100-disk-0.qcow2,size=32G

Source: qm.conf(5), pct.conf(5).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scanners.config import Interface
from vhost import normal
from vhost.claims import Disk

_NET = re.compile(r"net([0-9]{1,3})")
_DRIVE = re.compile(r"(?:scsi|virtio|ide|sata|efidisk|tpmstate)[0-9]{1,3}")
_MOUNT = re.compile(r"rootfs|mp[0-9]{1,3}")
_FORMATS = frozenset({"qcow2", "raw", "vmdk", "vdi", "subvol"})


def pairs(value: str, first_key: str) -> dict[str, str]:
    """Return the `key=value` parts of a property string; the first may leave out its key."""
    found: dict[str, str] = {}
    for number, part in enumerate(value.split(",")):
        key, equals, text = part.strip().partition("=")
        if equals:
            found[key] = text
        elif number == 0 and key:
            found[first_key] = key
    return found


def interfaces(settings: Mapping[str, str]) -> tuple[list[Interface], list[str]]:
    """Return the interfaces by their number, each once for each address, and what is wrong with them."""
    found: list[Interface] = []
    wrong: list[str] = []
    numbers = sorted(int(key[1]) for name in settings if (key := _NET.fullmatch(name)))
    for number in dict.fromkeys(numbers):
        said = pairs(settings.get(f"net{number}", ""), "model")
        mac = _mac(said)
        if mac and normal.mac(mac) is None:
            wrong.append(f"net{number}: {mac!a} is no MAC address")
            mac = None
        addressed = {**pairs(settings.get(f"ipconfig{number}", ""), "ip"), **said}
        plain = Interface(mac=mac, relay=said.get("bridge") or None, ifname=said.get("name") or None)
        found.extend(list(_addressed(plain, addressed)) or [plain])
    return found, wrong


def _mac(said: Mapping[str, str]) -> str | None:
    """Return `hwaddr=`, `macaddr=`, or what is assigned to the model, which comes first (`virtio=...`)."""
    stated = said.get("hwaddr") or said.get("macaddr")
    if stated:
        return stated
    model, value = next(iter(said.items()), ("", ""))
    return value if model not in {"", "model", "name", "bridge"} and value else None


def _addressed(plain: Interface, said: Mapping[str, str]) -> Iterator[Interface]:
    """Yield the interface with each of its addresses; of IPv6 the netmask is the length of the prefix."""
    for key, gateway in (("ip", "gw"), ("ip6", "gw6")):
        ip, slash, _ = said.get(key, "").partition("/")
        if normal.address(ip) is None:  # dhcp, auto, manual
            continue
        try:
            network = ipaddress.ip_interface(said[key]).network if slash else None
        except ValueError:
            network = None
        netmask = str(network.netmask if network.version == 4 else network.prefixlen) if network else None
        yield replace(plain, ip=ip, netmask=netmask, gateway=said.get(gateway) or None)


def disks(settings: Mapping[str, str]) -> list[Disk]:
    """Return the disks and CD images of a virtual machine; an empty drive is none."""
    found = []
    for target, value in settings.items():
        if _DRIVE.fullmatch(target):
            said = pairs(value, "file")
            cdrom = said.get("media") == "cdrom"
            found.append(_disk(target, said.get("file"), said, readonly=cdrom or said.get("ro") == "1"))
    return [disk for disk in found if disk.source not in {None, "none", "cdrom"}]


def mounts(settings: Mapping[str, str]) -> list[Disk]:
    """Return the volumes of a container by the place where they are mounted."""
    found = []
    for key, value in settings.items():
        if _MOUNT.fullmatch(key):
            said = pairs(value, "volume")
            target = "/" if key == "rootfs" else said.get("mp")
            found.append(_disk(target, said.get("volume"), said, readonly=said.get("ro") == "1"))
    return [disk for disk in found if disk.source]


def _disk(target: str | None, source: str | None, said: Mapping[str, str], *, readonly: bool) -> Disk:
    """Return a disk; a volume belongs to one guest, unless it is `shared=1` or a directory of the host."""
    ending = (source or "").rpartition(".")[2]
    exclusive: bool | None = None
    if said.get("shared") == "1":
        exclusive = False
    elif not readonly and source and not (source.startswith("/") and "mp" in said):
        exclusive = True
    image_format = said.get("format") or (ending if ending in _FORMATS else None)
    return Disk(target=target, source=source or None, format=image_format, readonly=readonly, exclusive=exclusive)
