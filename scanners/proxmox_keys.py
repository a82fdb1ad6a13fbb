"""Whether a text is a Proxmox VE configuration: by its keys, and by what stands behind them.

    ostype: l26
    scsi0: local:8006/vm-8006-disk-0.qcow2,size=104858K

A single line like these tells; `memory: 512` or `name: tst100` stands in many a YAML file as well.
Source: qm.conf(5), pct.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import StringIO

_KEYS = frozenset(
    {
        *("acpi", "affinity", "agent", "allow-ksm", "amd-sev", "arch", "args", "autostart", "balloon", "bios", "boot"),
        *("bootdisk", "cdrom", "cicustom", "cipassword", "citype", "ciupgrade", "ciuser", "cmode", "console", "cores"),
        *("cpu", "cpulimit", "cpuunits", "debug", "description", "digest", "entrypoint", "env", "features", "freeze"),
        *("hookscript", "hostname", "hotplug", "hugepages", "intel-tdx", "ivshmem", "keephugepages", "keyboard"),
        *("kvm", "localtime", "lock", "machine", "memory", "meta", "migrate_downtime", "migrate_speed", "name"),
        *("nameserver", "numa", "onboot", "ostype", "parent", "protection", "reboot", "rootfs", "runningcpu"),
        *("running-nets-host-mtu", "runningmachine", "scsihw", "searchdomain", "shares", "smp", "sockets"),
        *("spice_enhancements", "sshkeys", "startdate", "startup", "swap", "tablet", "tags", "tdf", "template"),
        *("timezone", "tty", "unprivileged", "vcpus", "vga", "vmgenid", "vmstate", "vmstatestorage", "watchdog"),
    }
)
_NUMBERED_KEYS = frozenset(
    {
        *("audio", "dev", "efidisk", "hostpci", "ide", "ipconfig", "mp", "net", "numa", "parallel", "rng", "sata"),
        *("scsi", "serial", "smbios", "tpmstate", "unused", "usb", "virtio", "virtiofs"),
    }
)
_COMMON = frozenset(
    {
        *("arch", "args", "console", "cores", "cpu", "debug", "description", "digest", "entrypoint", "env", "features"),
        *("hostname", "lock", "memory", "name", "nameserver", "parent", "searchdomain", "shares", "startup", "tags"),
        *("template", "timezone"),
    }
)
"""Keys that files of other formats have as well."""

_DRIVE = r"(?:file=)?(?:none|cdrom|[\w.-]+:\S+|/\S+)(?:,.*)?"
_TELLING: Mapping[str, re.Pattern[str]] = {
    key: re.compile(pattern)
    for key, pattern in {
        "agent": r"(?:enabled=)?[01],.*",
        "amd-sev": r"type=.*",
        "boot": r"order=.*",
        "bootdisk": r"(?:ide|sata|scsi|virtio)[0-9]+",
        "efidisk": _DRIVE,
        "hostpci": r".*[0-9a-f]{2}:[0-9a-f]{2}.*|mapping=.*",
        "ide": _DRIVE,
        "ipconfig": r"(?:ip|gw)6?=.*",
        "machine": r"(?:type=)?(?:pc|q35|virt)(?:[-,].*)?",
        "meta": r"(?:creation-qemu|ctime)=.*",
        "mp": r".*,mp=/.*",
        "net": (
            r"(?:.*,)?(?:bridge|hwaddr|macaddr)=.*"
            r"|(?:e1000.*|virtio|rtl8139|vmxnet3|ne2k.*|pcnet|i825.*)(?:[=,].*)?"
        ),
        "ostype": (
            r"other|wxp|w2k[38]?|wvista|win(?:7|8|10|11)|l24|l26|solaris|unmanaged|debian|devuan|ubuntu|centos|fedora"
            r"|opensuse|archlinux|alpine|gentoo|nixos"
        ),
        "rootfs": r"(?:volume=)?(?:[\w.-]+:\S+|/\S+)",
        "sata": _DRIVE,
        "scsi": _DRIVE,
        "scsihw": r"lsi.*|virtio-scsi-.*|megasas|pvscsi",
        "smbios": r"(?:.*,)?(?:uuid|base64|serial|product)=.*",
        "vga": r"(?:type=)?(?:cirrus|none|qxl[234]?|serial[0-3]|std|virtio(?:-gl)?|vmware)(?:,.*)?",
        "virtio": _DRIVE,
        "vmgenid": r"[0-9a-fA-F-]{36}",
    }.items()
}
"""Keys with a value that hardly stands behind them in a file of another format."""

_LINE = re.compile(r"(?:([a-z][a-z0-9_-]*):|(lxc\.[a-z0-9_.-]+)[ \t]*[:=])[ \t]*(.*?)[ \t\r]*")
_SECTION = re.compile(r"\[[^\]]+\][ \t\r]*")
_NUMBERED = re.compile(r"([a-z]+)[0-9]{1,3}")

_STRANGE_SHARE = 3
_MOST_STRANGE = 10
"""After so many strange lines more than known ones nothing further is read."""


def current(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, key and value of the machine itself; the key is empty for a line that has none."""
    # StringIO yields the lines one by one: nearly every text is given up after a few.
    for number, line in enumerate(map(_without_end, StringIO(text, newline="\n")), start=1):
        if _SECTION.fullmatch(line):
            return
        found = _LINE.fullmatch(line)
        if found:
            yield number, found[1] or found[2], found[3]
        elif line.strip() and not line.startswith("#"):
            yield number, "", line


def _without_end(line: str) -> str:
    return line.removesuffix("\n")


def are_typical(text: str, filename: str) -> bool:
    """Tell whether the lines before the first section are those of a Proxmox configuration.

    Where no value tells, the keys do in a file `*.conf`.
    """
    known, strange, telling, special = 0, 0, False, False
    for _, key, value in current(text):
        base = _base(key)
        if base is None:
            strange += 1
        else:
            known += 1
            special = special or base not in _COMMON
            telling = telling or _tells(base, value)
        if strange > known + _MOST_STRANGE:
            return False
    if telling:
        return strange * _STRANGE_SHARE <= known
    return special and not strange and filename.endswith(".conf")


def _base(key: str) -> str | None:
    """Return the key without its number, None if Proxmox has no such key."""
    numbered = _NUMBERED.fullmatch(key)
    if numbered and numbered[1] in _NUMBERED_KEYS:
        return numbered[1]
    return key if key in _KEYS or key.startswith("lxc.") else None


def _tells(base: str, value: str) -> bool:
    pattern = _TELLING.get(base)
    return pattern is not None and pattern.fullmatch(value) is not None
