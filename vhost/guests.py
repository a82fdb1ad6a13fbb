"""Guests that run now on many hosts, looked at side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scanners.live import Look, look
from vhost.errors import VhostError
from vhost.host import own_name
from vhost.transport import NONE, Host, Privilege, Site, Transport

HOSTS_AT_ONCE = 16


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


def looked(
    transport: Transport,
    hosts: Sequence[Host],
    types: Collection[str] | None = None,
    *,
    privilege: Privilege = NONE,
    uri: str | None = None,
) -> list[Seen]:
    """Return what every host says of its guests, in the order of the hosts."""

    def one(host: Host) -> Seen:
        try:
            return Seen(host, look(Site(transport, host, privilege), types, uri=uri))
        except VhostError as error:
            return Seen(host, failure=error)

    if len(hosts) == 1:
        return [one(hosts[0])]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - one host needs no threads

    pool = ThreadPoolExecutor(HOSTS_AT_ONCE)
    try:
        return list(pool.map(one, hosts))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
