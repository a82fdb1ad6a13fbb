"""SHOW: what a host does now: memory, load, the busiest processes and those of guests, alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vhost.survey import guests, kernel
from vhost.survey.alarms import alarms
from vhost.survey.host import Host, Memory, host, memory

BUSIEST = 10
"""Processes that are shown besides those of guests."""

MOST_GUESTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """One process or guest: its share of one CPU in percent over the second that was looked at, memory in MiB.

    `guest` is the label of the guest that it runs; `pid` is the domain's number where `type` is XEN.
    """

    pid: int
    user: str | None = None
    cpu: float
    memory: int
    command: str
    guest: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What one host does now; `load` over 1, 5 and 15 minutes, `uptime` in seconds."""

    host: Host
    memory: Memory
    cpus: int | None
    load: tuple[float, ...]
    uptime: float | None
    processes: int
    busiest: tuple[Busy, ...]
    guests: tuple[Busy, ...]
    alarms: tuple[str, ...]


def situation(parts: Mapping[str, str]) -> Situation:
    """Return the situation that the parts of scripts/show.sh describe."""
    uptime = kernel.numbers(parts.get("uptime2", ""), 1)
    before, after = (kernel.processes(parts.get(f"processes{moment}", "")) for moment in (1, 2))
    running = list(_busy(parts, before, after))
    inside = [*_domains(parts), *(one for one in running if one.guest is not None)]
    others = [one for one in running if one.guest is None]
    return Situation(
        host=host(parts),
        memory=memory(parts),
        cpus=_cpus(parts),
        load=kernel.numbers(parts.get("load", "")),
        uptime=uptime[0] if uptime else None,
        processes=len(after),
        busiest=tuple(sorted(others, key=_rank)[:BUSIEST]),
        guests=tuple(sorted(inside, key=_rank)[:MOST_GUESTS]),
        alarms=tuple(alarms(parts, memory(parts), _cpus(parts), after)),
    )


def _rank(one: Busy) -> tuple[float, int, int]:
    return -one.cpu, -one.memory, one.pid


def _cpus(parts: Mapping[str, str]) -> int | None:
    found = kernel.numbers(parts.get("cpus", ""), 1)
    return int(found[0]) or None if found else None


def _seconds(parts: Mapping[str, str]) -> float:
    """Return the time between the two looks."""
    moments = [kernel.numbers(parts.get(f"uptime{moment}", ""), 1) for moment in (1, 2)]
    return moments[1][0] - moments[0][0] if all(moments) else 0.0


def _busy(
    parts: Mapping[str, str], before: Mapping[int, kernel.Process], after: Mapping[int, kernel.Process]
) -> Iterator[Busy]:
    tick = (kernel.numbers(parts.get("tick", ""), 1) or (100.0,))[0] or 100.0
    page = (kernel.numbers(parts.get("page", ""), 1) or (4096.0,))[0]
    names, owners = kernel.users(parts.get("users", "")), kernel.owners(parts.get("owners", ""))
    commands = kernel.commands(parts.get("guests", ""))
    seconds = _seconds(parts)
    for pid, now in after.items():
        then = before.get(pid)
        known = then is not None and then.began == now.began
        ticks = now.ticks - then.ticks if then is not None and known else 0
        owner = owners.get(pid)
        words = commands.get(pid)
        yield Busy(
            pid=pid,
            user=None if owner is None else names.get(owner, str(owner)),
            cpu=round(100 * ticks / tick / seconds, 1) if seconds > 0 else 0.0,
            memory=int(now.pages * page) >> 20,
            command=now.name,
            guest=guests.label(words) if words else None,
            type=guests.kind(now.name, words) if words else None,
        )


def _domains(parts: Mapping[str, str]) -> Iterator[Busy]:
    before, after = (kernel.domains(parts.get(f"domains{moment}", "")) for moment in (1, 2))
    seconds = _seconds(parts)
    for number, now in after.items():
        then = before.get(number)
        used = now.seconds - then.seconds if then else 0.0
        cpu = round(max(0.0, 100 * used / seconds), 1) if seconds > 0 else 0.0
        yield Busy(pid=number, cpu=cpu, memory=now.memory, command="domain", guest=now.name, type="XEN")
