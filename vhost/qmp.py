"""A client of QEMU's machine protocol (QMP): one command after the other, every answer within its time.

    {"QMP": {"version": {...}, "capabilities": ["oob"]}}
    {"execute": "query-status"}  ->  {"return": {"status": "running", "running": true}}

Source: qemu-qmp-ref(7), docs/interop/qmp-spec.rst. The `qemu.qmp` library of the QEMU project is asyncio only and
not yet 1.0; this needs a socket, four kinds of message and a clock.
"""

from __future__ import annotations

import json
import socket
from collections import deque
from collections.abc import Collection, Mapping
from time import monotonic
from types import TracebackType
from typing import Any, Self

from vhost.errors import TimedOut, VhostError

_LONGEST = 16 * 1024 * 1024
_CHUNK = 65_536


class Monitor:
    """An open conversation with one guest's monitor. Use it as a context; it closes the socket.

    `where` names the monitor in errors, `patience` is how many seconds an answer may take.
    """

    def __init__(self, connection: socket.socket, where: str, patience: float = 10.0) -> None:
        self._socket = connection
        self._where = where
        self._patience = patience
        self._buffer = bytearray()
        self._events: deque[dict[str, Any]] = deque(maxlen=1000)
        self._serial = 0

    def __enter__(self) -> Self:
        """Begin the conversation. Raises `TimedOut` if somebody else holds the monitor, `VhostError` if it is none."""
        try:
            self._greeted()
            self.execute("qmp_capabilities")
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _greeted(self) -> None:
        try:
            greeting = self._message(monotonic() + self._patience)
        except (EOFError, ConnectionError) as error:
            raise VhostError(self._where, "the guest's monitor closed the connection") from error
        if "QMP" not in greeting:
            raise VhostError(self._where, "does not greet as QMP does", "name the QMP socket, not the monitor's")

    def execute(self, command: str, arguments: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - what JSON holds
        """Return what a command returns; None if the guest is gone before it answers, as `quit` does.

        Raises `VhostError` for what the guest refuses, `TimedOut` if it does not answer.
        """
        self._serial += 1
        request = {"execute": command, "id": self._serial, **({"arguments": arguments} if arguments else {})}
        deadline = monotonic() + self._patience
        try:
            self._send(json.dumps(request).encode() + b"\n", deadline)
            while (answer := self._message(deadline)).get("id") != self._serial:
                self._keep(answer)
        except (ConnectionError, EOFError):
            return None
        if "error" in answer:
            problem = answer["error"]
            said = problem.get("desc") if isinstance(problem, dict) else problem
            raise VhostError(self._where, f"{command}: {said}")
        return answer.get("return")

    def wait(self, names: Collection[str], seconds: float) -> str | None:
        """Return the first of these events that was sent since the conversation began, None if none comes in time."""
        deadline = monotonic() + seconds
        while True:
            while self._events:
                name = str(self._events.popleft().get("event"))
                if name in names:
                    return name
            try:
                self._keep(self._message(deadline))
            except (TimedOut, ConnectionError, EOFError):
                return None

    def _keep(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._events.append(message)

    def _send(self, data: bytes, deadline: float) -> None:
        self._socket.settimeout(max(0.01, deadline - monotonic()))
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise TimedOut(self._where, "the guest's monitor takes no command") from error

    def _message(self, deadline: float) -> dict[str, Any]:
        """Return the next message. Raises `TimedOut`, `EOFError`, `ConnectionError` or `VhostError`."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._receive(deadline)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise VhostError(self._where, "says what is no JSON", "name the QMP socket, not the monitor's") from error
        if not isinstance(message, dict):
            raise VhostError(self._where, "says what is no QMP message")
        return message

    def _receive(self, deadline: float) -> None:
        left = deadline - monotonic()
        late = TimedOut(self._where, "the guest's monitor does not answer", "does another program hold it?")
        if left <= 0:  # it may say other things without end
            raise late
        self._socket.settimeout(left)
        try:
            chunk = self._socket.recv(_CHUNK)
        except TimeoutError as error:
            raise late from error
        if not chunk:
            raise EOFError
        self._buffer += chunk
        if len(self._buffer) > _LONGEST:
            raise VhostError(self._where, f"sends a message of more than {_LONGEST} bytes")
