"""VMware: the .vmx files of Workstation, Fusion, Server and ESX(i).

    displayName = "tst003"
    ethernet0.generatedAddress = "00:0c:29:d6:cb:a4"

Keys have no case. A device exists if its `present` is TRUE. What is not said has VMware's default:
`memsize` 32, `numvcpus` 1, and a 32-bit guest. Sources: VMware's .vmx parameters as the manuals of
Workstation and GSX Server and libvirt's description of the ESX driver document them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from scanners import guest_os
from scanners.config import Broken, Config, Interface, Problem
from vhost import normal
from vhost.claims import Disk

VNC_BASE = 5900
"""The TCP port of VNC display 0."""

MOST_PROBLEMS = 20
"""Unreadable lines that are named one by one."""

_FIRST = re.compile(r"\A\ufeff?(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+[ \t]*+[.\w][\w.:]*+[ \t]*+=")
_VERSION = re.compile(r"^[ \t]*+config\.version[ \t]*+=", re.MULTILINE | re.IGNORECASE)
_SECOND = re.compile(
    r"^[ \t]*+(?:virtualHW\.version|displayName|guestOS|memsize|numvcpus)[ \t]*+=", re.MULTILINE | re.IGNORECASE
)
_LINE = re.compile(r"([^\s=#\"]++)[ \t]*+=[ \t]*+(.*)", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"[ \t]*+(?:#.*)?')
_ESCAPE = re.compile(r"\|([0-9a-fA-F]{2})")
_NAME_ESCAPE = re.compile(r"%(2f|5c|25)", re.IGNORECASE)

_ENCODING = re.compile(rb'^\s*\.encoding\s*=\s*"?([\w.:-]{1,40})"?\s*$', re.MULTILINE | re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|windows-\d{3,4}|cp\d{3,5}|iso-?8859-\d{1,2}|latin-?1|gb(k|2312|18030)|big5(-hkscs)?"
    r"|shift[-_]jis|euc-(jp|kr|cn)|koi8-[ru]|tis-620|macintosh|mac-\w+",
    re.IGNORECASE,
)

_SLOT = re.compile(r"((?:scsi|sata|nvme|ide)\d{1,3}):\d{1,3}\.present")
_CARD = re.compile(r"ethernet(\d{1,4})\.present")
_NO_FILE = frozenset({"", "auto detect", "emptybackingstring"})
_CDROM = frozenset({"cdrom-image", "atapi-cdrom", "cdrom-raw"})


def encoding(head: bytes) -> str | None:
    """Return Python's name of the encoding that the beginning of a .vmx file declares, None if it declares none."""
    found = _ENCODING.search(head[:4096])
    charset = found.group(1).decode("ascii", "replace") if found else ""
    if not _CHARSETS.fullmatch(charset):
        return None
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return None


class Vmware:
    """Virtual machines of VMware's products."""

    name: ClassVar[str] = "vmware"
    types: ClassVar[tuple[str, ...]] = ("VMW",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:  # noqa: ARG004 - the content says it all
        """Tell whether the text begins with a setting, and has `config.version` and another key of a machine."""
        return bool(_FIRST.match(text) and _VERSION.search(text) and _SECOND.search(text))

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the machine. Raises `Broken` if there is no setting at all."""
        problems: list[Problem] = []
        values = _values(text, problems)
        if not values:
            raise Broken(problems[0].line if problems else 0, "no setting can be read")
        return (
            Config(
                type="VMW",
                facts=_facts(values, problems),
                interfaces=tuple(_interfaces(values, problems)),
                disks=tuple(_disks(values)),
                problems=tuple(problems),
            ),
        )


def _note(problems: list[Problem], line: int, problem: str) -> None:
    if len(problems) < MOST_PROBLEMS:
        problems.append(Problem(line=line, problem=problem))
    elif len(problems) == MOST_PROBLEMS:
        problems.append(Problem(line=0, problem="there are more, which are not named"))


def _values(text: str, problems: list[Problem]) -> dict[str, str]:
    """Return the values by key in lower case; VMware accepts no second value of a key, so the first counts."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        setting = line.strip()
        if not setting or setting.startswith("#"):
            continue
        found = _LINE.fullmatch(setting)
        key = found.group(1).lower() if found else ""
        if found is None:
            _note(problems, number, "not readable as a setting")
        elif key in values:
            _note(problems, number, f"`{key[:80]}` is set a second time")
        else:
            values[key] = _unescaped(found.group(2))
    return values


def _unescaped(value: str) -> str:
    """Return a value without its quotes and `|22` escapes; those of bytes may spell a UTF-8 character."""
    quoted = _QUOTED.fullmatch(value)
    plain = quoted.group(1) if quoted else value.strip('"')
    if "|" not in plain:
        return plain
    text = _ESCAPE.sub(lambda match: _byte(int(match.group(1), 16)), plain)
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text


def _byte(code: int) -> str:
    return chr(code) if code < 0x80 else chr(0xDC00 + code)


def _true(values: Mapping[str, str], key: str) -> bool:
    return values.get(key, "").strip().lower() == "true"


def _facts(values: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    guest = values.get("guestos", "").strip()
    name = _NAME_ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), values.get("displayname", ""))
    facts = {
        "label": name,
        "uuid": _uuid(values),
        "vram": _count(values, "memsize", "32", problems),
        "vcpu": _count(values, "numvcpus", "1", problems),
        "arch": guest_os.architecture(guest),
        "os": guest_os.system(guest),
        **_console(values),
    }
    return {column: value for column, value in facts.items() if value}


