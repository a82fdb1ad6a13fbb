"""QEMU's `-readconfig` files: the options of a guest as sections.

    [drive "d0"]
      file = "/srv/vm/tst200.qcow2"
      if = "virtio"

Source: qemu(1), `-readconfig`; util/qemu-config.c and docs/config of QEMU.
"""

from __future__ import annotations

import re

from scanners.config import Broken, Problem
from scanners.qemu_options import ALIASES, Option, Options

_GROUPS = frozenset(
    {
        *("accel", "acpi", "action", "add-fd", "audiodev", "boot-opts", "chardev", "compat", "cpudef", "device"),
        *("drive", "fsdev", "fw_cfg", "global", "icount", "incoming", "iscsi", "machine", "memory", "mon", "msg"),
        *("name", "net", "netdev", "nic", "numa", "object", "option-rom", "overcommit", "plugin", "realtime", "rtc"),
        *("sandbox", "semihosting-config", "smbios", "smp-opts", "spice", "tpmdev", "trace", "virtfs", "vnc"),
    }
)
"""The sections that QEMU knows."""

_TELLING = frozenset({"device", "drive", "machine", "memory", "name", "netdev", "smp-opts"})
_SECTION = re.compile(r'\[([a-z_-]{1,63})(?: "([^"]*)")?\]')
_ASSIGNMENT = re.compile(r'([^\s=\[#]{1,63})[ \t]*=[ \t]*"([^"]*)"')
_STRANGE_SHARE = 3
_MOST_PROBLEMS = 20


def recognises(text: str) -> bool:
    """Tell whether all sections are ones that QEMU knows, and nearly all other lines quoted values."""
    groups: set[str] = set()
    known = strange = 0
    for line in map(str.strip, text.split("\n")):
        section = _SECTION.fullmatch(line)
        if section and section[1] in _GROUPS:
            groups.add(section[1])
        elif line.startswith("[") or (line and not groups and not line.startswith("#")):
            return False
        elif _ASSIGNMENT.fullmatch(line):
            known += 1
        elif line and not line.startswith("#"):
            strange += 1
    return not groups.isdisjoint(_TELLING) and strange * _STRANGE_SHARE <= known


def parse(text: str) -> Options:
    """Return the options that the sections stand for. Raises `Broken` if there is none."""
    found: list[Option] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        section, assignment = _SECTION.fullmatch(stripped), _ASSIGNMENT.fullmatch(stripped)
        if section:
            identity = {"id": section[2]} if section[2] else {}
            found.append(Option(ALIASES.get(section[1], section[1]), identity))
        elif assignment and found:
            found[-1].parameters[assignment[1]] = assignment[2]
        elif stripped and not stripped.startswith("#") and len(problems) < _MOST_PROBLEMS:
            problems.append(Problem(line=number, problem="neither a section nor an assignment"))
    if not found:
        raise Broken(0, "no section")
    return Options(tuple(found), complete=False, problems=tuple(problems))
