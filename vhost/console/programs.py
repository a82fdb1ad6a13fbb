"""The programs of consoles, as values: what runs here, and whether it needs this terminal.

    ssh -t -t -- lab00 'sudo -n -- xl console 3'                                       CLI
    xterm -T tst100 -e ssh -t -t -- lab00 'sudo -n -- xl console 3'                    XTERM
    ssh -X -- lab00 vncviewer localhost::5901                                          VNC, -L DF
    ssh -f -L 5950:localhost:5901 -- lab00 'sleep 20'; vncviewer localhost::5950       VNC, -L CF

A tunnel ends by itself when nobody uses it any more: its `sleep` keeps it open until the viewer is connected.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vhost.console.elisp import emacs
from vhost.console.wanted import Guest, Wanted
from vhost.errors import UsageError
from vhost.sessions.processes import SESSION_VARIABLE
from vhost.transport import quoted
from vhost.transport.connections import SSH_CONFIG

FIRST_PORT = 5950
"""The first local port that is tried for a tunnel."""

TUNNEL_SECONDS = 20
UNKNOWN_PORT = 5900
"""What a plan shows for a port that only the running guest has."""

_VIEWER = 'v=$(command -v vncviewer || command -v xtigervncviewer) || exit 127; exec "$v" "$@"'


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a console: perhaps a tunnel, which goes into the background when it stands, then a program.

    With `attached` the program has this terminal.
    """

    argv: tuple[str, ...]
    tunnel: tuple[str, ...] = ()
    attached: bool = False

    def lines(self) -> list[str]:
        """Return it as lines for a shell here."""
        return [*([quoted(self.tunnel)] if self.tunnel else []), quoted(self.argv)]


def ssh(guest: Guest, *options: str) -> list[str]:
    """Return the call of ssh up to the command, for a conversation of its own beside any shared connection."""
    config = os.environ.get(SSH_CONFIG)
    chosen = ["-F", config] if config else []
    return ["ssh", *chosen, "-o", "ControlMaster=no", "-o", "ControlPath=none", *options, "--", guest.host.account]


def opening(wanted: Wanted, guest: Guest, *, port: int = FIRST_PORT, terminal_only: bool = False) -> Opening:
    """Return what opens a console. Raises `UsageError` for one that the guest does not have.

    `port` is the local port of a tunnel; with `terminal_only` there is no display for an EMACS.
    """
    if wanted.kind == "VNC":
        return _vnc(wanted, guest, port)
    command = _attached(wanted, guest)
    if wanted.kind == "CLI":
        return Opening(tuple(command), attached=True)
    if wanted.location == "DF" and not guest.host.local:
        there = _window(wanted, guest, line(guest), terminal_only=False)
        return Opening((*ssh(guest, "-X"), quoted(there)))
    argv = _window(wanted, guest, command, terminal_only=terminal_only)
    return Opening(tuple(argv), attached=terminal_only and wanted.kind.startswith("EMACS"))


def line(guest: Guest) -> list[str]:
    """Return the command that connects a terminal on the guest's host with its console."""
    if guest.type == "XEN":
        return list(guest.privilege.wrap(["xl", "console", guest.id]))
    if guest.type == "LIBVIRT":
        uri = ["-c", guest.uri] if guest.uri else []
        return list(guest.privilege.wrap(["virsh", *uri, "console", guest.id]))
    if guest.type == "QEMU" and guest.serial:
        return list(guest.privilege.wrap(["socat", "STDIO,raw,echo=0,escape=0x1d", f"UNIX-CONNECT:{guest.serial}"]))
    if guest.type == "QEMU":
        raise UsageError(
            guest.label, "has no serial line on a socket", "start it with -serial unix:FILE,server=on,wait=off"
        )
    raise UsageError(guest.label, f"a {guest.type} guest has no console in a terminal", "use CONSOLE:VNC or NONE")


def _attached(wanted: Wanted, guest: Guest) -> list[str]:
    """Return the command that connects a terminal here with the guest's console."""
    if guest.host.local:
        return line(guest)
    agent = ["-A"] if wanted.agent else []
    return [*ssh(guest, "-t", "-t", *agent), quoted(line(guest))]


def _shell(wanted: Wanted, guest: Guest) -> list[str]:
    """Return the command that connects a terminal here with a shell on the guest's host."""
    return ["sh", "-i"] if guest.host.local else ssh(guest, "-t", "-t", *(["-A"] if wanted.agent else []))


def _window(wanted: Wanted, guest: Guest, command: Sequence[str], *, terminal_only: bool) -> list[str]:
    title = guest.label
    if wanted.kind == "XTERM":
        size = ["-geometry", wanted.geometry.partition(":")[0]] if wanted.geometry else []
        shown = ["-display", wanted.display] if wanted.display and wanted.location == "CF" else []
        return ["xterm", *shown, "-T", title, *size, *wanted.words, "-e", *command]
    if wanted.kind == "GTERM":
        size = [f"--geometry={wanted.geometry.partition(':')[0]}"] if wanted.geometry else []
        shown = [f"--display={wanted.display}"] if wanted.display and wanted.location == "CF" else []
        return ["gnome-terminal", "--wait", *shown, f"--title={title}", *size, *wanted.words, "--", *command]
    return emacs(wanted, title, command, _shell(wanted, guest), terminal_only=terminal_only)


def _vnc(wanted: Wanted, guest: Guest, port: int) -> Opening:
    there = guest.vnc_port or UNKNOWN_PORT
    shown = ["-display", wanted.display] if wanted.display and wanted.location == "CF" else []
    size = [f"-geometry={wanted.geometry.partition(':')[0]}"] if wanted.geometry else []
    viewer = ["sh", "-c", _VIEWER, "vncviewer", *shown, *size, *wanted.words]
    if guest.host.local:
        return Opening((*viewer, f"localhost::{there}"))
    if wanted.location == "DF":
        return Opening((*ssh(guest, "-X"), quoted([*viewer, f"localhost::{there}"])))
    return Opening((*viewer, f"localhost::{port}"), tunnel=_tunnel(guest, port, there))


def _tunnel(guest: Guest, port: int, there: int) -> tuple[str, ...]:
    """Return the tunnel; what it is for stands in its words, so that LIST can tell it."""
    label = re.sub(r"[^\w.-]", "?", guest.label, flags=re.ASCII)[:64]
    mark = f"SetEnv={SESSION_VARIABLE}={guest.type}:{label}"
    options = ("-f", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-o", mark)
    return (*ssh(guest, *options, "-L", f"127.0.0.1:{port}:localhost:{there}"), f"sleep {TUNNEL_SECONDS}")
