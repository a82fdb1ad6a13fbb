"""Runs installed commands in processes that are forked from one that has loaded them: see `tests.warm_server`."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests import warm_server

_ASKS_FOR_A_START = ("PYTHON", "LC_", "LANG", "MALLOC_", "LD_")
"""Prefixes of variables that a program reads while it starts."""

_PROGRAM = """#!{python} -IS
import json, os, socket, sys
request = json.dumps({{"argv": sys.argv, "env": dict(os.environ), "cwd": os.getcwd()}}).encode()
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("{server}")
    socket.send_fds(connection, [request], [0, 1, 2])
    said = connection.makefile("r")
    said.readline()
    sys.exit(int(said.readline()))
"""
"""A program that has a command run in a forked process, with its own files, variables and directory."""


def fits(name: str, env: Mapping[str, str]) -> bool:
    """Return whether this is a command of ours that behaves alike in a forked process with these variables."""
    return name in _commands() and not any(variable.startswith(_ASKS_FOR_A_START) for variable in env)


@cache
def _commands() -> frozenset[str]:
    return frozenset(script.name for script in warm_server.installed())


def run(
    command: Sequence[str], env: Mapping[str, str], cwd: Path | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Return the finished command; raises `subprocess.TimeoutExpired` after it was killed."""
    request = json.dumps({"argv": list(command), "env": dict(env), "cwd": str(cwd or Path.cwd())}).encode()
    assert len(request) < warm_server.REQUEST
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        code = _finish(request, [nothing.fileno(), out.fileno(), err.fileno()], command, timeout)
        return subprocess.CompletedProcess(list(command), code, _text(out), _text(err))


def _finish(request: bytes, files: list[int], command: Sequence[str], timeout: float) -> int:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(_server())
        socket.send_fds(connection, [request], files)
        said = connection.makefile("r")
        child = int(said.readline())
        try:
            return int(said.readline())
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(command), timeout) from None
        finally:
            said.close()


def programs(folder: Path) -> None:
    """Put programs into the folder that run our commands so, for shells that look along a PATH."""
    script = _PROGRAM.format(python=sys.executable, server=_server())
    for name in _commands():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape").replace("\r\n", "\n")


@cache
def _server() -> str:
    """Return the socket of the process that forks; it is started at the first call and ends with this one."""
    folder = tempfile.mkdtemp(prefix="vhost-warm-")
    path = f"{folder}/socket"
    process = subprocess.Popen(
        [sys.executable, "-P", warm_server.__file__, path], cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.communicate(timeout=20)
        Path(path).unlink()
        Path(folder).rmdir()

    atexit.register(end)
    return path
