"""The errors that a user can cause or meet, each with its exit code.

Library code raises one of these; the command line prints the one line and exits with the code.
The table in docs/exit-codes.md is generated from this module.
"""

from __future__ import annotations

from typing import ClassVar


class VhostError(Exception):
    """One problem in one sentence: where, what, and what to do about it."""

    exit_code: ClassVar[int] = 1
    meaning: ClassVar[str] = "the call is wrong, or something failed that has no code of its own"

    def __init__(self, where: str, problem: str, advice: str = "") -> None:
        self.where = where
        self.problem = problem
        self.advice = advice
        super().__init__(where, problem, advice)

    def __str__(self) -> str:
        """Return `where: problem; advice`, without the parts that are empty."""
        text = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{text}; {self.advice}" if self.advice else text


class UsageError(VhostError):
    """An option, keyword, term or macro is wrong."""


class SourceMissing(VhostError):
    """A place that shall be scanned, a named file, or the machines of a database do not exist."""

    exit_code = 2
    meaning = "a source is missing: a path to scan, a macro file, or the records of a database"


class Partial(VhostError):
    """Some of the work was done; what was not is named on stderr."""

    exit_code = 3
    meaning = "partial: some places could not be read; the rest is stored"


class DatabaseMissing(VhostError):
    """A database directory does not exist."""

    exit_code = 7
    meaning = "a database directory is missing"


class DatabaseUnusable(VhostError):
    """A database exists, but cannot be read, written or locked."""

    exit_code = 8
    meaning = "a database cannot be read, written or locked"


class Collisions(VhostError):
    """An audit found what its caller must not overlook."""

    exit_code = 9
    meaning = "vhost audit --fail-on: there is a collision of that severity or a worse one"


class MacmapMissing(VhostError):
    """A database holds machines in the old form, but no macmap.fdb."""

    exit_code = 10
    meaning = "macmap.fdb is missing"


class Ambiguous(VhostError):
    """More than one record matches where exactly one was asked for."""

    exit_code = 11
    meaning = "ambiguous: several records, machines or hosts match where one was asked for"


class Mismatch(VhostError):
    """What the hypervisor runs is not the machine that was recorded, or nobody can tell."""

    exit_code = 12
    meaning = "the hypervisor's running guest is not the recorded machine, or nobody can tell which one it is"


class Unreachable(VhostError):
    """A host does not answer, or its ssh server does not let us in."""

    exit_code = 13
    meaning = "a host cannot be reached, or does not let us in"


class NotPermitted(VhostError):
    """The system does not allow what is needed: a capability, sudo, ksu, the hypervisor's own access control."""

    exit_code = 14
    meaning = "not permitted: a capability or privilege is missing or refused (sudo, ksu, the hypervisor's own)"


class TimedOut(VhostError):
    """Something did not answer, or did not reach a state, within its time limit."""

    exit_code = 15
    meaning = "timed out: no answer, or the wanted state was not reached in time"


class LimitExceeded(VhostError):
    """A query needed more time or memory than it was allowed."""

    exit_code = 16
    meaning = "a query needed more time or memory than it was allowed"


class InUse(VhostError):
    """A machine runs already, or its disk is in use."""

    exit_code = 17
    meaning = "the machine runs already, here or elsewhere, or its disk is in use"


EXIT_CODES: tuple[type[VhostError], ...] = (
    VhostError,
    SourceMissing,
    Partial,
    DatabaseMissing,
    DatabaseUnusable,
    Collisions,
    MacmapMissing,
    Ambiguous,
    Mismatch,
    Unreachable,
    NotPermitted,
    TimedOut,
    LimitExceeded,
    InUse,
)
"""Every error class that has an exit code of its own, by code."""


def is_interrupt(error: BaseException) -> bool:
    """Tell whether somebody interrupted the program; DuckDB says so in a way of its own while it answers."""
    return isinstance(error, KeyboardInterrupt) or (isinstance(error, RuntimeError) and str(error) == _INTERRUPTED)


_INTERRUPTED = "Query interrupted"
