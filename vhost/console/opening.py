"""Opens consoles: waits until they can be shown, makes the tunnel, starts the program here or with this terminal."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

from scanners.live import look
from vhost import process
from vhost.console.display import problem
from vhost.console.programs import FIRST_PORT, Opening, opening
from vhost.console.wanted import Guest, Wanted
from vhost.errors import TimedOut, UsageError, VhostError
from vhost.transport import Site, Transport

VNC_SECONDS = "VHOST_VNC_SECONDS"
"""The environment variable that says how long to wait for the VNC port of a guest that was just started."""

_USUAL = 30.0
_PAUSE = 0.5
_PORTS = 100
_TUNNEL_SECONDS = 60.0
_SERIAL = re.compile(r"(?:disconnected:)?unix:(?P<path>/[^,]+)")


def checked(wanted: Wanted) -> None:
    """Raise `UsageError` with the place if the console cannot be shown here, before anything is started."""
    needs = wanted.has_window or (wanted.kind.startswith("EMACS") and not (sys.stdin and sys.stdin.isatty()))
    if needs and (reason := problem(wanted.display)):
        raise UsageError(wanted.place or f"CONSOLE:{wanted.kind}", reason, "name another with -D, or use CONSOLE:NONE")


def opened(wanted: Wanted, guest: Guest, transport: Transport) -> int:
    """Open a console and return the exit code of its program, 0 if it goes on in the background.

    Raises `VhostError` if it cannot be opened, `TimedOut` if a VNC port does not answer.
    """
    site = Site(transport, guest.host, guest.privilege)
    if wanted.kind == "VNC":
        guest = replace(guest, vnc_port=_answering(site, guest))
    elif guest.type == "QEMU":
        guest = replace(guest, serial=_serial(site, guest))
    terminal_only = bool(problem(wanted.display))
    made = opening(wanted, guest, port=_free_port(), terminal_only=terminal_only)
    if made.tunnel:
        made = _tunnelled(wanted, guest, made)
    if made.attached or wanted.waits:
        return process.attached(made.argv, env=_environment(wanted))
    process.detached(made.argv, env=_environment(wanted))
    return 0


def _environment(wanted: Wanted) -> dict[str, str]:
    return {"DISPLAY": wanted.display} if wanted.display else {}


def _tunnelled(wanted: Wanted, guest: Guest, made: Opening) -> Opening:
    """Return the opening whose tunnel stands; another port is tried if somebody else has just taken one."""
    for _ in range(5):
        with suppress(process.ProgramFailed):
            done = process.run(made.tunnel, seconds=_TUNNEL_SECONDS)
            if done.code == 0:
                return made
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            if not any("forward" in line or "in use" in line for line in said):
                raise VhostError(guest.host.account, f"the tunnel cannot be made: {said[-1] if said else done.code}")
        made = opening(wanted, guest, port=_free_port())
    raise VhostError(guest.host.account, "the tunnel cannot be made: no local port is free")


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    return FIRST_PORT


def _answering(site: Site, guest: Guest) -> int:
    """Return the VNC port of a guest once something answers there as a VNC server does."""
    limit = _limit()
    deadline = time.monotonic() + limit
    port = guest.vnc_port
    while True:
        port = port or _port(site, guest)
        if port and _greets(site, port):
            return port
        if time.monotonic() > deadline:
            what = f"its VNC port {port} does not answer" if port else "it has no VNC port"
            raise TimedOut(
                f"{guest.label} on {guest.host.account}", f"{what} after {limit:g} s", "see its vnc settings"
            )
        time.sleep(_PAUSE)


def _limit() -> float:
    text = os.environ.get(VNC_SECONDS, "")
    return float(text) if re.fullmatch(r"\d{1,4}(?:\.\d)?", text) else _USUAL


def _port(site: Site, guest: Guest) -> int | None:
    found = look(site, [guest.type], uri=guest.uri).guests
    return next((one.vnc_port for one in found if guest.id in {one.id, one.uuid, one.label}), None)


def _greets(site: Site, port: int) -> bool:
    """Tell whether a port of the host says `RFB`. Source: RFC 6143, 7.1.1."""
    with suppress(OSError, VhostError), ExitStack() as held:
        if site.host.local:
            connection = held.enter_context(socket.create_connection(("localhost", port), timeout=5))
        else:
            path = held.enter_context(site.transport.forwarded(site.host, f"localhost:{port}"))
            connection = held.enter_context(socket.socket(socket.AF_UNIX))
            connection.settimeout(5)
            connection.connect(str(path))
        return connection.recv(3, socket.MSG_WAITALL) == b"RFB"
    return False


def _serial(site: Site, guest: Guest) -> str | None:
    """Return the socket of a QEMU guest's first serial line, None without one."""
    running = next((one for one in look(site, ["QEMU"]).guests if one.id == guest.id), None)
    if running is None or running.control is None:
        return None
    with site.monitor(running.control) as monitor:
        known = monitor.execute("query-chardev")
    names = [(str(one.get("label", "")), str(one.get("filename", ""))) for one in known if isinstance(one, dict)]
    found = [match["path"] for label, name in names if "serial" in label and (match := _SERIAL.match(name))]
    return found[0] if found else None
