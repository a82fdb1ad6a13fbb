"""A process that has loaded the commands and forks one child for each call: python -P tests/warm_server.py SOCKET.

Each call is a process of its own with its own environment, directory and files, as if it had been started anew; only
the imports are behind it. It ends when its standard input does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

REQUEST = 1 << 20
"""The longest request, in bytes."""

_SHARED = ("duckdb", "vhost.answer", "vhost.collect", "vhost.cache.publish", "scanners.formats", "macmap.formats")
"""What most commands load; what few need stays out, so that they show whether they load it themselves."""


def installed() -> list[EntryPoint]:
    """Return the commands that the project installs."""
    return [script for script in entry_points(group="console_scripts") if script.module.startswith("vhost.")]


def load() -> dict[str, Callable[[], object]]:
    """Return the installed commands by their names, everything that they need at first imported."""
    cli = importlib.import_module("vhost.cli")
    for module in (*_SHARED, *(f"vhost.cli.{found.name}" for found in pkgutil.iter_modules(cli.__path__))):
        importlib.import_module(module)
    return {script.name: script.load() for script in installed()}


def serve(path: str, commands: dict[str, Callable[[], object]]) -> Callable[[], object] | None:
    """Fork for each connection until standard input ends; return, in the child, the command that is to run."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(64)
    os.write(1, b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with selectors.DefaultSelector() as waiting:
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(0, selectors.EVENT_READ)
        while True:
            if any(key.fileobj == 0 for key, _ in waiting.select()):
                return None
            connection, _ = listener.accept()
            if os.fork() == 0:
                waiting.close()
                listener.close()
                return _attend(connection, commands)
            connection.close()


def _attend(connection: socket.socket, commands: dict[str, Callable[[], object]]) -> Callable[[], object]:
    """Fork the command, say its pid and how it ended; return in its process only."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    data, files, *_ = socket.recv_fds(connection, REQUEST, 3)
    child = os.fork()
    if child == 0:
        connection.close()
        return _become(json.loads(data), files, commands)
    connection.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(
    request: dict[str, Any], files: list[int], commands: dict[str, Callable[[], object]]
) -> Callable[[], object]:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = request["argv"]
    return commands[os.path.basename(sys.argv[0])]  # noqa: PTH119 - the name as it was called


if __name__ == "__main__":
    found = load()
    gc.freeze()
    command = serve(sys.argv[1], found)
    sys.exit(command() if command else 0)  # type: ignore[arg-type] # as the installed scripts do
