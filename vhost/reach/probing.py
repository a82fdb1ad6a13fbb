"""Asks hosts whether they answer: the static table if there is one, else the network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from vhost import resolver
from vhost.normal import address
from vhost.reach import table
from vhost.reach.reply import SILENT, UNKNOWN, Kind, Limits, Reply

Told = Callable[[int, int, int], None]
"""Told (hosts done, hosts waiting, hosts up); see `vhost.discover.Progress`."""

SSH_PORT = 22


def probe(
    hosts: Collection[str],
    kind: Kind = "ping",
    limits: Limits | None = None,
    *,
    port: int = SSH_PORT,
    told: Told | None = None,
) -> dict[str, Reply]:
    """Return the reply of every host, which is a name or an address; `port` is that of ssh.

    Raises `UsageError` for a static table that cannot be read, `ProgramFailed` where nothing can send an echo request.
    """
    static = table.chosen(hosts)
    if static is not None:
        return static
    numeric = _numeric(hosts)
    asked = sorted(set(filter(None, numeric.values())))
    found = _asked(asked, kind, limits or Limits(), port, told)
    return {host: found.get(where, SILENT) if where else UNKNOWN for host, where in numeric.items()}


def _numeric(hosts: Collection[str]) -> Mapping[str, str | None]:
    """Return the address of every host, None for a name that has none."""
    own = {host: address(host) for host in hosts}
    names = [host for host, found in own.items() if found is None and host.strip()]
    return {**own, **(resolver.chosen().addresses(names) if names else {})}


def _asked(addresses: Collection[str], kind: Kind, limits: Limits, port: int, told: Told | None) -> Mapping[str, Reply]:
    if not addresses:
        return {}
    if kind == "ssh":
        from vhost.reach import ssh  # noqa: PLC0415 - asyncio takes 50 ms, which only this kind may cost

        return ssh.ask(addresses, port, limits, told)
    from vhost.reach import echo  # noqa: PLC0415 - as above

    return echo.ask(addresses, limits, told)
