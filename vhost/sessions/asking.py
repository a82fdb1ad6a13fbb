"""Asks a host for its sessions: its processes by one script, its guests through their hypervisors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanners.live import SOURCES, look
from vhost.sessions.listing import Listed, listed
from vhost.sessions.session import Session
from vhost.survey.asking import ask
from vhost.transport import NONE, Host, Privilege, Site, Transport

TYPES = (*SOURCES, "PM", "VNC", "SSH")
"""The session types that LIST knows; an SSH session is a tunnel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which sessions count: types, kinds (S, C, T), users and groups; None are all.

    With `own` only those of the user who asks on each host, with `own_group` those of that user's group; a session
    of nobody's counts only where neither users nor groups are asked for.
    """

    types: frozenset[str] | None = None
    kinds: frozenset[str] = frozenset("SCT")
    users: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    own: bool = False
    own_group: bool = False


def sessions(transport: Transport, host: Host, chosen: Chosen, privilege: Privilege = NONE) -> Listed:
    """Return the sessions of a host. Raises `VhostError` if it cannot be asked."""
    site = Site(transport, host, privilege)
    asked = _hypervisors(chosen.types)
    seen = look(site, asked) if asked is None or asked else None
    found = listed(
        ask(transport, host, "sessions", privilege), seen.guests if seen else [], seen.findings if seen else []
    )
    return replace(found, sessions=list(_kept(found, chosen)))


def _hypervisors(types: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if types is None or types & {"VNC", "SSH"} else tuple(name for name in SOURCES if name in types)


def _kept(found: Listed, chosen: Chosen) -> Iterator[Session]:
    for one in found.sessions:
        if one.kind not in chosen.kinds or (chosen.types is not None and _type(one) not in chosen.types):
            continue
        if (chosen.own and one.uid != found.user) or (chosen.own_group and one.gid != found.group):
            continue
        if chosen.users is not None and one.uid not in chosen.users:
            continue
        if chosen.groups is not None and one.gid not in chosen.groups:
            continue
        yield one


def _type(session: Session) -> str:
    """Return the type that a session counts as: a tunnel to a guest counts as the guest's."""
    return session.type.removeprefix("SSH(").removesuffix(")")
