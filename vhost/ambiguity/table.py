"""Collisions as a table for people: those of the same machines and cause together, the worst first.

severity |cause        |what
---------+-------------+-----------------------------------------------------------------
error    |clone        |uuid a93f99f2e8a4487e86082c084826f652, mac 00:16:3e:5a:01:41
         |             |copied: the identity is the same, label or disks are not
         |             |  build01  XEN on lab00.soho, lab01.soho: /vmpool/build01/build01.cfg
         |             |           l:build01
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vhost.ambiguity.audit import Audit, Collision
from vhost.ambiguity.wanted import Wanted
from vhost.collisions.causes import SEVERITIES
from vhost.text import escape

_WIDTHS = (9, 13)
_RULE = "+".join("-" * width for width in (*_WIDTHS, 72))
_COLORS = {"info": "36", "warning": "33", "error": "31", "critical": "1;31"}
_MOST = 20
"""The machines of one collision that are shown; the other formats have them all."""


Noted = tuple[Collision, tuple[str, ...]]
"""A collision and what is to be said of it besides."""


def lines(collisions: Iterable[Collision], *, colored: bool = False) -> Iterator[str]:
    """Return the table; empty if there is nothing to show."""
    return noted_lines(((one, ()) for one in collisions), colored=colored)


def noted_lines(collisions: Iterable[Noted], *, colored: bool = False) -> Iterator[str]:
    """Return the table of collisions of which more is to be said."""
    blocks = _blocks(collisions)
    if not blocks:
        return
    yield _row("severity", "cause", "what")
    yield _RULE
    for block in blocks:
        yield from _drawn(block, colored=colored)


def _blocks(collisions: Iterable[Noted]) -> list[list[Noted]]:
    """Return the collisions of the same machines, cause and severity together, in the order of the first of each."""
    blocks: dict[tuple[Any, ...], list[Noted]] = {}
    for one, notes in collisions:
        machines = tuple(machine["machine"] for machine in one.machines) or (one.key, one.value)
        blocks.setdefault((one.severity, one.cause, machines, one.accepted, notes), []).append((one, notes))
    return list(blocks.values())


def _drawn(block: Sequence[Noted], *, colored: bool) -> Iterator[str]:
    first, notes = block[0]
    begin = _row(first.severity, first.cause, ", ".join(f"{one.key} {escape(one.value)}" for one, _ in block))
    yield _paint(begin, first.severity) if colored else begin
    yield from (_row("", "", f"* {escape(note)}") for note in notes)
    for text in _texts(
        first, dict.fromkeys(_proof(proof) for one, _ in block for proof in one.evidence if _shows(one, proof))
    ):
        yield _row("", "", text)


def _shows(one: Collision, proof: Mapping[str, Any]) -> bool:
    """Tell whether a proof says more than the lines of the machines do."""
    return proof["kind"] == "proof" and one.cause not in {"multipath", "backup"}


def _texts(one: Collision, proofs: Iterable[str]) -> Iterator[str]:
    yield one.why
    if one.accepted is not None:
        yield f"accepted: {escape(one.accepted)}"
    addresses = {resolution["machine"]: resolution for resolution in one.resolutions}
    for machine in one.machines[:_MOST]:
        yield from _machine(machine, addresses.get(machine["machine"], {}))
    if len(one.machines) > _MOST:
        yield f"  and {len(one.machines) - _MOST} more"
    for proof in proofs:
        yield f"  - {proof}"


def _machine(machine: Mapping[str, Any], resolution: Mapping[str, Any]) -> Iterator[str]:
    hosts: dict[str, list[str]] = {}
    for path in machine["paths"]:
        host, _, file = path.partition(":")
        hosts.setdefault(file, []).append(host)
    name = escape(machine["label"] or "(no label)")
    role = f" ({machine['role']})" if machine["role"] else ""
    running = " running" if machine["running"] else ""
    places = "; ".join(f"{', '.join(names)}: {escape(file)}" for file, names in hosts.items())
    yield f"  {name}{role}  {machine['type'] or '?'}{running} on {places}"
    if resolution:
        yield f"    {resolution['address'] or resolution['why']}"


def _proof(proof: Mapping[str, Any]) -> str:
    said = f" ({escape(proof['source'])}, {proof['seen_at']})" if proof["source"] else ""
    return f"{escape(proof['fact'])}{said}"


def _row(severity: str, cause: str, text: str) -> str:
    return f"{severity:<{_WIDTHS[0]}}|{cause:<{_WIDTHS[1]}}|{text}"


def _paint(line: str, severity: str) -> str:
    return f"\x1b[{_COLORS[severity]}m{line[: _WIDTHS[0]]}\x1b[0m{line[_WIDTHS[0] :]}"


def summary(audit: Audit, wanted: Wanted) -> Iterator[str]:
    """Return the counts of what is shown and not accepted, and of what is not shown because it is harmless."""
    shown = audit.counts(wanted)
    hidden = sum(count for *_, count in audit.counts(replace(wanted, severity=SEVERITIES[0]))) - sum(
        count for *_, count in shown
    )
    counts = [f"{count} {severity} {cause}" for severity, cause, count in shown]
    yield f"{'' if not shown else chr(10)}collisions: {', '.join(counts) or 'none'}"
    if hidden:
        yield f"not shown: {hidden} of lesser severity (--severity {SEVERITIES[0]} shows them)"
