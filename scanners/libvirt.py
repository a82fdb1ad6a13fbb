"""libvirt: domain XML, as `virsh dumpxml` prints it and /etc/libvirt/*/*.xml holds it.

    <domain type='kvm'><name>tst100</name><memory unit='KiB'>524288</memory></domain>

A status file (`<domstatus>`) holds the one domain that runs. The domain of a snapshot
(`<domainsnapshot>`) is what a machine was, and none. Source: libvirt's formatdomain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

from scanners import libvirt_devices
from scanners.config import Broken, Config, Interface, Problem
from scanners.xml_tree import attribute, content, root, tree
from vhost import normal

_TYPED = re.compile(r"\btype\s*=")
_BODY = re.compile(r"<(?:devices|os|memory|vcpu)\b")

_UNIT = re.compile(r"(?:([kmgtpe])(i?b)?|b|bytes?)", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,20}")
_POWERS = " kmgtpe"

_ACCELERATORS = {"kvm": "KVM", "qemu": "QEMU", "kqemu": "KQEMU", "hvf": "HVF", "bhyve": "BHYVE", "uml": "UML"}
_XEN = {"linux": "PARA", "xen": "PARA", "hvm": "HVM", "xenpvh": "PVH"}


class Libvirt:
    """Domains of libvirt, whatever hypervisor runs them."""

    name: ClassVar[str] = "libvirt"
    types: ClassVar[tuple[str, ...]] = ("LIBVIRT",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:  # noqa: ARG004 - the content says it all
        """Tell whether the root is a `<domain type=...>` of libvirt or the status of one."""
        found = root(text)
        if found is None or found[0] not in ("domain", "domstatus"):
            return False
        typed = _TYPED.search(found[1]) if found[0] == "domain" else "<domain " in text
        return bool(typed and _BODY.search(text))

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the domain, none for a snapshot. Raises `Broken` for what is not XML or no domain."""
        return Libvirt.parse_tree(tree(text))

    @staticmethod
    def parse_tree(top: Element) -> Sequence[Config]:
        """Return the same for a text that is parsed already. Raises `Broken`."""
        if top.tag == "domainsnapshot":
            return ()
        domain = top.find("domain") if top.tag == "domstatus" else top
        if domain is None or domain.tag != "domain":
            raise Broken(0, f"a <{top.tag[:40]}> is no domain")
        problems: list[Problem] = []
        return (
            Config(
                type="LIBVIRT",
                facts=_facts(domain, problems, runs=top is not domain or domain.get("id") is not None),
                interfaces=tuple(_interfaces(domain, problems)),
                disks=tuple(libvirt_devices.disk(found) for found in domain.iterfind("devices/disk")),
                problems=tuple(problems),
            ),
        )


def _facts(domain: Element, problems: list[Problem], *, runs: bool) -> dict[str, str]:
    os_type = (content(domain, "os/type") or "").lower()
    kind = (domain.get("type") or "").lower()
    facts = {
        "label": content(domain, "name"),
        "uuid": _uuid(domain, problems),
        "vram": _memory(domain, problems),
        "vcpu": _vcpus(domain, problems),
        "arch": attribute(domain, "os/type", "arch"),
        "platform": attribute(domain, "os/type", "machine"),
        "accelerator": _XEN.get(os_type) if kind == "xen" else _ACCELERATORS.get(kind),
        "exepath": content(domain, "devices/emulator"),
        "category": "CT" if os_type == "exe" else None,
        **libvirt_devices.console(domain, runs=runs),
    }
    return {column: value for column, value in facts.items() if value}


def _wrong(problems: list[Problem], what: str, value: str) -> None:
    problems.append(Problem(line=0, problem=f"<{what}>: {value[:80]!a} cannot be"))


def _uuid(domain: Element, problems: list[Problem]) -> str | None:
    """Return the UUID as it is spelled; one that is all zero is none."""
    value = content(domain, "uuid")
    digits = normal.uuid(value or "")
    if value and digits is None:
        _wrong(problems, "uuid", value)
    return value if digits and digits.strip("0") else None


def _memory(domain: Element, problems: list[Problem]) -> str | None:
    """Return what the domain may have when it starts, in MiB; with NUMA the cells may say it instead."""
    element = domain.find("memory")
    if element is not None:
        size = _bytes(element.text or "", element.get("unit"))
        if size is None:
            _wrong(problems, "memory", f"{element.text} {element.get('unit') or ''}".strip())
    else:
        cells = [_bytes(c.get("memory") or "", c.get("unit")) for c in domain.iterfind("cpu/numa/cell")]
        known = [cell for cell in cells if cell is not None]
        size = sum(known) if len(known) == len(cells) else None
    return str(max(1, round(size / 2**20))) if size else None


def _bytes(text: str, unit: str | None) -> int | None:
    """Return a size in bytes, None if it is none; without a unit it is in KiB, and `KB` is 1000 bytes."""
    number, named = _DIGITS.fullmatch(text.strip()), _UNIT.fullmatch((unit or "KiB").strip())
    if number is None or named is None:
        return None
    power = _POWERS.index((named.group(1) or " ").lower())
    base = 1000 if (named.group(2) or "").lower() == "b" else 1024
    scale: int = base**power
    return int(number.group()) * scale


def _vcpus(domain: Element, problems: list[Problem]) -> str | None:
    """Return with how many virtual CPUs the domain starts."""
    value = attribute(domain, "vcpu", "current") or content(domain, "vcpu")
    if value is None or (_DIGITS.fullmatch(value) and int(value) > 0):
        return value and str(int(value))
    _wrong(problems, "vcpu", value)
    return None


def _interfaces(domain: Element, problems: list[Problem]) -> Iterator[Interface]:
    for element in domain.iterfind("devices/interface"):
        mac = attribute(element, "mac", "address")
        if mac and normal.mac(mac) is None:
            _wrong(problems, "mac", mac)
            mac = None
        yield from libvirt_devices.interfaces(element, mac)
