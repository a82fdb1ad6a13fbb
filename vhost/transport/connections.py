"""One multiplexed ssh connection for each host, in a private directory, gone when the call is over.

Source: ssh(1), ssh_config(5): ControlMaster, ControlPath, `-O forward`.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from vhost import process
from vhost.errors import Unreachable, VhostError
from vhost.process import Finished, ProgramLate
from vhost.transport.hosts import Host

if TYPE_CHECKING:
    import tempfile

SSH_CONFIG = "VHOST_SSH_CONFIG"
CONNECT_SECONDS = 10
STARTING = 8
"""Connections that begin at once; OpenSSH's server drops some beyond 10 that are not yet logged in (MaxStartups)."""

_LONGEST_BASE = 40
_ALIVE_SECONDS = 5
_ALIVE_COUNT = 3
_OPTIONS = (
    "BatchMode=yes",
    f"ConnectTimeout={CONNECT_SECONDS}",
    f"ServerAliveInterval={_ALIVE_SECONDS}",
    f"ServerAliveCountMax={_ALIVE_COUNT}",
    "EscapeChar=none",
    "ForwardX11=no",
    "StreamLocalBindUnlink=yes",
    "RemoteCommand=none",
    "RequestTTY=no",
    "PermitLocalCommand=no",
)
_REASONS = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", "its host key has changed"),
    ("Host key verification failed", "its host key is not known"),
    ("Permission denied", "it does not let us in: "),
)
_ADVICE = {
    "its host key has changed": "if that is right, remove the old one: ssh-keygen -R HOST",
    "its host key is not known": "connect once by hand: ssh HOST",
}


@dataclass(slots=True)
class _State:
    """What is known of the connection to one host; its socket has the number in its name."""

    number: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: bool = False
    failure: VhostError | None = None
    forwards: dict[str, Path] = field(default_factory=dict)


class Connections:
    """The connections of one call."""

    def __init__(self) -> None:
        self._serial = count(1)
        self._states: defaultdict[str, _State] = defaultdict(lambda: _State(next(self._serial)))
        self._lock = threading.Lock()
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._starting = threading.BoundedSemaphore(STARTING)

    def open(self, host: Host) -> None:
        """Connect if that was not done yet. Raises `Unreachable`, the same again for a host that failed."""
        state = self._state(host)
        with state.lock:
            if state.failure:
                raise state.failure
            if not state.open:
                state.failure = self._connect(host)
                state.open = state.failure is None
            if state.failure:
                raise state.failure

    def forget(self, host: Host) -> None:
        """Let the next command connect anew, whether there is a connection or none could be made."""
        state = self._state(host)
        with state.lock:
            if state.open:
                self._control(host, "exit", [])
            state.open, state.failure = False, None
            state.forwards.clear()

    def command(self, host: Host, line: str) -> list[str]:
        """Return the call of ssh that hands a line to the shell of the host, within its connection."""
        return [*self._ssh(host), "-T", "-o", "ControlMaster=no", "--", host.account, line]

    def forwarded(self, host: Host, place: str) -> Path:
        """Return a socket here that leads to a socket there, as long as the connection. Raises `Unreachable`."""
        forwards = self._state(host).forwards
        if place not in forwards:
            here = self._place() / f"f{next(self._serial)}"
            done = self._control(host, "forward", ["-L", f"{here}:{place}"])
            if done.code:
                raise Unreachable(host.account, f"does not forward to {place}: {_last_line(done.stderr)}")
            forwards[place] = here
        return forwards[place]

    def close(self) -> None:
        """End every connection and remove the directory."""
        for account, state in self._states.items():
            if state.open:
                user, _, name = account.rpartition("@")
                self._control(Host(name, user or None), "exit", [])
        if self._directory:
            self._directory.cleanup()
            self._directory = None
        self._states.clear()

    def _state(self, host: Host) -> _State:
        with self._lock:
            return self._states[host.account]

    def _place(self) -> Path:
        import tempfile  # noqa: PLC0415 - the own host needs no connection

        with self._lock:
            if self._directory is None:
                self._directory = tempfile.TemporaryDirectory(
                    prefix="vhost-", dir=_short_directory(), ignore_cleanup_errors=True
                )
            return Path(self._directory.name)

    def _ssh(self, host: Host) -> list[str]:
        """Return the call of ssh for a host; two names of one server have a connection each, which ends as theirs."""
        config = os.environ.get(SSH_CONFIG)
        options = [word for option in _OPTIONS for word in ("-o", option)]
        socket = self._place() / f"c{self._state(host).number}"
        return ["ssh", *(("-F", config) if config else ()), *options, "-S", str(socket)]

    def _connect(self, host: Host) -> VhostError | None:
        """Return what is wrong if no connection could be made, which then stays in the background."""
        command = [*self._ssh(host), "-M", "-N", "-f", "-o", "ControlPersist=no", "--", host.account]
        try:
            with self._starting:
                done = process.run(command, seconds=CONNECT_SECONDS + _ALIVE_SECONDS)
        except ProgramLate:
            return Unreachable(host.account, f"no answer within {CONNECT_SECONDS + _ALIVE_SECONDS} s")
        except VhostError as error:
            return error
        return _failure(host, done) if done.code else None

    def _control(self, host: Host, what: str, arguments: list[str]) -> Finished:
        command = [*self._ssh(host), "-O", what, *arguments, "--", host.account]
        return process.run(command, seconds=CONNECT_SECONDS)


def _short_directory() -> str:
    """Return where the private directory is made: the path of a socket may have 104 bytes at most."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = 0 < len(base) < _LONGEST_BASE and os.access(base, os.W_OK)
    return base if fits else "/tmp"  # noqa: S108 - what is made there has a random name and mode 0700


def _failure(host: Host, done: Finished) -> Unreachable:
    said = done.stderr.decode("utf-8", "surrogateescape")
    reason = next((reason for pattern, reason in _REASONS if pattern in said), "")
    advice = _ADVICE.get(reason, "").replace("HOST", host.account)
    complaint = _last_line(done.stderr).removeprefix("ssh: ")
    return Unreachable(host.account, reason if advice else f"{reason}{complaint or 'ssh failed'}", advice)


def _last_line(said: bytes) -> str:
    lines = [line.strip() for line in said.decode("utf-8", "surrogateescape").splitlines()]
    return next((line for line in reversed(lines) if line), "")