def _uuid(values: Mapping[str, str]) -> str | None:
    """Return the BIOS's UUID, else the location's, as 32 hex digits; one that is all zero is none."""
    for key in ("uuid.bios", "uuid.location"):
        digits = normal.uuid(values.get(key, ""))
        if digits and digits.strip("0"):
            return digits
    return None


def _count(values: Mapping[str, str], key: str, default: str, problems: list[Problem]) -> str | None:
    value = values.get(key, "").strip() or default
    if re.fullmatch(r"[0-9]{1,12}", value) and int(value) > 0:
        return str(int(value))
    _note(problems, 0, f"`{key}`: {value[:80]!a} is no number above 0")
    return None


def _console(values: Mapping[str, str]) -> dict[str, str]:
    port = values.get("remotedisplay.vnc.port", "").strip()
    if not _true(values, "remotedisplay.vnc.enabled") or not re.fullmatch(r"[0-9]{1,5}", port):
        return {}
    if not 0 < int(port) <= 65_535:
        return {}
    display = {"display": str(int(port) - VNC_BASE)} if int(port) >= VNC_BASE else {}
    return {"cport": str(int(port)), **display}


def _interfaces(values: Mapping[str, str], problems: list[Problem]) -> Iterator[Interface]:
    numbers = sorted(int(found.group(1)) for key in values if (found := _CARD.fullmatch(key)) and _true(values, key))
    for card in (f"ethernet{number}" for number in numbers):
        static = values.get(f"{card}.addresstype", "").strip().lower() == "static"
        mac = values.get(f"{card}.address" if static else f"{card}.generatedaddress", "").strip()
        if mac and normal.mac(mac) is None:
            _note(problems, 0, f"`{card}`: {mac[:80]!a} is no MAC address")
            mac = ""
        yield Interface(mac=mac or None, relay=_relay(values, card))


def _relay(values: Mapping[str, str], card: str) -> str | None:
    """Return the network by name, else the port group or virtual net, else the kind of connection."""
    for detail in ("networkname", "dvs.portgroupid", "vnet", "connectiontype"):
        if value := values.get(f"{card}.{detail}", "").strip():
            return value
    return None


def _disks(values: Mapping[str, str]) -> Iterator[Disk]:
    for key in values:
        found = _SLOT.fullmatch(key)
        if found is None or not _true(values, key):
            continue
        controller, slot = found.group(1), key.removesuffix(".present")
        if controller.startswith("ide") or _true(values, f"{controller}.present"):
            yield _disk(values, controller, slot)


def _disk(values: Mapping[str, str], controller: str, slot: str) -> Disk:
    said = {detail: values.get(f"{slot}.{detail}", "").strip() for detail in ("filename", "devicetype", "mode")}
    empty = said["filename"].lower() in _NO_FILE or _true(values, f"{slot}.clientdevice")
    readonly = said["devicetype"].lower() in _CDROM
    shared = (
        values.get(f"{controller}.sharedbus", "none").lower() in ("virtual", "physical")
        or values.get(f"{slot}.sharing", "").lower() == "multi-writer"
        or values.get("disk.locking", "").lower() == "false"
    )
    # Of a disk whose changes are thrown away nothing is written to the file.
    private = not empty and not readonly and "nonpersistent" not in said["mode"].lower()
    return Disk(
        target=slot,
        source=None if empty else said["filename"],
        format="vmdk" if said["filename"].lower().endswith(".vmdk") else None,
        readonly=readonly,
        exclusive=not shared if private else None,
    )
