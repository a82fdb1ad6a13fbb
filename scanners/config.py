"""What a configuration format says of a machine, before tags and provenance are added.

A format module parses text into a `Config`; `scanners.machines` joins it with the `#@#` tags and
makes the records. A parser is a pure function: no I/O, no clock, no environment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from vhost.claims import Disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network interface as a configuration spells it; None is what it does not say.

    `relay` is the bridge, switch or network it is plugged into; `ifname` its name inside the
    guest. `ip` may carry several addresses of one interface only as several interfaces.
    """

    mac: str | None = None
    ip: str | None = None
    netmask: str | None = None
    gateway: str | None = None
    relay: str | None = None
    ifname: str | None = None
    sshport: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One spot that a parser could not read; `line` counts from 1, 0 is the whole file."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One machine as its configuration file states it.

    `facts` maps canonical columns of `vhost.record` (label, uuid, vram in MiB, vcpu, arch, os,
    accelerator, cport, ...) to their spelling; interface columns and `id` do not belong there.
    """

    type: str
    facts: Mapping[str, str] = field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    disks: tuple[Disk, ...] = ()
    problems: tuple[Problem, ...] = ()


class Format(Protocol):
    """One configuration format. A class with class variables and two pure static methods."""

    name: ClassVar[str]
    """The scanner's name in the records' provenance and the registry: `xen`, `libvirt`, ..."""
    types: ClassVar[tuple[str, ...]]
    """Every session type that it may yield, for `-T`: `XEN`, ..."""

    @staticmethod
    def recognises(text: str, filename: str) -> bool:
        """Tell whether the content (and only in doubt the name) is this format. Cheap; never raises."""

    @staticmethod
    def parse(text: str) -> Sequence[Config]:
        """Return the machines of the file in their order, nearly always one, perhaps none.

        What is not readable is left out and named in `problems`. Raises `scanners.config.Broken`
        if nothing could be read at all.
        """


class Broken(Exception):
    """A file of a known format that cannot be read at all: (line from 1 or 0, problem)."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        self.problem = problem
        super().__init__(line, problem)
