"""Asks hosts side by side: a survey script goes to `sh -s` there, its answer comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from vhost.discover import Progress
from vhost.errors import VhostError
from vhost.side_by_side import answers
from vhost.survey.sections import sections
from vhost.transport import NONE, Host, Privilege, Transport

Found = TypeVar("Found")

SECONDS = 90.0
"""How long a script may take; the programs that it calls have 5 seconds each."""

Script = Literal["show", "info", "sessions"]
_SCRIPTS = Path(__file__).with_name("scripts")


@dataclass(frozen=True, slots=True)
class Told(Generic[Found]):
    """What one host told, or why it told nothing."""

    host: Host
    found: Found | None = None
    failure: VhostError | None = None


def ask(transport: Transport, host: Host, script: Script, privilege: Privilege = NONE) -> Mapping[str, str]:
    """Return the parts of the answer of one host. Raises `VhostError` if there is none."""
    text = b"".join(_SCRIPTS.joinpath(f"{name}.sh").read_bytes() for name in ("common", script))
    raised = " ".join(privilege.wrap([]))
    answer = transport.run(host, ["sh", "-s", "--", raised], timeout=SECONDS, stdin=text)
    return sections(answer.text, host.account)


def each(hosts: Sequence[Host], do: Callable[[Host], Found], told: Progress | None = None) -> list[Told[Found]]:
    """Return what `do` finds on every host, in the order of the hosts; a `VhostError` is that host's failure."""

    def one(host: Host) -> Told[Found]:
        try:
            return Told(host, do(host))
        except VhostError as error:
            return Told(host, failure=error)

    return answers(hosts, one, told, lambda answer: answer.failure is None)
