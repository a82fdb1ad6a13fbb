"""The sessions of one host: VNC servers and viewers, guests, the host itself, tunnels; in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanners.live import Running
from vhost.discover import Finding
from vhost.sessions.processes import Seen, processes, seen
from vhost.sessions.session import Session
from vhost.survey import kernel
from vhost.survey.sections import first

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The sessions of one host, the user and group who asked there, and what could not be asked."""

    pm: str
    user: str | None = None
    group: str | None = None
    sessions: Sequence[Session] = ()
    findings: Sequence[Finding] = field(default_factory=list)


def listed(parts: Mapping[str, str], guests: Sequence[Running], findings: Sequence[Finding] = ()) -> Listed:
    """Return the sessions that the parts of scripts/sessions.sh and a live look at the guests show."""
    pm = first(parts.get("node", "")) or "localhost"
    users = {**kernel.users(parts.get("passwd", "")), **kernel.users(parts.get("users", ""))}
    groups = {**kernel.users(parts.get("group", "")), **kernel.users(parts.get("groups", ""))}
    found = [one for process in processes(parts.get("sessions", "")) if (one := seen(process))]
    running = [guest for guest in guests if guest.state.alive]
    labels = _labels(found, running)
    made = [_process(pm, one, labels, users, groups) for one in found]
    return Listed(
        pm=pm,
        user=first(parts.get("user", "")),
        group=first(parts.get("owngroup", "")),
        sessions=[
            *(one for one in made if one.kind == "C"),
            *(one for one in made if one.kind == "S"),
            *(_guest(pm, guest) for guest in running),
            _machine(pm, parts),
            *(one for one in made if one.kind == "T"),
        ],
        findings=findings,
    )


def _labels(found: Sequence[Seen], guests: Sequence[Running]) -> dict[int, str]:
    """Return the label behind each port of this host, where only one is."""
    ports: dict[int, set[str]] = {}
    for port, label in _ports(found, guests):
        ports.setdefault(port, set()).add(label)
    return {port: next(iter(labels)) for port, labels in ports.items() if len(labels) == 1}


def _ports(found: Sequence[Seen], guests: Sequence[Running]) -> Iterator[tuple[int, str]]:
    for one in found:
        if one.kind != "C" and one.port and one.label:
            yield one.port, one.label
    for guest in guests:
        if guest.vnc_port:
            yield guest.vnc_port, guest.label


def _process(
    pm: str, one: Seen, labels: Mapping[int, str], users: Mapping[int, str], groups: Mapping[int, str]
) -> Session:
    process = one.process
    label, port = one.label, one.port
    if one.kind == "C":
        port = one.far_port
        label = labels.get(port) if port is not None and one.far in {*_HERE, pm, pm.partition(".")[0]} else None
    return Session(
        pm=pm,
        type=one.type,
        label=label,
        display=one.display,
        cport=port,
        pid=process.pid,
        uid=users.get(process.uid, str(process.uid)),
        gid=groups.get(process.gid, str(process.gid)),
        kind=one.kind,
        exepath=process.words[0] if process.words[0].startswith("/") else None,
    )


def _guest(pm: str, guest: Running) -> Session:
    """Return a guest; its MAC only if it has one alone, its address never: only the guest knows it."""
    pid = (guest.id or "").partition(".")[0]
    return Session(
        pm=pm,
        type=guest.type,
        label=guest.label,
        id=guest.config_path,
        uuid=guest.uuid,
        mac=guest.macs[0] if len(guest.macs) == 1 else None,
        cport=guest.vnc_port,
        pid=int(pid[:10]) if guest.type == "QEMU" and pid.isdigit() else None,
    )


def _machine(pm: str, parts: Mapping[str, str]) -> Session:
    """Return the host itself, with the card of its default route; an address only if the card has one alone."""
    lines = [line.partition("\t") for line in parts.get("cards", "").split("\n")]
    cards, macs, addresses = ([value for key, _, value in lines if key == name] for name in ("card", "mac", "ip"))
    return Session(
        pm=pm,
        type="PM",
        label=pm.partition(".")[0],
        mac=macs[0] if len(macs) == 1 else None,
        tcp=addresses[0].partition("/")[0] if len(addresses) == 1 else None,
        ifname=cards[0] if len(cards) == 1 else None,
        arch=first(parts.get("machine", "")),
    )
