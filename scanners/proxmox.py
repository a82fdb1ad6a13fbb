"""Proxmox VE guests: `qemu-server/N.conf` and `lxc/N.conf`.

    net0: virtio=A2:C0:43:77:08:A0,bridge=vmbr0
    smbios1: uuid=7b10d7af-b932-4c66-b2c3-3996152ec465

    [before-update]

What stands behind the first section is a snapshot or a change to come, and not the machine. Without
`memory` a guest has 512 MiB, without `sockets` and `cores` a virtual machine has one CPU, and without
`kvm` it uses KVM: these defaults are documented. Source: qm.conf(5), pct.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from scanners.config import Broken, Config, Problem
from scanners.proxmox_devices import disks, interfaces, mounts, pairs
from scanners.proxmox_keys import are_typical, current
from scanners.qemu_machine import console
from scanners.qemu_options import from_words
from scanners.shell import commands
from vhost import normal

_COUNT = re.compile(r"[1-9][0-9]{0,8}")
_CONTAINER_KEYS = frozenset({"hostname", "rootfs", "swap", "unprivileged", "cmode", "tty", "features"})
_SYSTEMS = {"l24": "Linux", "l26": "Linux", "solaris": "Solaris", "other": None}
_NIL_UUID = "0" * 32
_MOST_PROBLEMS = 20

_DEFAULT_MEMORY = "512"


class Proxmox:
    """Virtual machines and containers of Proxmox VE."""

    name: ClassVar[str] = "proxmox"
    types: ClassVar[tuple[str, ...]] = ("PVE",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:
        """Tell whether the lines before the first section have the keys and values of a guest."""
        return are_typical(text, filename)

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the one guest of the file. Raises `Broken` if it has no settings."""
        settings, problems = _current(text)
        if not settings:
            raise Broken(0, "no settings before the first section")
        plugged, wrong = interfaces(settings)
        is_container = not _CONTAINER_KEYS.isdisjoint(settings) or any(key.startswith("lxc.") for key in settings)
        stated = _container(settings, wrong) if is_container else _virtual_machine(settings, wrong)
        return [
            Config(
                type="PVE",
                facts={column: value for column, value in (_both(settings) | stated).items() if value},
                interfaces=tuple(plugged),
                disks=tuple(mounts(settings) if is_container else disks(settings)),
                problems=(*problems, *(Problem(line=0, problem=problem) for problem in wrong)),
            )
        ]


def _current(text: str) -> tuple[dict[str, str], list[Problem]]:
    """Return the settings of the machine itself, the last of one key, and the lines that are none."""
    settings: dict[str, str] = {}
    problems: list[Problem] = []
    for number, key, value in current(text):
        if key:
            settings[key] = value
        elif len(problems) < _MOST_PROBLEMS:
            problems.append(Problem(line=number, problem="not a `key: value` line"))
    return settings, problems


def _both(settings: Mapping[str, str]) -> dict[str, str | None]:
    lock = settings.get("lock")
    return {
        "vmstate": "TEMPLATE" if settings.get("template") == "1" else None,
        "arch": settings.get("arch"),
        "contextstring": f"lock={lock}" if lock else None,
    }


def _virtual_machine(settings: Mapping[str, str], wrong: list[str]) -> dict[str, str | None]:
    ostype = settings.get("ostype", "other")
    return {
        "label": settings.get("name"),
        "uuid": _uuid(settings, wrong),
        "vram": _memory(settings, wrong),
        "vcpu": _cpus(settings, wrong),
        "os": _SYSTEMS.get(ostype, "Windows" if ostype.startswith("w") else ostype),
        "platform": pairs(settings.get("machine", ""), "type").get("type"),
        "accelerator": _accelerator(settings),
        **console(from_words([word for command in commands(settings.get("args", "")) for word in command.words])),
    }


def _container(settings: Mapping[str, str], wrong: list[str]) -> dict[str, str | None]:
    ostype = settings.get("ostype")
    return {
        "label": settings.get("hostname"),
        "vram": _memory(settings, wrong),
        "vcpu": _count(settings, "cores", wrong),
        "dist": ostype if ostype != "unmanaged" else None,
        "os": "Linux",
        "category": "CT",
        "accelerator": "LXC",
    }


def _uuid(settings: Mapping[str, str], wrong: list[str]) -> str | None:
    uuid = pairs(settings.get("smbios1", ""), "uuid").get("uuid")
    if uuid and normal.uuid(uuid) is None:
        wrong.append(f"smbios1: {uuid!a} is no UUID")
        return None
    return uuid if uuid and normal.uuid(uuid) != _NIL_UUID else None


def _memory(settings: Mapping[str, str], wrong: list[str]) -> str | None:
    said = pairs(settings.get("memory", _DEFAULT_MEMORY), "current")
    return _count({"memory": said.get("current", "")}, "memory", wrong)


def _cpus(settings: Mapping[str, str], wrong: list[str]) -> str | None:
    """Return the CPUs that are plugged in at the start: `vcpus`, else all of all sockets."""
    if "vcpus" in settings:
        return _count(settings, "vcpus", wrong)
    keys = ("sockets" if "sockets" in settings else "smp", "cores")
    sockets, cores = (_count(settings, key, wrong) if key in settings else "1" for key in keys)
    return str(int(sockets) * int(cores)) if sockets and cores else None


def _count(settings: Mapping[str, str], key: str, wrong: list[str]) -> str | None:
    value = settings.get(key)
    if value is not None and not _COUNT.fullmatch(value):
        wrong.append(f"{key}: {value[:40]!a} is no number")
        return None
    return value


def _accelerator(settings: Mapping[str, str]) -> str | None:
    """Return TCG or KVM; None where the guest has an architecture that its host may not have."""
    if settings.get("kvm") == "0":
        return "TCG"
    return "KVM" if settings.get("kvm") == "1" or "arch" not in settings else None
