"""The clients of a guest: VNC viewers and tunnels that lead to it and to no other, and their end.

Here a tunnel counts that leads to the guest's port on its host, and a viewer of such a tunnel; on the guest's own
host a viewer of its port. Labels are not asked: two guests may share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from vhost.errors import VhostError
from vhost.sessions.processes import Process, Seen, processes, seen
from vhost.survey.asking import ask
from vhost.transport import NONE, Host, Privilege, Transport

_SECONDS = 20.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_END = 'd=$(od -An -v -tx1 "/proc/$1/cmdline" | tr -d " \\n") && [ "$d" = "$2" ] && kill "$1"'
"""Ends a process if it still is what it was when it was listed."""


def dropped(transport: Transport, host: Host, guest: Host, port: int, privilege: Privilege = NONE) -> int:
    """End the clients on a host of what listens at a port of the guest's host; return how many ended.

    Raises `VhostError` if the host cannot be asked.
    """
    parts = ask(transport, host, "sessions")
    listed = [one for process in processes(parts.get("sessions", "")) if (one := seen(process))]
    ended = 0
    for process in clients(listed, None if host == guest else guest, port):
        digits = "\0".join([*process.words, ""]).encode("utf-8", "surrogateescape").hex()
        argv = privilege.wrap(["sh", "-c", _END, "sh", str(process.pid), digits])
        with suppress(VhostError):
            ended += transport.run(host, argv, timeout=_SECONDS).status == 0
    return ended


def clients(listed: Sequence[Seen], guest: Host | None, port: int) -> Iterator[Process]:
    """Return the processes among those of a host that lead to a port; `guest` is None on the guest's own host."""
    if guest is None:
        yield from (one.process for one in listed if one.kind == "C" and one.far in _HERE and one.far_port == port)
        return
    tunnels = [one for one in listed if one.kind == "T" and _leads(one, guest, port)]
    ports = {one.port for one in tunnels}
    yield from (one.process for one in listed if one.kind == "C" and one.far in _HERE and one.far_port in ports)
    yield from (one.process for one in tunnels)


def _leads(tunnel: Seen, guest: Host, port: int) -> bool:
    """Tell whether a tunnel goes to a port of the guest's host itself."""
    names = {guest.account, guest.name}
    return tunnel.far_port == port and tunnel.far in _HERE and not names.isdisjoint(tunnel.process.words)
