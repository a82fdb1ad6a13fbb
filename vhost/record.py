"""The record: one claim about one interface of one machine, and its 47 canonical fields.

This is the one place that knows the fields. `-o` keywords, titles, the Arrow schema, the DuckDB
tables and the table in docs/fields.md are all derived from the attributes of `Machine`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from vhost.errors import UsageError
from vhost.text import escape, unescape

Kind = Literal["text", "integer", "mac", "uuid", "address"]


def _column(title: str, keywords: str, meaning: str, kind: Kind = "text", indexed: str = "") -> Any:  # noqa: ANN401 - what a dataclass default is typed as
    """Return a dataclass field that carries what the outputs must know about it."""
    names = tuple(keywords.split())
    return dataclasses.field(default=None, metadata={"spec": (title, names, meaning, kind, indexed or title)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One claim about one interface of one machine, as its source spells it; None is unknown."""

    pm: str | None = _column("ContainingMachine", "PM HOST H", "the physical machine (PM) whose view this is")
    type: str | None = _column("SessionType", "TYPE STYPE ST", "what runs it: XEN, QEMU, LIBVIRT, VMW, VBOX, PVE, PM")
    label: str | None = _column("Label", "LABEL L", "the name of the machine")
    id: str | None = _column("ID", "IDS ID I PNAME P", "the path of its configuration file")
    uuid: str | None = _column("UUID", "UUID U", "its UUID", "uuid")
    mac: str | None = _column("MAC", "MAC M", "the MAC address of the interface", "mac")
    tcp: str | None = _column("TCP", "TCP T", "the IP address, or a name for it, of the interface", "address")
    display: str | None = _column("DISPLAY", "DISPLAY VNCDISPLAY DISP", "the display number of its console")
    cport: str | None = _column("ClientAccessPort", "CPORT VNCPORT", "the TCP port of its console", "integer")
    sport: str | None = _column("ServerAccessPort", "SERVERACCESS SPORT S", "the control port", "integer")
    vncbase: str | None = _column("VNCbasePort", "VNCBASE", "the port of display 0", "integer")
    dist: str | None = _column("Distro", "DIST", "the distribution of the guest's system")
    distrel: str | None = _column("Distrorel", "DISTREL", "the release of the distribution")
    os: str | None = _column("OS", "OS O", "the operating system of the guest")
    osrel: str | None = _column("OSREL", "OSREL", "the release of the operating system")
    verno: str | None = _column("VersNo", "VERSION VERNO VER", "the version of the configuration")
    serno: str | None = _column("SerialNo", "SERIALNUMBER SERNO", "the serial number of the configuration")
    category: str | None = _column("Category", "CATEGORY CAT", "VM, PM or CT (a container)")
    vmstate: str | None = _column("VMstate", "VMSTATE VSTAT", "ACTIVE, BACKUP, TEMPLATE, DISABLED, ...")
    hyperrel: str | None = _column("HypervisorRelease", "HYPERREL HYREL", "the hypervisor it was installed with")
    stackcap: str | None = _column("StackCapability", "STACKCAP SCAP", "the virtualisation that it can host")
    stackreq: str | None = _column("StackRequirement", "STACKREQ SREQ", "the virtualisation that it needs")
    hwcap: str | None = _column("HWCapability", "HWCAP", "the hardware that it offers", indexed="HWcapability")
    hwreq: str | None = _column("HWRequirement", "HWREQ", "the hardware that it needs", indexed="HWrequirement")
    execlocation: str | None = _column("ExecLocation", "EXECLOCATION", "the hosts that may run it")
    reloccap: str | None = _column("RelocationCapability", "RELOCCAP", "whether it may move: PINNED, FIXED, ...")
    sshport: str | None = _column("SSHport", "SSHPORT", "the port of its ssh server", "integer")
    netname: str | None = _column("netname", "NETNAME", "the name of the interface's address", indexed="Netname")
    hyperrelrun: str | None = _column("HyperrelRun", "HYPERRELRUN HYRELRUN", "the hypervisor it runs on")
    accelerator: str | None = _column("Accelerator", "ACCELERATOR ACCEL", "PARA, HVM, PVH, KVM, ...")
    exepath: str | None = _column("ExePath", "EXEPATH EXEP", "the program that runs it")
    index: str | None = _column("Index", "INDEX", "the number of the record in the sorted cache", "integer")
    ifname: str | None = _column("ifname", "IFNAME", "the name of the interface inside the machine")
    ctysrelease: str | None = _column("CTYSrelease", "CTYSRELEASE", "the release that wrote the configuration")
    netmask: str | None = _column("netmask", "NETMASK", "the netmask of the interface")
    gateway: str | None = _column("gateway", "GATEWAY GW", "the gateway of the interface")
    relay: str | None = _column("relay", "RELAY", "the bridge, switch or network it is plugged into")
    arch: str | None = _column("Arch", "ARCH", "the architecture: x86_64, i386, aarch64, ...")
    platform: str | None = _column("Platform", "PLATFORM PFORM", "the machine model: pc, q35, versatilepb, ...")
    vram: str | None = _column("VRAM", "VRAM", "memory in MiB", "integer")
    vcpu: str | None = _column("VCPU", "VCPU", "number of virtual CPUs", "integer")
    contextstring: str | None = _column("ContextStg", "CONTEXTSTRING CSTRG", "free text of the hypervisor's plugin")
    userstring: str | None = _column("UserStrg", "USERSTRING USTRG", "free text of the user")
    uid: str | None = _column("UID", "USERID UID", "the owner of the configuration file")
    gid: str | None = _column("GID", "GROUPID GID", "the group of the configuration file")
    defhosts: str | None = _column("DefHOSTs", "DEFHOSTS", "the default plugin for hosts")
    defconsole: str | None = _column("DefCONSOLE", "DEFCON", "the default console")


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field: its number (from 1), column, spellings, meaning and kind of value."""

    number: int
    column: str
    title: str
    indexed_title: str
    keywords: tuple[str, ...]
    meaning: str
    kind: Kind


def _fields() -> tuple[Field, ...]:
    made = []
    for number, attribute in enumerate(dataclasses.fields(Machine), start=1):
        title, keywords, meaning, kind, indexed = attribute.metadata["spec"]
        made.append(Field(number, attribute.name, title, indexed, keywords, meaning, kind))
    return tuple(made)


FIELDS: tuple[Field, ...] = _fields()
"""The 47 canonical fields in their order."""

COUNT = len(FIELDS)
KEYWORDS: dict[str, Field] = {word: field for field in FIELDS for word in field.keywords}
COLUMNS: tuple[str, ...] = tuple(field.column for field in FIELDS)

SHORT_FORM: tuple[str, ...] = (*COLUMNS[:10], "dist", "os", "osrel", "serno", "category")
"""The 15 fields of the records of old releases, which are mapped by name and not padded."""

_values = attrgetter(*COLUMNS)


def line(machine: Machine) -> str:
    """Return the MACHINE line: 47 escaped values between `;`, unknown ones empty, no newline."""
    return ";".join([escape(value) if value else "" for value in _values(machine)])


def values(text: str, where: str = "record") -> list[str]:
    """Return the 47 escaped values of a MACHINE line of any documented length.

    Raises `UsageError` naming `where` for a line of more than 47 fields.
    """
    parts = text.split(";")
    if len(parts) == COUNT:
        return parts
    if len(parts) == len(SHORT_FORM):
        named = dict(zip(SHORT_FORM, parts, strict=True))
        return [named.get(column, "") for column in COLUMNS]
    if len(parts) > COUNT:
        raise UsageError(where, f"{len(parts)} fields where a record has {COUNT}", "repair or remove the line")
    return parts + [""] * (COUNT - len(parts))


def parse(text: str, where: str = "record") -> Machine:
    """Return the machine that a MACHINE line states, its values unescaped."""
    found = {column: unescape(value) for column, value in zip(COLUMNS, values(text, where), strict=True) if value}
    return Machine(**found)
