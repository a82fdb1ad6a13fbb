"""ENUMERATE: the machines that are configured below some places of this host and of others. Nothing is stored."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scanners import tree as local
from scanners.tree import TYPES
from vhost.cache.scan import Scan
from vhost.claims import Observation
from vhost.discover import Finding
from vhost.errors import SourceMissing, UsageError
from vhost.host import observer, own_name
from vhost.survey import tree
from vhost.transport import NONE, Host, Privilege, Transport

ANY = "*"
"""Any state that is not empty."""

DEFAULT_PLACES = ("~", "/etc/ctys.d", "/etc/xen", "/etc/libvirt/qemu", "/etc/pve")
"""Where configurations are looked for if no place is named; those that do not exist are not worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is enumerated: places (relative ones are below the user's home), session types, values of VMSTATE.

    `states` are those that count, "" is none, `ANY` any; None are all. With `every` hidden machines count too.
    """

    places: Sequence[str] = ()
    types: frozenset[str] | None = None
    states: frozenset[str] | None = None
    every: bool = False
    pm: str | None = None
    privilege: Privilege = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerated:
    """What one host has configured, the facts of that look, and what could not be looked at."""

    scan: Scan
    observations: Sequence[Observation]
    findings: Sequence[Finding] = ()


def session_types(names: Sequence[str]) -> frozenset[str] | None:
    """Return the types of records that these names stand for, None for all. Raises `UsageError`."""
    unknown = [name for name in names if name.upper() not in {*TYPES, "ALL"}]
    if unknown:
        raise UsageError("--type", f"{unknown[0]!r} has no configurations", f"choose from {', '.join(sorted(TYPES))}")
    asked = {name.upper() for name in names}
    return None if not asked or "ALL" in asked else frozenset(TYPES[name] for name in asked)


def enumerated(transport: Transport, host: Host, wanted: Wanted) -> Enumerated:
    """Return what one host has configured.

    Raises `SourceMissing` if none of the places exists, `VhostError` if the host cannot be asked.
    """
    places = wanted.places or DEFAULT_PLACES
    if host.local:
        pm, observations, findings = _here(places, wanted)
    else:
        seen = tree.look(
            transport,
            host,
            places,
            types=wanted.types,
            every=wanted.every,
            pm=wanted.pm,
            privilege=wanted.privilege,
        )
        pm, observations = seen.pm, seen.archived.observations
        findings = [*seen.findings, *seen.archived.findings]
    if not wanted.places:
        findings = [one for one in findings if one.problem != "does not exist"]
    kept = [_kept(one, wanted.states) for one in observations]
    return Enumerated(scan=_facts(pm, places), observations=[one for one in kept if one.machines], findings=findings)


def _here(places: Sequence[str], wanted: Wanted) -> tuple[str, Sequence[Observation], Sequence[Finding]]:
    pm = wanted.pm or own_name()
    roots = [_absolute(place) for place in places]
    found = local.scan(roots, as_host=pm, types=wanted.types, scan_all_states=wanted.every)
    if len(found.missing) == len(found.roots):
        raise SourceMissing(", ".join(found.missing), "does not exist", "check the path")
    return pm, found.observations, found.findings


def _absolute(place: str) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home raises where there is none
    return os.path.join(home, place.removeprefix("~").lstrip("/") if place.startswith("~") else place)  # noqa: PTH118 - as above


def _kept(one: Observation, states: frozenset[str] | None) -> Observation:
    """Return an observation with those machines whose state counts."""
    if states is None:
        return one
    kept = [machine for machine in one.machines if _counts((machine.vmstate or "").upper(), states)]
    return replace(one, machines=tuple(kept))


def _counts(state: str, states: frozenset[str]) -> bool:
    return state in states or (bool(state) and ANY in states)


def _facts(pm: str, places: Sequence[str]) -> Scan:
    now = datetime.now(UTC)
    return Scan(
        scan_id=f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
        kind="machine",
        scanner="tree",
        observer=observer(),
        source_host=pm,
        as_host=pm,
        root=", ".join(places),
        seen_at=f"{now:%Y-%m-%d %H:%M:%S.%f}",
        partial=False,
    )
