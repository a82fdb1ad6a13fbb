"""A transport: commands on hosts, at most so many at once on each, every answer within its time.

The exit status of a remote command is kept apart from ssh's own 255: the command runs below a shell that
says, last on stderr, how it ended. Where that line is missing, the connection was lost.
"""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from vhost import process
from vhost.errors import TimedOut, Unreachable, VhostError
from vhost.process import Finished, ProgramLate
from vhost.transport.connections import Connections
from vhost.transport.hosts import Host
from vhost.transport.words import for_any_shell, quoted

SESSIONS = 8
"""Commands at once on one host; OpenSSH's server allows 10 sessions a connection (MaxSessions)."""

OUTPUT_LIMIT = 32 * 1024 * 1024
"""Bytes that a command may say."""

_ENDED = "vhost-ended"
_LOST = frozenset({255, -13})
"""How ssh ends when its connection does: with 255, or by SIGPIPE."""

_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command on a host said and how it ended."""

    host: Host
    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Return stdout as text, undecodable bytes as surrogates."""
        return self.out.decode("utf-8", "surrogateescape")

    @property
    def complaint(self) -> str:
        """Return the last two lines of stderr that hold anything, else the last of stdout, "" without one."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        said = [line.strip() for line in self.text.splitlines()[-20:] if line.strip()]
        return "; ".join(lines[-2:] or said[-1:])


class Transport:
    """The connections of one call. Use it as a context: they end with it.

    `tools` are the paths of programs on the hosts that were looked for, "" for one that is not there.
    """

    def __init__(self) -> None:
        self.tools: dict[Host, dict[str, str]] = {}
        self._connections = Connections()
        self._turns: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(SESSIONS)
        )
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every connection."""
        self._connections.close()

    def run(self, host: Host, argv: Sequence[str], *, timeout: float, stdin: bytes = b"") -> Answer:
        """Return the answer of a command; `timeout` in seconds begins when it is its turn.

        Raises `Unreachable` if the host cannot be reached or is lost meanwhile, `TimedOut` if the command
        does not end in time, `VhostError` if it cannot be started here.
        """
        with self._turn(host):
            if host.local:
                return self._here(host, argv, timeout, stdin)
            self._connections.open(host)
            return self._there(host, argv, timeout, stdin)

    def forget(self, host: Host) -> None:
        """Let the next command to a host connect anew, whether it could be reached before or not."""
        self._connections.forget(host)

    def command(self, host: Host, argv: Sequence[str]) -> list[str]:
        """Return the command to run here that runs `argv` on the host, for a conversation with it.

        Raises `Unreachable`.
        """
        if host.local:
            return list(argv)
        self._connections.open(host)
        return self._connections.command(host, for_any_shell(f"exec {quoted(argv)}"))

    @contextmanager
    def forwarded(self, host: Host, place: str) -> Iterator[Path]:
        """Give a socket here that is connected to a socket there: a path, or `HOST:PORT` as the host sees it.

        Raises `Unreachable` if the host cannot be reached or does not forward.
        """
        with self._turn(host):
            self._connections.open(host)
            yield self._connections.forwarded(host, place)

    @contextmanager
    def _turn(self, host: Host) -> Iterator[None]:
        with self._lock:
            turn = self._turns[host.account]
        with turn:
            yield

    def _here(self, host: Host, argv: Sequence[str], timeout: float, stdin: bytes) -> Answer:
        done = _run(host, argv, argv, timeout, stdin=stdin, env={"PATH": own_path()})
        return Answer(host, done.code, done.stdout, _text(done.stderr))

    def _there(self, host: Host, argv: Sequence[str], timeout: float, stdin: bytes) -> Answer:
        mark = f"{_ENDED}-{os.urandom(8).hex()}"
        done = _run(host, argv, self._connections.command(host, shell_command(argv, mark)), timeout, stdin=stdin)
        if ended := re.search(rf"{mark} (\d{{1,3}})\n", err := _text(done.stderr)):
            return Answer(host, int(ended[1]), done.stdout, err[: ended.start()])
        answer = Answer(host, done.code, done.stdout, err)
        if done.code in _LOST:
            self._connections.forget(host)
            raise Unreachable(host.account, f"the connection was lost: {answer.complaint or 'no reason given'}")
        return answer


def own_path() -> str:
    """Return where programs of this host are looked for."""
    return f"{os.environ.get('PATH', os.defpath)}:{_PATH}"


def shell_command(argv: Sequence[str], mark: str) -> str:
    """Return the line for the shell of the remote account, whichever shell that is."""
    inner = f'PATH="$PATH:{_PATH}" LC_ALL=C; export PATH LC_ALL; {quoted(argv)}; s=$?; echo "{mark} $s" >&2; exit $s'
    return for_any_shell(inner)


def _run(
    host: Host,
    argv: Sequence[str],
    command: Sequence[str],
    timeout: float,
    *,
    stdin: bytes,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run a command here that does what `argv` says on the host. Raises `TimedOut`, or `VhostError` for a flood."""
    where = f"{host.account}: {' '.join(argv)[:80]}"
    try:
        done = process.run(command, seconds=timeout, stdin=stdin, limit=OUTPUT_LIMIT, env=env)
    except ProgramLate as error:
        raise TimedOut(where, f"did not end within {timeout:g} s") from error
    if done.flooded:
        raise VhostError(where, f"said more than {OUTPUT_LIMIT} bytes and was ended")
    return done


def _text(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape")
