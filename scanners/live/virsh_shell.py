"""A conversation with the shell of virsh: many questions, one connection to libvirt, which is what takes time.

    virsh # list --all --uuid
    6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2

Without a terminal, the shell repeats every question behind its prompt. When it ends it writes what was asked into
the history of the account, so it gets no place for that; where that cannot be, since sudo or ksu is between, the
questions go into calls of their own. Source: virsh(1).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic

from vhost.errors import TimedOut, VhostError
from vhost.transport import NONE, Site

_CHUNK = 65_536
_LONGEST = 64 * 1024 * 1024
_NOWHERE = "/dev/null"


def new_mark() -> str:
    """Return a word that no domain can have in what it says of itself."""
    return f"vhost-{os.urandom(8).hex()}"


def echo(mark: str) -> str:
    """Return the question whose answer is the mark; the question itself, which is repeated, does not hold it."""
    return f'echo "{mark[:3]}"{mark[3:]}'


class Shell:
    """An open conversation. `where` names it in errors, an answer may take `seconds`."""

    def __init__(self, connection: socket.socket, where: str, seconds: float) -> None:
        self._connection = connection
        self._where = where
        self._seconds = seconds
        self._mark = ""

    def ask(self, questions: Sequence[str]) -> str | None:
        """Return all that is said to these questions, None if virsh ended. Raises `TimedOut` or `VhostError`."""
        self.send(questions)
        return self.answer()

    def send(self, questions: Sequence[str]) -> None:
        """Ask without waiting for the answer; it has to be fetched before the next questions."""
        self._mark = new_mark()
        text = "".join(f"{question}\n" for question in (*questions, echo(self._mark)))
        self._connection.settimeout(self._seconds)
        with suppress(ConnectionError):  # the answer is then that virsh ended
            self._connection.sendall(text.encode("utf-8", "surrogateescape"))

    def answer(self) -> str | None:
        """Return what is said to the questions that were sent, as `ask` does."""
        mark, said, deadline = self._mark.encode(), bytearray(), monotonic() + self._seconds
        try:
            while said.find(mark, max(0, len(said) - _CHUNK - len(mark))) < 0:
                self._connection.settimeout(max(0.01, deadline - monotonic()))
                chunk = self._connection.recv(_CHUNK)
                said += chunk
                if not chunk:
                    return None
                if len(said) > _LONGEST:
                    raise VhostError(self._where, f"said more than {_LONGEST} bytes")
        except TimeoutError as error:
            raise TimedOut(self._where, f"did not answer within {self._seconds:g} s") from error
        except ConnectionError:
            return None
        return said.decode("utf-8", "surrogateescape").partition(self._mark)[0]


class Calls:
    """The same questions, a call of virsh for each time that something is asked."""

    def __init__(self, site: Site, argv: Sequence[str], seconds: float) -> None:
        self._site = site
        self._argv = argv
        self._seconds = seconds
        self._questions: Sequence[str] = ()

    def ask(self, questions: Sequence[str]) -> str | None:
        """Return all that is said to these questions, None if virsh failed before it said anything."""
        self.send(questions)
        return self.answer()

    def send(self, questions: Sequence[str]) -> None:
        """Keep the questions for `answer`."""
        self._questions = questions

    def answer(self) -> str | None:
        """Return what is said to the questions; a domain that is gone by now makes virsh fail at its end."""
        answer = self._site.run([*self._argv, "; ".join(self._questions)], timeout=self._seconds)
        return None if answer.status and not answer.text.strip() else answer.text


@contextmanager
def shell(site: Site, argv: Sequence[str], seconds: float) -> Iterator[Shell | Calls]:
    """Give a conversation with a call of virsh that names no command."""
    if site.privilege != NONE:
        yield Calls(site, argv, seconds)
        return
    with site.talk(argv, XDG_CACHE_HOME=_NOWHERE) as connection:
        yield Shell(connection, f"{site.host.account}: virsh", seconds)
