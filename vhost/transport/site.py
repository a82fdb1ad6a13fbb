"""A site: one host, as one caller with one kind of privilege sees it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from shutil import which
from typing import TYPE_CHECKING

from vhost import process
from vhost.errors import NotPermitted, TimedOut, VhostError
from vhost.transport.hosts import Host
from vhost.transport.privilege import NONE, Privilege, by_ksu, refused
from vhost.transport.reach import Answer, Transport, own_path

if TYPE_CHECKING:
    from vhost.qmp import Monitor

TOOLS = ("xl", "xm", "xenstore-ls", "xenstore-write", "virsh", "VBoxManage", "vmrun", "ksu", "sudo", "socat", "nc")
_PROBE = 'for name in "$@"; do printf "%s\\t%s\\n" "$name" "$(command -v "$name")"; done'


@dataclass(slots=True)
class Site:
    """One host and how a caller gets what it needs there."""

    transport: Transport
    host: Host
    privilege: Privilege = NONE

    def run(self, argv: Sequence[str], *, timeout: float, raised: bool = True) -> Answer:
        """Return the answer of a command, run with the privilege unless `raised` is False.

        Raises `NotPermitted` if the host does not give it, `Unreachable` or `TimedOut`.
        """
        ways = self._ways() if raised else [NONE]
        for way in ways:
            answer, was_run = self._run(way, argv, timeout)
            if was_run:
                return answer
        raise NotPermitted(self.host.account, f"{argv[0]}: {answer.complaint}", "see -Z KSU and -Z SUDO")

    def _ways(self) -> list[Privilege]:
        """Return the privileges to try one after the other: of ksu and sudo those that are there, else the first."""
        if not (self.privilege.ksu and self.privilege.sudo):
            return [self.privilege]
        ways = {"ksu": Privilege(ksu=True), "sudo": Privilege(sudo=True)}
        return [way for name, way in ways.items() if self.tool(name)] or [ways["ksu"]]

    def _run(self, way: Privilege, argv: Sequence[str], timeout: float) -> tuple[Answer, bool]:
        """Return the answer of a command, and whether it had the privilege to run at all."""
        if way.ksu:
            answer, was_run = self._by_ksu(argv, timeout)
        else:
            answer, was_run = self.transport.run(self.host, way.wrap(argv), timeout=timeout), True
        return answer, was_run and not (answer.status and refused(answer.err))

    def _by_ksu(self, argv: Sequence[str], timeout: float) -> tuple[Answer, bool]:
        mark = f"vhost-{os.urandom(8).hex()}"
        answer = self.transport.run(self.host, by_ksu(argv, mark), timeout=timeout)
        said, found, status = answer.err.rpartition(f"{mark} ")
        return (replace(answer, err=said, status=int(status)), True) if found else (answer, False)

    def tool(self, name: str) -> str | None:
        """Return the path of a program there, None if it is not installed. Raises `Unreachable` or `TimedOut`."""
        tools = self.transport.tools
        if self.host not in tools and self.host.local:
            tools[self.host] = {name: which(name, path=own_path()) or "" for name in TOOLS}
        if self.host not in tools:
            answer = self.transport.run(self.host, ["sh", "-c", _PROBE, "sh", *TOOLS], timeout=20)
            pairs = (line.partition("\t") for line in answer.text.splitlines())
            tools[self.host] = {found: path for found, _, path in pairs}
        path = tools[self.host].get(name, "")
        return path if path.startswith("/") else None

    @contextmanager
    def talk(self, argv: Sequence[str], **variables: str) -> Iterator[socket.socket]:
        """Give a socket that is stdin and stdout of a command there, which speaks English and ends with it.

        `variables` are in its environment unless a privilege is raised.

        What it says on stderr is lost. Raises `Unreachable`, or `VhostError` if it cannot be started here.
        """
        settings = [f"{name}={value}" for name, value in {"LC_ALL": "C", **variables}.items()]
        command = ["env", *settings, *self._ways()[0].wrap(argv)]
        with process.conversation(self.transport.command(self.host, command)) as connection:
            yield connection

    @contextmanager
    def monitor(self, place: str, patience: float = 10.0) -> Iterator[Monitor]:
        """Give a conversation with the monitor at a path, or at `HOST:PORT` as the host sees it.

        Raises `VhostError` if there is none, `NotPermitted`, `Unreachable` or `TimedOut`.
        """
        from vhost.qmp import Monitor  # noqa: PLC0415 - only QEMU has one

        where = f"{self.host.account}:{place}"
        with ExitStack() as held:
            connection = held.enter_context(self._connected(place, where, patience))
            try:
                monitor = held.enter_context(Monitor(connection, where, patience))
            except VhostError:
                self._relayed(place, patience)
                raise
            yield monitor

    def _relayed(self, place: str, patience: float) -> None:
        """Raise `NotPermitted` if it was the privilege that kept a monitor from being reached: a relay says nothing."""
        if self.privilege != NONE:
            with suppress(TimedOut):
                self.run(self._relay(place), timeout=patience)

    @contextmanager
    def _connected(self, place: str, where: str, patience: float) -> Iterator[socket.socket]:
        if self.privilege.ksu or self.privilege.sudo:
            command = self._ways()[0].wrap(self._relay(place))
            with process.conversation(self.transport.command(self.host, command)) as connection:
                yield connection
        elif self.host.local:
            with _opened(place, where, patience) as connection:
                yield connection
        else:
            forwarded = self.transport.forwarded(self.host, place)
            with forwarded as path, _opened(str(path), where, patience) as connection:
                yield connection

    def _relay(self, place: str) -> list[str]:
        """Return a program there that hands its stdin and stdout to a socket."""
        is_path = place.startswith("/")
        if socat := self.tool("socat"):
            return [socat, "STDIO", f"UNIX-CONNECT:{place}" if is_path else f"TCP:{place}"]
        if nc := self.tool("nc"):
            return [nc, "-U", place] if is_path else [nc, *place.rsplit(":", 1)]
        raise VhostError(self.host.account, "has neither socat nor nc to reach a monitor with a raised privilege")


def _opened(place: str, where: str, patience: float) -> socket.socket:
    try:
        if not place.startswith("/"):
            name, _, port = place.rpartition(":")
            return socket.create_connection((name.strip("[]") or "localhost", int(port)), timeout=patience)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(patience)
            connection.connect(place)
        except BaseException:
            connection.close()
            raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise VhostError(where, f"the guest's monitor cannot be reached: {reason}") from error
    return connection
