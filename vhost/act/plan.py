"""A plan: what will be done, step by step, as a value. Nothing here runs anything.

ssh -- root@lab00 'sudo -n -- /usr/sbin/xl shutdown 3'     # tst100 shall be off within 30 s; asked twice
ssh -- root@lab00 'sudo -n -- /usr/sbin/xl destroy 3'      # only if it is not
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanners.live import State
from vhost.text import escape
from vhost.transport import NONE, Host, Privilege, quoted

COMMAND_SECONDS = 60.0
"""How long a single command may take, unless its driver knows better."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, run on the step's host."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonitorCall:
    """A command for a guest's monitor, sent only if the guest there has the expected UUID and no other name.

    `event` is waited for; `until` asks `query-migrate` until it has ended.
    """

    place: str
    command: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    uuid: str | None = None
    name: str | None = None
    event: str | None = None
    until_saved: bool = False


@dataclass(frozen=True, slots=True)
class Wake:
    """The frame that wakes a machine up, sent from the step's host."""

    mac: str


Action = Command | MonitorCall | Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action and what shall be true after it.

    `expects` are the states of which one is reached within `within` seconds, none where the action's success
    is enough. A lost action is done once `again` after half of that time. A `rescue` step is done only if
    the step before did not reach what it expected; an `optional` one may fail. With `fresh` the guest must be
    another run than before; with `decisive` nothing but the action's own success counts. A step that `reads` starts
    the machine by its configuration.
    """

    host: Host
    action: Action
    privilege: Privilege = NONE
    timeout: float = COMMAND_SECONDS
    expects: frozenset[State] = frozenset()
    within: float = 0.0
    again: bool = False
    rescue: bool = False
    optional: bool = False
    fresh: bool = False
    decisive: bool = False
    reads: bool = False

    @property
    def line(self) -> str:
        """Return the step as a line for a shell here."""
        if isinstance(self.action, Wake):
            return quoted(["vhost", "wake", self.action.mac])
        if isinstance(self.action, MonitorCall):
            return quoted(_monitor_words(self, self.action))
        words = self.privilege.wrap(self.action.argv)
        return quoted(words) if self.host.local else quoted(["ssh", "--", self.host.account, quoted(words)])

    @property
    def comment(self) -> str:
        """Return what is expected of the step, in a few words; "" if nothing is."""
        parts = ["only if it is not"] if self.rescue else []
        if self.expects:
            states = " or ".join(sorted(state.value for state in self.expects))
            parts.append(f"{states} within {self.within:g} s" + (", as a new run" if self.fresh else ""))
        parts += ["asked twice if need be"] if self.again else []
        parts += ["may fail"] if self.optional else []
        return "; ".join(parts)


def _monitor_words(step: Step, call: MonitorCall) -> list[str]:
    host = [] if step.host.local else ["--on", step.host.account]
    names = [name for name, wanted in (("KSU", step.privilege.ksu), ("SUDO", step.privilege.sudo)) if wanted]
    raised = ["-Z", ",".join(names)] if names else []
    arguments = [json.dumps(dict(call.arguments))] if call.arguments else []
    return ["vhost", "qmp", *host, *raised, call.place, call.command, *arguments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps of one request for one machine; `done` says why there are none."""

    label: str
    type: str
    host: Host
    steps: tuple[Step, ...] = ()
    done: str = ""

    @property
    def reads(self) -> bool:
        """Tell whether the machine's configuration is needed, which may have changed or be gone by now."""
        return any(step.reads for step in self.steps)

    def lines(self) -> Iterator[str]:
        """Return the plan as lines that can be pasted into a shell."""
        yield f"# {escape(self.label)} ({self.type}) on {self.host.account}" + (f": {self.done}" if self.done else "")
        for step in self.steps:
            yield f"{step.line}  # {step.comment}" if step.comment else step.line
