"""What SHOW and INFO both say of a host: names, kernel, memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vhost.survey import kernel
from vhost.survey.sections import first


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host as it describes itself; None is unknown."""

    node: str | None
    system: str | None
    os: str | None
    release: str | None
    version: str | None
    machine: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory and swap in MiB; `available` is what programs can still get without swapping."""

    total: int | None = None
    free: int | None = None
    available: int | None = None
    swap_total: int | None = None
    swap_free: int | None = None


def host(parts: Mapping[str, str]) -> Host:
    """Return the host that the parts of a survey describe; its OS is its distribution where it has one."""
    os = kernel.release(parts.get("os", ""))
    system = first(parts.get("system", ""))
    return Host(
        node=first(parts.get("node", "")),
        system=system,
        os=os.get("PRETTY_NAME") or os.get("NAME") or system,
        release=first(parts.get("release", "")),
        version=first(parts.get("version", "")),
        machine=first(parts.get("machine", "")),
    )


def memory(parts: Mapping[str, str]) -> Memory:
    """Return the memory that the parts of a survey describe."""
    found = kernel.memory(parts.get("memory", ""))
    names = ("MemTotal", "MemFree", "MemAvailable", "SwapTotal", "SwapFree")
    total, free, available, swap, swap_free = (found[name] // 1024 if name in found else None for name in names)
    return Memory(total=total, free=free, available=available, swap_total=swap, swap_free=swap_free)
