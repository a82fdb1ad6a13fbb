"""Xen: the domain configurations of xl and xm.

    name = "tst100"
    memory = 512
    vif = [ "mac=00:50:56:13:11:40,bridge=xenbr0" ]

Sources: xl.cfg(5); xm's xmdomain.cfg(5) and example configurations for what xl no longer has.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from scanners import xen_devices
from scanners.config import Broken, Config, Interface, Problem
from scanners.xen_literal import Value
from scanners.xen_settings import Settings, read
from vhost import normal
from vhost.claims import Disk

LARGEST = 262_144
"""Characters beyond which no file is a domain configuration."""

MOST_PROBLEMS = 20
"""Unreadable spots that are named one by one."""

_NAME = re.compile(r"name[ \t]*+=(?!=)")
_SECOND = re.compile(
    r"(?:^|;|\ufeff)[ \t]*+(?:memory|maxmem|kernel|builder|type|disk|vif|vfb|bootloader)[ \t]*+\+?=(?!=)", re.MULTILINE
)
_BEFORE_NAME = "\n;\ufeff \t"
_SECTION = re.compile(r"^\[[A-Za-z][^\]=,\n]*\][ \t]*$", re.MULTILINE)
_SHEBANG = re.compile(r"\A\ufeff?#!(?!.*/x[lm]\b)")
_OTHER_LANGUAGES = (".py", ".sh", ".bash", ".tf", ".tfvars", ".toml", ".rb")

_DEVICES = frozenset({"vif", "disk", "kernel", "bootloader"})
_CUSTOMARY = (".cfg", ".conf")
"""Ends of names that domain configurations have and programs do not."""

_read = functools.lru_cache(maxsize=64)(read)
"""What a text assigns; kept for a moment, because a file is first recognised and then parsed."""

_TYPES = {"pv": "PARA", "hvm": "HVM", "pvh": "PVH"}
_BUILDERS = {"generic": "PARA", "linux": "PARA", "hvm": "HVM"}
_READ = re.compile(
    r"name|uuid|memory|maxmem|vcpus|type|builder|kernel|pvh|device_model(_override)?|vif|disk|vfb|ip|netmask|gateway"
    r"|vnc(unused|display|port|listen)?|spice(port)?"
)


def _is_size(value: Value) -> bool:
    return (xen_devices.number(value) or 0) > 0


def _is_path(value: Value) -> bool:
    return isinstance(value, str) and "/" in value


def _is_list(value: Value) -> bool:
    return isinstance(value, list) or (isinstance(value, str) and "=" in value)


_PLAUSIBLE: Mapping[str, Callable[[Value], bool]] = {
    "memory": _is_size,
    "maxmem": _is_size,
    "kernel": _is_path,
    "builder": lambda value: value in _BUILDERS,
    "type": lambda value: value in _TYPES,
    "disk": _is_list,
    "vif": _is_list,
    "vfb": _is_list,
    "bootloader": lambda value: isinstance(value, str) and bool(value),
}
"""The keys that make a file a domain configuration, and what their values look like there."""


class Xen:
    """Domain configurations of xl and xm."""

    name: ClassVar[str] = "xen"
    types: ClassVar[tuple[str, ...]] = ("XEN",)

    @staticmethod
    def recognises(text: str, filename: str) -> bool:
        """Tell whether the text assigns a name and a second key of Xen, and is nothing else besides."""
        if len(text) > LARGEST or not (_may_name(text) or _may_lack_name(text, filename)) or not _SECOND.search(text):
            return False
        foreign = _SHEBANG.match(text) or _SECTION.search(text) or "\0" in text or "__main__" in text
        return not foreign and not filename.endswith(_OTHER_LANGUAGES) and _is_domain(_read(text), filename)

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the domain. Raises `Broken` if nothing is assigned, or the file is absurdly large."""
        if len(text) > LARGEST:
            raise Broken(0, f"more than {LARGEST} characters are no domain configuration")
        found = _read(text)
        if not found.values:
            raise Broken(found.unreadable[0].line if found.unreadable else 0, "no setting can be read")
        problems = list(_problems(found))
        return (
            Config(
                type="XEN",
                facts=_facts(found, problems),
                interfaces=tuple(_interfaces(found, problems)),
                disks=tuple(_disks(found)),
                problems=_limited(problems),
            ),
        )


def _may_name(text: str) -> bool:
    """Tell whether `name =` stands where a statement may begin; fast, since nearly all files are no domains."""
    found = (match.start() for match in _NAME.finditer(text))
    return any(at == 0 or text[at - 1] in _BEFORE_NAME for at in found)


def _may_lack_name(text: str, filename: str) -> bool:
    """Tell whether the file is called or tagged as a domain configuration, so that it may lack a name."""
    return filename.endswith(_CUSTOMARY) or "#@#MAGICID-XEN" in text


