"""SHOW and INFO as text, one `NAME: value` line each, and as JSON values; unknown is `-`, in JSON null.

node:     lab00.soho
memory:   24151 MiB, 10788 free, 19779 available
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from vhost.survey.host import Host, Memory
from vhost.survey.info import Facts
from vhost.survey.show import Busy, Situation
from vhost.text import escape

_WIDTH = 11


def lines(found: Situation | Facts) -> Iterator[str]:
    """Return the lines of either."""
    return told(found) if isinstance(found, Facts) else shown(found)


def shown(situation: Situation) -> Iterator[str]:
    """Return the lines of SHOW."""
    yield from _host(situation.host)
    yield from _memory(situation.memory)
    loads = " ".join(f"{one:.2f}" for one in situation.load) or "-"
    yield _line("load", f"{loads} on {situation.cpus or '-'} CPUs, {situation.processes} processes")
    yield _line("up", _duration(situation.uptime))
    if situation.guests:
        yield _line("guests", f"{len(situation.guests)} running")
        yield from _table(situation.guests, "type", "guest")
    yield _line("busiest", "of the other processes, over one second")
    yield from _table(situation.busiest, "user", "command")
    yield _line("alarms", "" if situation.alarms else "none")
    yield from (f"  {escape(alarm)}" for alarm in situation.alarms)


def told(facts: Facts) -> Iterator[str]:
    """Return the lines of INFO."""
    yield from _host(facts.host)
    yield _line("smp", f"{'yes' if facts.smp else 'no'}, {len(facts.processors)} CPUs")
    for one in facts.processors:
        frequency = "-" if one.mhz is None else f"{one.mhz:.0f}"
        yield _line(
            f"cpu {one.number}",
            f"{_or(one.vendor)} family {_or(one.family)} model {_or(one.model)} stepping {_or(one.stepping)}, "
            f"{frequency} MHz, cache {_or(one.cache)}, {_or(one.name)}",
        )
    yield _line("flags", " ".join(f"{flag}={'yes' if on else 'no'}" for flag, on in facts.flags.items()))
    yield from _memory(facts.memory)
    for kind in facts.types:
        yield _line(kind.name.lower(), f"{kind.state:<8} {escape(kind.why)}")
        if kind.versions:
            yield f"  versions: {', '.join(f'{name} {escape(version)}' for name, version in kind.versions.items())}"
        if kind.programs:
            yield f"  programs: {', '.join(map(escape, kind.programs.values()))}"


def as_json(found: Situation | Facts) -> dict[str, Any]:
    """Return the values by their names, for JSON."""
    return asdict(found)


def _host(host: Host) -> Iterator[str]:
    yield _line("node", _or(host.node))
    yield _line("system", _or(host.system))
    yield _line("os", _or(host.os))
    yield _line("kernel", f"{_or(host.release)} {_or(host.version)}")
    yield _line("machine", _or(host.machine))


def _memory(memory: Memory) -> Iterator[str]:
    yield _line("memory", f"{_or(memory.total)} MiB, {_or(memory.free)} free, {_or(memory.available)} available")
    yield _line("swap", f"{_or(memory.swap_total)} MiB, {_or(memory.swap_free)} free")


def _table(rows: Sequence[Busy], second: str, last: str) -> Iterator[str]:
    yield f"  {'pid':>7} {second:<10} {'cpu %':>6} {'MiB':>7} {last}"
    for row in rows:
        name = escape(str(getattr(row, second) or "-"))[:10]
        yield f"  {row.pid:>7} {name:<10} {row.cpu:>6.1f} {row.memory:>7} {escape(str(getattr(row, last)))}"


def _line(name: str, value: str) -> str:
    return f"{name + ':':<{_WIDTH}}{value}".rstrip()


def _or(value: str | int | None) -> str:
    return "-" if value is None else escape(str(value))


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, hours, days = int(seconds) // 60 % 60, int(seconds) // 3600 % 24, int(seconds) // 86400
    return f"{days} days {hours}:{minutes:02}"
