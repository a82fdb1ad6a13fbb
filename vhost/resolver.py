"""Names of addresses and addresses of names: from the system, or from the static table VHOST_HOSTS_FILE.

    lab00.soho 192.168.1.71

The system's resolver has no time limit that a caller could set, so its look-ups run in threads that
nobody waits for longer than a bound.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Protocol

from vhost.errors import UsageError
from vhost.normal import address

HOSTS_FILE = "VHOST_HOSTS_FILE"
THREADS = 32
_SIZE_LIMIT = 10_000_000
SECONDS = 60.0
"""How long the look-ups of one call may take together."""
PATIENCE = 10.0
"""How many seconds may pass without any answer."""

Answers = Mapping[str, str | None]
"""What is unknown is None; what has no answer in time is missing."""


class Resolver(Protocol):
    """Who answers."""

    def addresses(self, names: Collection[str]) -> Answers:
        """Return the numeric address of every name."""

    def names(self, addresses: Collection[str]) -> Answers:
        """Return the name, with a dot at its end, of every numeric address."""


def chosen() -> Resolver:
    """Return the static table if there is one, else the system. Raises `UsageError` for one that cannot be read."""
    path = os.environ.get(HOSTS_FILE)
    return table(Path(path)) if path else System()


@dataclass(frozen=True, slots=True)
class Table:
    """A static table: addresses by name in lower case, names by address in normal form."""

    by_name: Answers
    by_address: Answers

    def addresses(self, names: Collection[str]) -> Answers:
        """Return the address of every name."""
        return {name: self.by_name.get(_plain(name)) for name in names}

    def names(self, addresses: Collection[str]) -> Answers:
        """Return the name of every address."""
        return {text: self.by_address.get(address(text) or text) for text in addresses}


def table(path: Path) -> Table:
    """Return the table of a file of `name address` lines, the first line of a name or address counts."""
    try:
        with path.open("rb") as file:
            text = file.read(_SIZE_LIMIT).decode("utf-8", "backslashreplace")
    except OSError as error:
        raise UsageError(str(path), f"{HOSTS_FILE} cannot be read: {error.strerror}") from error
    pairs = [tuple(words[:2]) for line in text.splitlines() if len(words := line.split("#")[0].split()) >= 2]
    by_name = {_plain(name): address(found) or found for name, found in reversed(pairs)}
    by_address = {address(found) or found: f"{name.rstrip('.')}." for name, found in reversed(pairs)}
    return Table(by_name, by_address)


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


class System:
    """The system's resolver: /etc/hosts, DNS and whatever else nsswitch.conf names."""

    def addresses(self, names: Collection[str]) -> Answers:
        """Return the first IPv4 address of every name, or else the first IPv6 address."""
        return _asked(names, _address_of)

    def names(self, addresses: Collection[str]) -> Answers:
        """Return the name of every address."""
        return _asked(addresses, _name_of)


def _address_of(name: str) -> str | None:
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda info: info[0] != socket.AF_INET)
    return str(ordered[0][4][0]) if ordered else None


def _name_of(text: str) -> str | None:
    name, _ = socket.getnameinfo((address(text) or text, 0), socket.NI_NAMEREQD)
    return f"{name.rstrip('.')}."


def _asked(questions: Collection[str], ask: Callable[[str], str | None]) -> Answers:
    """Return the answers that came in time; the threads are daemons, so that a slow one does not outlive the call."""
    waiting: SimpleQueue[str] = SimpleQueue()
    answered: SimpleQueue[tuple[str, str | None]] = SimpleQueue()
    for question in questions:
        waiting.put(question)
    for _ in range(min(THREADS, len(questions))):
        Thread(target=_work, args=(waiting, answered, ask), daemon=True).start()
    return dict(_collected(answered, len(questions)))


def _work(
    waiting: SimpleQueue[str], answered: SimpleQueue[tuple[str, str | None]], ask: Callable[[str], str | None]
) -> None:
    while True:
        try:
            question = waiting.get_nowait()
        except Empty:
            return
        try:
            answered.put((question, ask(question)))
        except (OSError, UnicodeError):  # unknown, or nothing that could be a name
            answered.put((question, None))


def _collected(answered: SimpleQueue[tuple[str, str | None]], count: int) -> Iterable[tuple[str, str | None]]:
    end = monotonic() + SECONDS
    for _ in range(count):
        try:
            yield answered.get(timeout=min(PATIENCE, max(0.0, end - monotonic())))
        except Empty:
            return
