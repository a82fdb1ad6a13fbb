"""VirtualBox: the .vbox files of its machines.

    <VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux">
      <Machine uuid="{5f1c...}" name="tst300" OSType="Debian_64"><Hardware>...

Snapshots are in the same file with hardware of their own; the machine is its current state, whose
disks may be the differencing images of a snapshot. Source: VirtualBox-settings.xsd, VBoxManage(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

from scanners import guest_os
from scanners.config import Broken, Config, Interface, Problem
from scanners.xml_tree import attribute, root, tree
from vhost import normal
from vhost.claims import Disk

VRDE_PORT = "3389"
"""The TCP port of the remote display if none is set (VBoxManage(1), `--vrde-port`)."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_ARCHITECTURES = {"arm": "aarch64"}
_NAMED = ("BridgedInterface", "HostInterface", "InternalNetwork", "HostOnlyInterface", "HostOnlyNetwork", "NATNetwork")
_OTHER = ("CloudNetwork", "GenericInterface")


class VirtualBox:
    """Machines of VirtualBox."""

    name: ClassVar[str] = "virtualbox"
    types: ClassVar[tuple[str, ...]] = ("VBOX",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:  # noqa: ARG004 - the content says it all
        """Tell whether the root is `<VirtualBox>` with a machine in it; the global settings have none."""
        found = root(text)
        return found is not None and found[0] == "VirtualBox" and re.search(r"<(?:\w+:)?Machine\s", text) is not None

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the machine. Raises `Broken` for what is not XML or no machine."""
        top = tree(text)
        machine = top.find("Machine") if top.tag == "VirtualBox" else None
        if machine is None:
            raise Broken(0, f"a <{top.tag[:40]}> without a machine")
        problems: list[Problem] = []
        return (
            Config(
                type="VBOX",
                facts=_facts(machine, problems),
                interfaces=tuple(_interfaces(machine, problems)),
                disks=tuple(_disks(machine)),
                problems=tuple(problems),
            ),
        )


def _wrong(problems: list[Problem], what: str, value: str) -> None:
    problems.append(Problem(line=0, problem=f"{what}: {value[:80]!a} cannot be"))


def _facts(machine: Element, problems: list[Problem]) -> dict[str, str]:
    kind = (machine.get("OSType") or "").strip()
    platform = (attribute(machine, "Platform", "architecture") or "").lower()
    facts = {
        "label": (machine.get("name") or "").strip(),
        "uuid": _uuid(machine, problems),
        "vram": _count(attribute(machine, "Hardware/Memory", "RAMSize"), "RAMSize", problems),
        "vcpu": _count(_processors(machine), "CPU", problems),
        "arch": _ARCHITECTURES.get(platform) or (guest_os.architecture(kind) if kind else None),
        "os": guest_os.system(kind),
        "cport": _console(machine),
    }
    return {column: value for column, value in facts.items() if value}


def _uuid(machine: Element, problems: list[Problem]) -> str | None:
    """Return the UUID without its braces; one that is all zero is none."""
    value = (machine.get("uuid") or "").strip()
    digits = normal.uuid(value)
    if value and digits is None:
        _wrong(problems, "uuid", value)
    return value.strip("{}") if digits and digits.strip("0") else None


def _count(value: str | None, what: str, problems: list[Problem]) -> str | None:
    if value is None or (_NUMBER.fullmatch(value) and int(value) > 0):
        return value and str(int(value))
    _wrong(problems, what, value)
    return None


def _processors(machine: Element) -> str:
    """Return the number of virtual CPUs, which is only written if it is not one."""
    return attribute(machine, "Platform/CPU", "count") or attribute(machine, "Hardware/CPU", "count") or "1"


def _console(machine: Element) -> str | None:
    """Return the port of the remote display, None if it is off or may be one of several."""
    display = machine.find("Hardware/RemoteDisplay")
    if display is None or display.get("enabled") != "true":
        return None
    ports = display.get("port") or display.get("ports")
    for entry in display.iterfind("VRDEProperties/Property"):
        if entry.get("name") == "TCP/Ports":
            ports = entry.get("value")
    port = VRDE_PORT if ports in (None, "", "0") else str(ports).strip()
    return str(int(port)) if _NUMBER.fullmatch(port) and 0 < int(port) <= 65_535 else None


def _interfaces(machine: Element, problems: list[Problem]) -> Iterator[Interface]:
    for adapter in machine.iterfind("Hardware/Network/Adapter"):
        if adapter.get("enabled") != "true":
            continue
        mac = (adapter.get("MACAddress") or "").strip()
        if mac and normal.mac(mac) is None:
            _wrong(problems, "MACAddress", mac)
            mac = ""
        yield Interface(mac=mac or None, relay=_relay(adapter))


def _relay(adapter: Element) -> str | None:
    """Return the bridged interface or network by name, `NAT` for the built-in one, None if not attached."""
    for kind in (*_NAMED, *_OTHER):
        if name := attribute(adapter, kind, "name") or attribute(adapter, kind, "driver"):
            return name
    return "NAT" if adapter.find("NAT") is not None else None


def _disks(machine: Element) -> Iterator[Disk]:
    media = _media(machine)
    for place in ("StorageControllers", "Hardware/StorageControllers"):
        for controller in machine.iterfind(f"{place}/StorageController"):
            for device in controller.iterfind("AttachedDevice"):
                yield _disk(controller, device, media)


def _media(machine: Element) -> dict[str, Element]:
    """Return the images of the machine's registry by UUID; a differencing image is inside its parent."""
    registry = machine.find("MediaRegistry")
    found = () if registry is None else registry.iter()
    return {key: each for each in found if each.tag in ("HardDisk", "Image") and (key := _key(each.get("uuid")))}


def _key(uuid: str | None) -> str | None:
    return normal.uuid(uuid or "")


def _disk(controller: Element, device: Element, media: dict[str, Element]) -> Disk:
    image = media.get(_key(attribute(device, "Image", "uuid")) or "")
    drive = attribute(device, "HostDrive", "src")
    source = drive if image is None else (image.get("location") or None)
    kind, medium = device.get("type"), "" if image is None else image.get("type", "Normal")
    readonly = kind == "DVD" or medium == "Readonly"
    exclusive = {"Normal": True, "Shareable": False}.get(medium) if kind == "HardDisk" and not readonly else None
    return Disk(
        target=f"{controller.get('name') or ''}:{device.get('port') or 0}:{device.get('device') or 0}",
        source=source,
        format=None if image is None else (image.get("format") or "").lower() or None,
        readonly=readonly,
        exclusive=exclusive,
    )
