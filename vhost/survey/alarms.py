"""What is wrong with a host right now, in one line each. The limits are in docs/survey.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vhost.survey import kernel
from vhost.survey.host import Memory

LITTLE_MEMORY = 5
"""Percent of the memory that should be available."""
MUCH_SWAP = 80
"""Percent of the swap that may be in use."""
HIGH_LOAD = 2.0
"""Load over 5 minutes for each CPU."""
FULL = 95
"""Percent of a file system that may be in use."""
ZOMBIES = 20
HOTTEST = 95.0
"""Degrees Celsius where the sensor names no limit of its own."""

_PSEUDO = ("/proc", "/sys", "/dev", "/run", "/snap")
_DEGRADED = re.compile(r"^(md\w+) : .*?\[([U_]*_[U_]*)\]", re.MULTILINE | re.DOTALL)


def alarms(
    parts: Mapping[str, str], memory: Memory, cpus: int | None, processes: Mapping[int, kernel.Process]
) -> Iterator[str]:
    """Return the alarms that the parts of scripts/show.sh give cause for."""
    yield from _memory(memory, parts)
    load = kernel.numbers(parts.get("load", ""))
    if len(load) > 1 and cpus and load[1] > HIGH_LOAD * cpus:
        yield f"load: {load[1]:.2f} over 5 minutes on {cpus} CPUs"
    yield from _disks(parts)
    yield from (f"raid: {name} is degraded [{state}]" for name, state in _DEGRADED.findall(parts.get("raid", "")))
    zombies = sum(1 for process in processes.values() if process.state == "Z")
    if zombies > ZOMBIES:
        yield f"processes: {zombies} zombies"
    yield from (f"unit: {line.split()[0]} has failed" for line in parts.get("units", "").split("\n") if line.strip())
    yield from _heat(parts)


def _memory(memory: Memory, parts: Mapping[str, str]) -> Iterator[str]:
    if memory.total and memory.available is not None and memory.available * 100 < LITTLE_MEMORY * memory.total:
        yield f"memory: {memory.available} of {memory.total} MiB are available"
    if memory.swap_total and memory.swap_free is not None:
        used = memory.swap_total - memory.swap_free
        if used * 100 > MUCH_SWAP * memory.swap_total:
            yield f"swap: {used} of {memory.swap_total} MiB are in use"
    killed = re.search(r"^oom_kill ([1-9]\d{0,9})$", parts.get("kernel", ""), re.MULTILINE)
    if killed:
        yield f"memory: {killed[1]} processes were killed for lack of it since the host started"


def _disks(parts: Mapping[str, str]) -> Iterator[str]:
    for disk in kernel.disks(parts.get("disks", "")):
        if disk.place.startswith(_PSEUDO) or not disk.used + disk.free:
            continue
        if disk.used * 100 > FULL * (disk.used + disk.free):
            yield f"disk: {disk.place} is {disk.used * 100 // (disk.used + disk.free)} % full"
    for line in parts.get("mounts", "").split("\n"):
        words = line.split(" ")
        if len(words) > 3 and words[1] == "/" and "ro" in words[3].split(",") and words[2] not in {"squashfs", "erofs"}:
            yield "disk: / is read-only"


def _heat(parts: Mapping[str, str]) -> Iterator[str]:
    limits, kinds = kernel.pairs(parts.get("limits", "")), kernel.pairs(parts.get("kinds", ""))
    for place, value in kernel.pairs(parts.get("temperatures", "")).items():
        zone = place.removesuffix("temp")
        critical = [
            _degrees(limit)
            for trip, limit in limits.items()
            if trip.startswith(zone) and kinds.get(trip.removesuffix("temp") + "type") in {"critical", "hot"}
        ]
        limit = min((found for found in critical if found), default=HOTTEST)
        if (now := _degrees(value)) and now >= limit:
            yield f"temperature: {zone.rstrip('/').rpartition('/')[2]} has {now:.0f} C, its limit is {limit:.0f} C"
    for place, value in kernel.pairs(parts.get("sensors", "")).items():
        if value == "1":
            yield f"sensor: {'/'.join(place.rsplit('/', 2)[1:])} is set"


def _degrees(text: str) -> float | None:
    return int(text) / 1000 if re.fullmatch(r"-?\d{1,7}", text) else None
