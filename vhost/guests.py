"""Guests that run now on many hosts, looked at side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from scanners.live import Look, look
from vhost.discover import Progress
from vhost.errors import VhostError
from vhost.host import own_name
from vhost.side_by_side import answers
from vhost.transport import NONE, Host, Privilege, Site, Transport


@dataclass(frozen=True, slots=True)
class Seen:
    """What one host said, or why it said nothing."""

    host: Host
    look: Look | None = None
    failure: VhostError | None = None

    @property
    def name(self) -> str:
        """Return the name under which its guests are known; this host has its own name."""
        return own_name() if self.host.local else self.host.name


def physical(transport: Transport, hosts: Sequence[Host], *, privilege: Privilege = NONE) -> list[Seen]:
    """Return which machine answers at the name of every host, in the order of the hosts."""
    from scanners.live import physical as machine  # noqa: PLC0415 - few calls are about machines themselves

    def one(host: Host) -> Look:
        return Look(host.name, machine.look(Site(transport, host, privilege), host.name), [machine.TYPE])

    return _each(hosts, one)


def looked(
    transport: Transport,
    hosts: Sequence[Host],
    types: Collection[str] | None = None,
    *,
    privilege: Privilege = NONE,
    uri: str | None = None,
    told: Progress | None = None,
) -> list[Seen]:
    """Return what every host says of its guests, in the order of the hosts."""
    return _each(hosts, lambda host: look(Site(transport, host, privilege), types, uri=uri), told)


def _each(hosts: Sequence[Host], look_at: Callable[[Host], Look], told: Progress | None = None) -> list[Seen]:
    def one(host: Host) -> Seen:
        try:
            return Seen(host, look_at(host))
        except VhostError as error:
            return Seen(host, failure=error)

    return answers(hosts, one, told, lambda seen: seen.look is not None)
