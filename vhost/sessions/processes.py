"""VNC servers, VNC viewers and tunnels of ssh, by the words of their processes.

    Xtigervnc :1 -desktop LAB00:1 (root) -rfbport 5901          server of display 1, label LAB00
    xtigervncviewer localhost::5950                             client of the port 5950
    ssh -N -o SetEnv=VHOST_SESSION=XEN:tst100 -L 5950:localhost:5901 lab00       tunnel, SSH(XEN), label tst100

Source: Xvnc(1), vncviewer(1), ssh(1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SESSION_VARIABLE = "VHOST_SESSION"
"""The variable with which our own tunnels say what they are for; the server needs not take it."""

BASE = 5900
_HIGHEST = 65_535
_SERVERS = ("xvnc", "xtigervnc", "xtightvnc", "xrealvnc", "x0vncserver", "x0tigervncserver")
_MARK = re.compile(rf"SetEnv[= ]{SESSION_VARIABLE}=(?P<type>[A-Z0-9]{{1,12}}):(?P<label>.*)", re.DOTALL)
_FORWARD = re.compile(
    r"(?:\[[^\]]*\]:|[^:\[\]/]*:)?(?P<port>\d{1,5}):(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<hostport>\d{1,5})"
)
_DESKTOP = re.compile(r"(?P<label>.*?):\d+(?: \(.*\))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process that may be a session, with the numbers of its user and group."""

    pid: int
    uid: int
    gid: int
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a process is: `port` is its own for servers and tunnels, the one that it is connected to for viewers.

    `far` is where a viewer or a tunnel leads, a host as the process names it.
    """

    process: Process
    kind: Literal["S", "C", "T"]
    type: str
    label: str | None = None
    display: str | None = None
    port: int | None = None
    far: str | None = None
    far_port: int | None = None


def processes(text: str) -> list[Process]:
    """Return the processes of scripts/sessions.sh; a line that is none is left out."""
    found = []
    for line in text.split("\n"):
        parts = line.split(" ")
        if len(parts) == 5 and all(re.fullmatch(r"\d{1,10}", part) for part in parts[:3]):
            pid, uid, gid, name, digits = parts
            if re.fullmatch(r"(?:[0-9a-f]{2})+", digits):
                words = bytes.fromhex(digits).decode("utf-8", "surrogateescape").removesuffix("\0").split("\0")
                found.append(Process(pid=int(pid), uid=int(uid), gid=int(gid), name=name, words=tuple(words)))
    return found


def seen(process: Process) -> Seen | None:
    """Return the session that a process is, None if it is none."""
    program = process.words[0].rpartition("/")[2].lower()
    if program == "ssh":
        return _tunnel(process)
    if program.endswith("viewer"):
        return _viewer(process)
    return _server(process) if program.startswith(_SERVERS) else None


def _server(process: Process) -> Seen | None:
    words = process.words
    display = next((word for word in words[1:] if re.fullmatch(r":\d{1,5}", word)), None) or _after(words, "display")
    number = int(display[1:]) if display and re.fullmatch(r":\d{1,5}", display) else None
    port = _port(_after(words, "rfbport")) or (BASE + number if number is not None else None)
    desktop = _after(words, "desktop")
    match = _DESKTOP.fullmatch(desktop) if desktop else None
    label = (match["label"] if match else desktop) or None
    return Seen(process=process, kind="S", type="VNC", label=label, display=display, port=port)


def _after(words: Sequence[str], name: str) -> str | None:
    """Return the value of an option: `-name value`, `--name=value`, `name=value`."""
    for at, word in enumerate(words[1:], start=1):
        plain = word.lstrip("-").lower()
        if plain == name and word.startswith("-") and at + 1 < len(words):
            return words[at + 1]
        if plain.startswith(f"{name}="):
            return word.partition("=")[2]
    return None


def _viewer(process: Process) -> Seen:
    addresses = [word for word in process.words[1:] if ":" in word and not word.startswith("-") and "=" not in word]
    host, port = _address(addresses[-1]) if addresses else (None, None)
    return Seen(process=process, kind="C", type="VNC", far=host, far_port=port)


def _address(text: str) -> tuple[str | None, int | None]:
    """Return host and port of `host:display`, `host::port`; a display above 99 is a port already."""
    host, double, number = text.rpartition("::")
    if not double:
        host, _, number = text.rpartition(":")
    if not re.fullmatch(r"\d{1,5}", number):
        return None, None
    value = int(number)
    port = value if double or value > 99 else BASE + value
    return host.strip("[]") or "localhost", port if 0 < port <= _HIGHEST else None


def _tunnel(process: Process) -> Seen | None:
    """Return the first tunnel to a port that a process keeps open; None for any other ssh."""
    words = process.words
    forwards = [
        word[2:] or after for word, after in zip(words[1:], [*words[2:], ""], strict=True) if word.startswith("-L")
    ]
    forward = next((match for text in forwards if (match := _FORWARD.fullmatch(text))), None)
    if forward is None:
        return None
    marks = (_MARK.fullmatch(word.removeprefix("-o")) for word in words)
    mark = next((match for match in marks if match), None)
    return Seen(
        process=process,
        kind="T",
        type=f"SSH({mark['type']})" if mark else "SSH",
        label=mark["label"] if mark else None,
        port=_port(forward["port"]),
        far=forward["host"].strip("[]"),
        far_port=_port(forward["hostport"]),
    )


def _port(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,5}", text) and 0 < int(text) <= _HIGHEST else None
