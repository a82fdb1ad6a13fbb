"""INFO: what a host is: names, processors, memory, and which session types can be used there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vhost.survey import kernel
from vhost.survey.host import Host, Memory, host, memory
from vhost.survey.types import SessionType, session_types

FLAGS = ("vmx", "svm", "pae", "lm", "hypervisor")
"""The flags of a processor that virtualisation depends on, and the one that says that it is virtual itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """One processor; `mhz` in MHz, `cache` as the kernel writes it."""

    number: int
    vendor: str | None
    family: str | None
    model: str | None
    name: str | None
    stepping: str | None
    mhz: float | None
    cache: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one host is. `flags` says of each of `FLAGS` whether every processor has it."""

    host: Host
    smp: bool
    processors: tuple[Processor, ...]
    flags: Mapping[str, bool]
    memory: Memory
    types: tuple[SessionType, ...]


def facts(parts: Mapping[str, str], only: Collection[str] | None = None) -> Facts:
    """Return what the parts of scripts/info.sh describe; `only` are the session types to be told of."""
    found = host(parts)
    processors = kernel.processors(parts.get("cpus", ""))
    flags = [frozenset((one.get("flags") or one.get("features") or "").split()) for one in processors]
    return Facts(
        host=found,
        smp=len(processors) > 1 or "SMP" in (found.version or "").split(),
        processors=tuple(_processor(number, one) for number, one in enumerate(processors)),
        flags={flag: bool(flags) and all(flag in each for each in flags) for flag in FLAGS},
        memory=memory(parts),
        types=tuple(session_types(parts, only)),
    )


def _processor(number: int, said: Mapping[str, str]) -> Processor:
    frequency = kernel.numbers(said.get("cpu mhz", ""), 1)
    return Processor(
        number=number,
        vendor=said.get("vendor_id") or said.get("cpu implementer"),
        family=said.get("cpu family") or said.get("cpu architecture"),
        model=said.get("model") or said.get("cpu part"),
        name=said.get("model name") or said.get("hardware"),
        stepping=said.get("stepping") or said.get("cpu revision"),
        mhz=frequency[0] if frequency else None,
        cache=said.get("cache size"),
    )
