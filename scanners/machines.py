"""The records of one machine: what its configuration says, joined with its `#@#` tags.

    vif = ["mac=00:50:56:13:11:40,bridge=xenbr0"]      #@#IP0="192.168.1.220%255.255.255.0"

become one record with the MAC and relay of the first and the address of the second. There is one
record for each address of each interface; `MACn` and `IPn` belong to the n-th interface of the
configuration, or are one that it does not mention. Tags win, except over a label, UUID or MAC that
the configuration states otherwise: that one stays, and the difference is a `Conflict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from scanners.config import Config, Interface
from scanners.tags import Tags
from vhost import normal
from vhost.claims import Conflict
from vhost.record import Machine

_COLUMNS: dict[str, tuple[str, ...]] = {
    "display": ("VNCACCESSDISPLAY", "VNCDISPLAY"),
    "cport": ("VNCACCESSPORT", "VNCPORT"),
    "sport": ("SPORT",),
    "vncbase": ("VNCBASEPORT", "VNCBASE"),
    "dist": ("DIST",),
    "distrel": ("DISTREL",),
    "os": ("OS",),
    "osrel": ("OSREL",),
    "verno": ("VERSION", "VERNO", "INST_VERNO"),
    "serno": ("SERNO", "INST_SERNO"),
    "category": ("CATEGORY",),
    "vmstate": ("VMSTATE",),
    "hyperrel": ("INST_HYPERREL", "HYPERREL"),
    "stackcap": ("STACKCAP",),
    "stackreq": ("STACKREQ",),
    "hwcap": ("HWCAP",),
    "hwreq": ("HWREQ",),
    "execlocation": ("EXECLOCATION",),
    "reloccap": ("RELOCCAP",),
    "accelerator": ("INST_ACCELERATOR", "ACCELERATOR"),
    "exepath": ("STARTERCALL",),
    "ctysrelease": ("INST_CTYSREL", "CTYSREL", "CTYSRELEASE"),
    "arch": ("ARCH",),
    "platform": ("PLATFORM",),
    "vram": ("VRAM",),
    "vcpu": ("VCPU",),
    "contextstring": ("CSTRG",),
    "userstring": ("USTRG",),
    "defhosts": ("DEFAULTHOSTS",),
    "defconsole": ("DEFAULTCONSOLE",),
}
"""Columns that tags state for the whole machine, each with its keys, the preferred one first."""

_DEFAULTS: dict[str, tuple[str, str]] = {
    "XEN": ("VNC", "GTERM"),
    "QEMU": ("VNC", "VNC"),
    "VMW": ("VNC", "VMWRC"),
    "VBOX": ("VNC", "RDP"),
    "PM": ("VNC", "VNC"),
}
"""The default HOSTs plugin and console of the session types that have them."""

_NIL_UUID = "0" * 32


def records(
    config: Config, tags: Tags, *, path: str, pm: str | None, uid: str | None, gid: str | None
) -> tuple[tuple[Machine, ...], tuple[Conflict, ...]]:
    """Return the records of one machine, at least one, and what its tags contradict.

    `path` is the configuration file, `pm` the machine whose view it is, `uid` and `gid` the names
    of the file's owners. A machine that is tagged to be ignored gets the state IGNORE.
    """
    identity, conflicts = _identity(config, tags)
    interfaces, mac_conflicts = _interfaces(config, tags)
    known = {**_defaults(config.type), **config.facts, **_tagged(tags), **identity}
    common: dict[str, str | None] = {**known, "pm": pm, "type": config.type, "id": path, "uid": uid, "gid": gid}
    machines = [Machine(**common, **_columns(interface)) for interface in interfaces]
    return tuple(dict.fromkeys(machines)), (*conflicts, *mac_conflicts)


def _defaults(session_type: str) -> dict[str, str]:
    found = {"category": "PM" if session_type == "PM" else "VM"}
    if session_type in _DEFAULTS:
        found["defhosts"], found["defconsole"] = _DEFAULTS[session_type]
    return found


def _tagged(tags: Tags) -> dict[str, str]:
    found = {"vmstate": "IGNORE"} if tags.hidden else {}
    for column, keys in _COLUMNS.items():
        value = next((tags.values[key] for key in keys if key in tags.values), None)
        if value is not None:
            found[column] = value
    return found


def _identity(config: Config, tags: Tags) -> tuple[dict[str, str], list[Conflict]]:
    """Return label and UUID: the configuration's, else the tag's."""
    found: dict[str, str] = {}
    conflicts = []
    for column, key in (("label", "LABEL"), ("uuid", "UUID")):
        stated, tagged = config.facts.get(column), tags.values.get(key)
        if column == "uuid" and tagged and normal.uuid(tagged) == _NIL_UUID:
            tagged = None
        kept = stated or tagged
        if kept:
            found[column] = kept
        if stated and tagged and not _same(column, stated, tagged):
            conflicts.append(_conflict(config, column, stated, tagged, key))
    return found, conflicts


def _same(column: str, one: str, other: str) -> bool:
    forms = {"uuid": normal.uuid, "mac": normal.mac}
    form = forms.get(column)
    return one == other or (form is not None and form(one) is not None and form(one) == form(other))


def _conflict(config: Config, column: str, kept: str, other: str, tag: str) -> Conflict:
    return Conflict(column=column, kept=kept, kept_from=config.type.lower(), other=other, other_from=f"tag {tag}")


def _interfaces(config: Config, tags: Tags) -> tuple[list[Interface], list[Conflict]]:
    """Return the interfaces, each once for each of its addresses; an empty one for a machine that has none."""
    stated = dict(enumerate(_by_interface(config.interfaces)))
    conflicts = []
    joined: list[Interface] = []
    for number in sorted(stated.keys() | tags.macs.keys() | tags.addresses.keys()):
        entries = stated.get(number, [])
        mac = entries[0].mac if entries else None
        tagged = tags.macs.get(number)
        if mac and tagged and not _same("mac", mac, tagged):
            conflicts.append(_conflict(config, "mac", mac, tagged, f"MAC{number}"))
        addresses = _addresses(entries, tags.addresses.get(number, ()), number)
        joined.extend(replace(entry, mac=mac or tagged) for entry in addresses)
    sshport = tags.values.get("SSHPORT")
    return [replace(entry, sshport=entry.sshport or sshport) for entry in joined or [Interface()]], conflicts


def _by_interface(entries: Iterable[Interface]) -> Iterator[list[Interface]]:
    """Yield the entries of one interface after the other: neighbours that share a MAC are one."""
    numbered = enumerate(entries)
    for _, group in groupby(numbered, key=lambda entry: entry[1].mac or entry[0]):
        yield [interface for _, interface in group]


def _addresses(stated: Sequence[Interface], tagged: Sequence[Interface], number: int) -> Iterator[Interface]:
    """Yield an interface for each of its addresses: the tagged ones, else those of the configuration."""
    if not tagged:
        yield from stated or [Interface()]
    for entry in tagged:
        yield _completed(entry, stated, number)


def _completed(entry: Interface, stated: Sequence[Interface], number: int) -> Interface:
    """Return a tagged address with what the configuration knows of it, or of its interface.

    An interface that has a tagged address, but no name, is called by its number: so the records
    of the old tool have it.
    """
    first = stated[0] if stated else Interface()
    same = next((one for one in stated if not entry.ip or not one.ip or _equal(one.ip, entry.ip)), Interface())
    return Interface(
        ip=entry.ip or same.ip,
        netmask=entry.netmask or same.netmask,
        gateway=entry.gateway or same.gateway,
        relay=entry.relay or first.relay,
        ifname=entry.ifname or first.ifname or str(number),
        sshport=entry.sshport or same.sshport,
    )


def _equal(one: str, other: str) -> bool:
    return one == other or (normal.address(one) is not None and normal.address(one) == normal.address(other))


def _columns(interface: Interface) -> dict[str, str | None]:
    return {
        "mac": interface.mac,
        "tcp": interface.ip,
        "netmask": interface.netmask,
        "gateway": interface.gateway,
        "relay": interface.relay,
        "ifname": interface.ifname,
        "sshport": interface.sshport,
    }
