"""Files below /proc and /sys, and the output of the programs beside them, parsed. Source: proc(5).

MemTotal:       24731708 kB
5.92 4.57 3.60 10/183 18362
4711 (qemu-system-x86) S 1 4711 4711 0 -1 4194560 ... utime stime ... starttime vsize rss ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MEMORY = re.compile(r"([\w()]+):\s+(\d{1,15})(?: kB)?\s*")
_STAT = re.compile(r"^(\d{1,10}) \((.*?)\) ([A-Za-z])((?: -?\d{1,20}){20,}) ?$", re.MULTILINE | re.DOTALL)
_OWNER = re.compile(r"\S{10,11} +\d+ +(\d{1,10}) +(\d{1,10}) .*/proc/(\d{1,10})")
_RELEASE = re.compile(r"([A-Z_]+)=(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|(\S*))\s*")
_DISK = re.compile(r"(?P<device>.+?)\s+(?P<size>\d+)\s+(?P<used>\d+)\s+(?P<free>-?\d+)\s+\d+%\s+(?P<place>/.*)")
_DOMAIN = re.compile(r"(?P<name>.+?)\s+(?P<id>\d+)\s+(?P<memory>\d+)\s+\d+\s+\S+\s+(?P<seconds>\d+\.\d)\s*")
_CPU = re.compile(r"([^:\n]{1,40}?)\s*:\s*([^\n]*)")


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment: `ticks` of CPU time since it began, `pages` of memory."""

    pid: int
    name: str
    state: str
    began: int
    ticks: int
    pages: int


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system that is mounted, sizes in KiB."""

    device: str
    place: str
    size: int
    used: int
    free: int


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of Xen at one moment: memory in MiB, seconds of CPU time."""

    name: str
    id: int
    memory: int
    seconds: float


def memory(text: str) -> Mapping[str, int]:
    """Return the figures of /proc/meminfo by their names, in KiB."""
    return {name: int(value) for name, value in _MEMORY.findall(text)}


def numbers(text: str, most: int = 3) -> tuple[float, ...]:
    """Return the numbers at the beginning of a text, as /proc/loadavg and /proc/uptime hold them."""
    found = []
    for word in text.split()[:most]:
        if not re.fullmatch(r"\d{1,12}(?:\.\d{1,9})?", word):
            break
        found.append(float(word))
    return tuple(found)


def processes(text: str) -> dict[int, Process]:
    """Return the processes of many /proc/PID/stat by their numbers; what is none is left out."""
    found = {}
    for pid, name, state, rest in _STAT.findall(text):
        fields = rest.split()  # the first one is field 4 of proc(5)
        ticks = int(fields[10]) + int(fields[11])
        found[int(pid)] = Process(int(pid), name, state, int(fields[18]), ticks, max(0, int(fields[20])))
    return found


def owners(text: str) -> dict[int, int]:
    """Return the user of each process, by numbers, as `ls -ldn /proc/PID` shows them."""
    return {int(match[3]): int(match[1]) for line in text.split("\n") if (match := _OWNER.fullmatch(line))}


def users(text: str) -> dict[int, str]:
    """Return the names of users by their numbers, as passwd(5) has them."""
    found: dict[int, str] = {}
    for line in text.split("\n"):
        parts = line.split(":")
        if len(parts) >= 4 and parts[2].isascii() and parts[2].isdigit():
            found.setdefault(int(parts[2][:10]), parts[0])
    return found


def release(text: str) -> dict[str, str]:
    """Return the values of os-release(5)."""
    found = {}
    for line in text.split("\n"):
        if match := _RELEASE.fullmatch(line):
            found[match[1]] = re.sub(r"\\(.)", r"\1", match[2] or "") or match[3] or match[4] or ""
    return found


def disks(text: str) -> list[Disk]:
    """Return the file systems of `df -P -k`, each place once."""
    found: dict[str, Disk] = {}
    for line in text.split("\n"):
        if match := _DISK.fullmatch(line):
            size, used, free = (int(match[name]) for name in ("size", "used", "free"))
            found[match["place"]] = Disk(match["device"], match["place"], size, used, free)
    return list(found.values())


def domains(text: str) -> dict[int, Domain]:
    """Return the domains of `xl list` by their numbers."""
    found = {}
    for line in text.split("\n"):
        if match := _DOMAIN.fullmatch(line):
            number = int(match["id"])
            found[number] = Domain(match["name"], number, int(match["memory"]), float(match["seconds"]))
    return found


def commands(text: str) -> dict[int, tuple[str, ...]]:
    """Return the words of processes whose command lines came as hex digits; see scripts/show.sh."""
    found = {}
    for line in text.split("\n"):
        pid, _, digits = line.partition(" ")
        if pid.isdigit() and re.fullmatch(r"(?:[0-9a-f]{2})+", digits):
            words = bytes.fromhex(digits).decode("utf-8", "surrogateescape")
            found[int(pid[:10])] = tuple(words.removesuffix("\0").split("\0"))
    return found


def processors(text: str) -> list[dict[str, str]]:
    """Return the processors of /proc/cpuinfo, each with its keys in lower case; what holds for all is in each."""
    blocks = [dict(_pairs(block)) for block in text.split("\n\n")]
    each = [block for block in blocks if "processor" in block]
    common = {key: value for block in blocks if "processor" not in block for key, value in block.items()}
    return [{**common, **block} for block in each]


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    for line in block.split("\n"):
        if match := _CPU.fullmatch(line):
            yield match[1].strip().lower(), match[2].strip()


def pairs(text: str) -> dict[str, str]:
    """Return what stands before and behind the tab of each line."""
    return {key: value for key, tab, value in (line.partition("\t") for line in text.split("\n")) if tab}