def _is_domain(found: Settings, filename: str) -> bool:
    """Tell a domain configuration from a script that happens to set a name and a size.

    Without a name it takes two keys of which one is a device or a kernel: a machine is not lost for its name.
    """
    second = [
        key
        for key, fits in _PLAUSIBLE.items()
        if key in found.lines and (key not in found.values or fits(found.values[key]))
    ]
    # Programs have variables of these names, too; in an xm file with code they come in numbers.
    program = found.code and not filename.endswith(_CUSTOMARY)
    if "name" not in found.lines:
        enough = len(second) >= 2 and not _DEVICES.isdisjoint(second)
    else:
        named = isinstance(found.values.get("name", ""), str | int)
        enough = named and len(second) >= (2 if program else 1)
    return enough and 2 * (len(found.unreadable) + found.strange) <= len(second) + 1


def _problems(found: Settings) -> Iterator[Problem]:
    yield from found.unreadable
    for key, line in found.undecided.items():
        if _READ.fullmatch(key) and all(line != problem.line for problem in found.unreadable):
            yield Problem(line=line, problem=f"`{key}` is decided by code, which is not run")


def _limited(problems: list[Problem]) -> tuple[Problem, ...]:
    problems.sort(key=lambda problem: problem.line)
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    more = Problem(line=0, problem=f"{len(problems) - MOST_PROBLEMS} more")
    return (*problems[:MOST_PROBLEMS], more)


def _facts(found: Settings, problems: list[Problem]) -> dict[str, str]:
    values = found.values
    facts = {
        "label": _text(values, "name"),
        "uuid": _uuid(found, problems),
        "vram": _count(found, "maxmem", problems) or _count(found, "memory", problems),
        "vcpu": _count(found, "vcpus", problems) or (None if "vcpus" in found.lines else "1"),
        "accelerator": _accelerator(found),
        "exepath": _text(values, "device_model_override") or _text(values, "device_model"),
        **_console(values),
    }
    return {column: value for column, value in facts.items() if value}


def _text(values: Mapping[str, Value], key: str) -> str | None:
    value = values.get(key)
    return str(value) if isinstance(value, str | int) else None


def _wrong(found: Settings, key: str, what: str) -> Problem:
    return Problem(line=found.lines[key], problem=f"`{key}`: {_text(found.values, key)!a} is no {what}")


def _uuid(found: Settings, problems: list[Problem]) -> str | None:
    """Return the UUID as it is spelled; one that is all zero is none."""
    value = _text(found.values, "uuid")
    digits = normal.uuid(value or "")
    if value and digits is None:
        problems.append(_wrong(found, "uuid", "UUID"))
    return value if digits and digits.strip("0") else None


def _count(found: Settings, key: str, problems: list[Problem]) -> str | None:
    if key not in found.values:
        return None
    count = xen_devices.number(found.values[key])
    if count is None or count <= 0:
        problems.append(_wrong(found, key, "number above 0"))
        return None
    return str(count)


def _accelerator(found: Settings) -> str | None:
    """Return PARA, HVM or PVH; without `type` and `builder` a domain is para-virtualised."""
    values = found.values
    if "type" in found.lines:
        return _TYPES.get(str(values.get("type")).lower())
    if "builder" in found.lines:
        return _BUILDERS.get(str(values.get("builder")).lower())
    if xen_devices.number(values.get("pvh")):
        return "PVH"
    return "HVM" if "hvmloader" in str(values.get("kernel")) else "PARA"


def _console(values: Mapping[str, Value]) -> dict[str, str]:
    """Return the console's columns: of the first framebuffer with a certain port, else of SPICE."""
    framebuffers: list[Mapping[str, Value]] = [
        dict(xen_devices.parameters(item)) for item in xen_devices.items(values.get("vfb"))
    ]
    domain = {key: value for key, value in values.items() if key != "type"}
    for said in (domain, *framebuffers):
        if found := xen_devices.console(said):
            return found
    port = xen_devices.number(values.get("spiceport"))
    spice = xen_devices.number(values.get("spice")) and port and 0 < port <= xen_devices.HIGHEST_PORT
    return {"cport": str(port)} if spice else {}


def _interfaces(found: Settings, problems: list[Problem]) -> list[Interface]:
    made: list[Interface] = []
    for item in xen_devices.items(found.values.get("vif")):
        several, wrong = xen_devices.interfaces(item)
        problems += [Problem(line=found.lines["vif"], problem=f"`vif`: {what}") for what in wrong]
        made += several
    if made and made[0].ip is None:
        made[0] = _first(made[0], found.values)
    return made


def _first(interface: Interface, values: Mapping[str, Value]) -> Interface:
    """Return the first interface with the address that xm passed to its kernel: `ip = "..."`."""
    ip, netmask = xen_devices.address(_text(values, "ip") or "")
    if ip is None:
        return interface
    mask, gateway = _text(values, "netmask"), normal.address(_text(values, "gateway") or "")
    return replace(interface, ip=ip, netmask=netmask or mask or None, gateway=gateway)


def _disks(found: Settings) -> Iterator[Disk]:
    for item in xen_devices.items(found.values.get("disk")):
        if made := xen_devices.disk(item):
            yield made
