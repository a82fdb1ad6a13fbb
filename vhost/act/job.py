"""One machine that shall be acted on: from the words of a user to what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from vhost.act.plan import Plan
from vhost.act.request import Request
from vhost.act.subject import Recorded, Subject
from vhost.errors import VhostError
from vhost.transport import Host


@dataclass(slots=True)
class Job:
    """One target. It is filled in from stage to stage; `failure` ends it.

    `hosts` are those on which it may be, `types` the session types that it may have; `looked` says that the target
    was asked instead of the cache, `number` which of several calls it belongs to, `depth` in how many guests of that
    call it runs. `rivals` and `elsewhere` are the other machines and hosts that the gate has to know of, `report`
    explains an ambiguity in full. What is `under_way` may or may not be `done` when a call is `broken_off`.
    `unlogged` is what kept it out of the log.
    """

    words: str
    request: Request
    hosts: list[Host] = field(default_factory=list)
    types: frozenset[str] | None = None
    recorded: Recorded | None = None
    machine_id: str | None = None
    number: int = 0
    depth: int = 0
    looked: bool = False
    rivals: list[Recorded] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    subject: Subject | None = None
    plan: Plan | None = None
    failure: VhostError | None = None
    report: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    under_way: list[str] = field(default_factory=list)
    says: str = ""
    seconds: float = 0.0
    broken_off: bool = False
    unlogged: VhostError | None = None

    @property
    def label(self) -> str:
        """Return the machine's name, or what the user wrote where none is known."""
        return self.recorded.label if self.recorded else self.words

    @property
    def place(self) -> str:
        """Return where it is or may be."""
        return self.subject.host.account if self.subject else ", ".join(host.account for host in self.hosts) or "-"
