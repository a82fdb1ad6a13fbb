"""The estate as a graph: hosts, the machines that they see, and the keys that machines share.

Source: the DOT language of Graphviz; the flowcharts of Mermaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from vhost.export.estate import Machines
from vhost.text import escape


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by their identity with their text, and edges between them: a host's, or a shared key's with its text."""

    hosts: dict[str, str]
    machines: dict[str, str]
    sees: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, str, str], ...]


def graph(machines: Machines) -> Graph:
    """Return the graph; machines that share a key are joined in a row, not each with each."""
    names = sorted({host for machine in machines for host in machine.hosts})
    hosts = {host: f"h{number}" for number, host in enumerate(names)}
    nodes = {machine.machine_id: f"m{number}" for number, machine in enumerate(machines)}
    return Graph(
        {hosts[host]: host for host in names},
        {nodes[machine.machine_id]: machine.label or machine.machine_id for machine in machines},
        tuple((hosts[host], nodes[machine.machine_id]) for machine in machines for host in machine.hosts),
        tuple((nodes[one], nodes[other], text) for one, other, text in _shared(machines)),
    )


def _shared(machines: Machines) -> Iterator[tuple[str, str, str]]:
    holders: dict[tuple[str, str], list[str]] = {}
    for machine in machines:
        values = [
            ("uuid", machine.uuid),
            *(("mac", mac) for mac in machine.macs),
            *(("ip", ip) for ip in machine.addresses),
        ]
        for key, value in values:
            if value:
                holders.setdefault((key, value), []).append(machine.machine_id)
    for (key, value), found in sorted(holders.items()):
        yield from ((one, other, f"{key} {value}") for one, other in pairwise(found))


def dot(drawn: Graph) -> Iterator[str]:
    """Return the lines of a DOT file."""
    yield "graph estate {"
    yield "    rankdir=LR; node [shape=box, style=rounded];"
    yield from (f"    {node} [label={_dot(text)}, shape=component];" for node, text in drawn.hosts.items())
    yield from (f"    {node} [label={_dot(text)}];" for node, text in drawn.machines.items())
    yield from (f"    {host} -- {machine};" for host, machine in drawn.sees)
    yield from (
        f"    {one} -- {other} [label={_dot(text)}, color=red, constraint=false];" for one, other, text in drawn.shares
    )
    yield "}"


def mermaid(drawn: Graph) -> Iterator[str]:
    """Return the lines of a Mermaid flowchart."""
    yield "flowchart LR"
    yield from (f'    {node}[["{_mermaid(text)}"]]' for node, text in drawn.hosts.items())
    yield from (f'    {node}("{_mermaid(text)}")' for node, text in drawn.machines.items())
    yield from (f"    {host} --- {machine}" for host, machine in drawn.sees)
    yield from (f'    {one} -. "{_mermaid(text)}" .- {other}' for one, other, text in drawn.shares)


def _dot(text: str) -> str:
    return '"' + escape(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid(text: str) -> str:
    return re.sub(r"[^\w .:/-]", lambda match: f"#{ord(match.group())};", escape(text))
