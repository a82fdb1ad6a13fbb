"""Name servers as a user names them: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`, `ns.lab.example:53`."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Final

from vhost.errors import UsageError
from vhost.normal import address

PORT: Final = 53

_BRACKETS = re.compile(r"\[([^\[\]]+)\](?::(\d{1,5}))?")
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?")


@dataclass(frozen=True, slots=True)
class Server:
    """A name server: a name or a numeric address, and its port."""

    host: str
    port: int = PORT

    def __str__(self) -> str:
        """Return the spelling in which claims name it; the usual port is left out."""
        if self.port == PORT:
            return self.host
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parsed(listed: str) -> list[Server]:
    """Return the servers of a list that is separated by commas. Raises `UsageError`."""
    servers = [_server(text.strip()) for text in listed.split(",") if text.strip()]
    if not servers:
        raise UsageError("--server", "names no server", "write it as 192.0.2.1 or ns.lab.example:5353")
    return list(dict.fromkeys(servers))


def _server(text: str) -> Server:
    if whole := address(text):
        return Server(whole)
    match = _BRACKETS.fullmatch(text)
    host, port = (match[1], match[2]) if match else _split(text)
    host = address(host) or host.rstrip(".").lower()
    number = int(port) if port else PORT
    is_host = bool(address(host)) if match else bool(_NAME.fullmatch(host)) or bool(address(host))
    if not is_host or not 0 < number < 65536:
        raise UsageError(text[:80], "is no name server", "write it as 192.0.2.1, [2001:db8::1]:5353 or ns.lab.example")
    return Server(host, number)


def _split(text: str) -> tuple[str, str]:
    host, _, port = text.partition(":")
    return (host, port) if port.isascii() and port.isdigit() and len(port) < 6 else (text, "")


def located(server: Server) -> list[str]:
    """Return the numeric addresses of a server. Raises `OSError` if it has none."""
    if address(server.host):
        return [server.host]
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise OSError(0, "its name has no address") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
