"""The one way to run a program: argv and never a shell, a time limit, bounded output, no child left behind.

    run(["/usr/sbin/xl", "list"], seconds=10) -> Finished(code=0, stdout=b"Name ...", ...)

A program that ends leaves what it started in the background alone; one that is ended here takes its whole
process group with it.
"""

from __future__ import annotations

import os
import select
import selectors
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO

from vhost.errors import TimedOut, VhostError

OUTPUT_LIMIT = 1_000_000
"""Bytes of each stream that are kept, unless the caller says otherwise; a program that says more is ended."""

_GRACE = 1.0  # seconds between SIGTERM and SIGKILL
_CHUNK = 65_536
_MOMENT = 1.0  # seconds in which a program that cannot work says so


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: its exit code (negative: the signal that ended it) and the beginning of its output.

    `flooded` is True for one that was ended because it said too much.
    """

    code: int
    stdout: bytes
    stderr: bytes
    flooded: bool = False


class ProgramFailed(VhostError):
    """A program could not be started, or did not end in time."""


class ProgramLate(ProgramFailed):
    """A program did not end in time, and was ended."""

    exit_code = TimedOut.exit_code
    meaning = TimedOut.meaning


def run(
    command: Sequence[str],
    *,
    seconds: float,
    stdin: bytes = b"",
    limit: int = OUTPUT_LIMIT,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program and return how it ended. Raises `ProgramFailed`, or `ProgramLate` after `seconds`.

    Its messages are in English, so that they can be read; `env` is added to the environment.
    """
    deadline = monotonic() + seconds
    with _started(command, stdin, env) as child:
        talk = _Talk(child, stdin, limit)
        try:
            ended = talk.until(deadline)
        finally:
            if child.poll() is None:
                _end(child)
            talk.close()
    if not ended and not talk.flooded:
        raise ProgramLate(command[0], f"did not end within {seconds:g} seconds and was killed")
    out, err = (bytes(said[:limit]) for said in talk.said)
    return Finished(child.returncode, out, err, talk.flooded)


def _started(command: Sequence[str], stdin: bytes, env: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - arguments are a list, no shell reads them
            [os.fsencode(word) for word in command],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in a word
        reason = getattr(error, "strerror", None) or str(error)
        raise ProgramFailed(command[0], f"cannot be run: {reason}", "install it, or see PATH") from error


class _Talk:
    """What is written to a program and read from it, without waiting for either."""

    def __init__(self, child: subprocess.Popen[bytes], stdin: bytes, limit: int) -> None:
        self.said = (bytearray(), bytearray())
        self.flooded = False
        self._child = child
        self._limit = limit
        self._unsent = memoryview(stdin)
        self._held = ExitStack()
        self._selector = self._held.enter_context(selectors.DefaultSelector())
        self._exit = os.pidfd_open(child.pid)
        self._held.callback(os.close, self._exit)
        self._selector.register(self._exit, selectors.EVENT_READ)
        for number, stream in enumerate((child.stdout, child.stderr)):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, selectors.EVENT_READ, self.said[number])
        if child.stdin is not None:
            os.set_blocking(child.stdin.fileno(), False)
            self._selector.register(child.stdin, selectors.EVENT_WRITE)

    def until(self, deadline: float) -> bool:
        """Tell whether the program ended before the deadline and without saying too much."""
        while (left := deadline - monotonic()) > 0 and not self.flooded:
            ready = self._selector.select(left)
            self._serve(ready)
            if any(key.fd == self._exit for key, _ in ready):
                self._selector.unregister(self._exit)
                self._drain()
                return not self.flooded
        return False

    def close(self) -> None:
        """Let go of everything."""
        self._held.close()

    def _drain(self) -> None:
        """Read what is there without waiting: something in the background may hold the pipes open for ever."""
        while not self.flooded and (ready := self._selector.select(0)):
            self._serve(ready)

    def _serve(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        for key, _ in ready:
            if key.data is not None:
                self._read(key)
            elif key.fileobj is self._child.stdin:
                self._write(key)

    def _read(self, key: selectors.SelectorKey) -> None:
        with suppress(BlockingIOError):
            chunk = os.read(key.fd, _CHUNK)
            key.data.extend(chunk)
            self.flooded = self.flooded or len(key.data) > self._limit
            if not chunk:
                self._selector.unregister(key.fileobj)

    def _write(self, key: selectors.SelectorKey) -> None:
        try:
            sent = os.write(key.fd, self._unsent[: select.PIPE_BUF])
        except BrokenPipeError:  # it does not want to hear more
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._selector.unregister(key.fileobj)
            if self._child.stdin is not None:
                self._child.stdin.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the program and everything in its process group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE)
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # whoever of the group did not follow its leader


@contextmanager
def conversation(argv: Sequence[str]) -> Iterator[socket.socket]:
    """Give a socket that is the program's stdin and stdout; the program ends with it.

    Raises `ProgramFailed` for one that cannot be started.
    """
    here, there = socket.socketpair()
    with here:
        with there:
            try:
                child = subprocess.Popen(  # noqa: S603 - as above
                    [os.fsencode(word) for word in argv],
                    stdin=there.fileno(), stdout=there.fileno(), stderr=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise ProgramFailed(argv[0], f"cannot be run: {error.strerror}") from error
        try:
            yield here
        finally:
            here.close()
            _end(child)


def attached(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> int:
    """Run a program that has this terminal until it ends, and return its exit code. Raises `ProgramFailed`.

    Ctrl-C is the program's: it reaches us only when the program has ended.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, the program does not inherit it
    try:
        with _windowed(argv, env, detached=False) as child:
            return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)


def detached(argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> int:
    """Start a program that goes on by itself, without a terminal, and return its id. Raises `ProgramFailed`.

    One that fails within a moment says why.
    """
    import tempfile  # noqa: PLC0415 - few programs are left to themselves

    with tempfile.TemporaryFile() as said:
        child = _windowed(argv, env, detached=True, said=said)
        try:
            code = child.wait(_MOMENT)
        except subprocess.TimeoutExpired:
            child.returncode = 0  # it is nobody's child from now on
            return child.pid
        if code:
            said.seek(0)
            lines = said.read(OUTPUT_LIMIT).decode("utf-8", "replace").strip().splitlines()
            raise ProgramFailed(argv[0], f"ended at once with {code}: {lines[-1] if lines else 'no reason given'}")
        return child.pid


def _windowed(
    argv: Sequence[str], env: Mapping[str, str] | None, *, detached: bool, said: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - as above
            [os.fsencode(word) for word in argv],
            stdin=subprocess.DEVNULL if detached else None,
            stdout=said if detached else None,
            stderr=said if detached else None,
            start_new_session=detached,
            env={**os.environ, **(env or {})},
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProgramFailed(argv[0], f"cannot be run: {reason}", "install it, or see PATH") from error
