"""How a command says that an address does not name one machine: the line of the error, what to use instead, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vhost.cli.outcome import tell
from vhost.cli.streams import complain

if TYPE_CHECKING:
    from vhost.errors import VhostError


def refuse(error: VhostError) -> int:
    """Write a refusal and its report to stderr and return the exit code."""
    from vhost.ambiguity.choice import NoMachine, Several  # noqa: PLC0415 - --help needs no machine
    from vhost.render import machine  # noqa: PLC0415 - as above

    tell(str(error))
    if isinstance(error, Several) and error.candidates:
        _write(*machine.refusal(error.candidates, error.total), *machine.why(error.reasons))
    elif isinstance(error, NoMachine) and error.near:
        _write(*machine.similar(error.near))
    return error.exit_code


def _write(*lines: str) -> None:
    """Write lines to stderr; their values are escaped already, as everything that a snapshot holds."""
    complain("".join(f"  {line}\n" for line in lines).encode("utf-8", "backslashreplace").decode())
