"""What is waited for between the start of a guest and its console: seconds, an echo, an ssh server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vhost.errors import TimedOut, UsageError
from vhost.reach.probing import probe
from vhost.reach.reply import Kind, Limits

LONGEST = 3_600
"""Seconds of a wait, and of all tries together."""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a guest is asked, and how many seconds each time."""

    count: int = 20
    seconds: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What is waited for, in this order: seconds after the start, echo, ssh server, seconds before the console."""

    server: int = 0
    ping: Tries | None = None
    ssh: Tries | None = None
    client: int = 0

    def told(self, addresses: str) -> Iterator[str]:
        """Return what is waited for, in words."""
        if self.server:
            yield f"{min(self.server, LONGEST)} s after the start"
        for tries, answer in ((self.ping, "an echo"), (self.ssh, "as an ssh server")):
            if tries:
                yield f"until {addresses or 'it'} answers {answer}, {tries.count} tries of {tries.seconds} s"
        if self.client:
            yield f"{min(self.client, LONGEST)} s before the console"


def waited(waits: Waits, label: str, addresses: Sequence[str]) -> None:
    """Return when everything has come. Raises `TimedOut`, or `UsageError` where no address is known."""
    time.sleep(min(waits.server, LONGEST))
    for kind, tries in (("ping", waits.ping), ("ssh", waits.ssh)):
        if tries is not None:
            _answered(kind, tries, label, addresses)  # type: ignore[arg-type]  # both are kinds
    time.sleep(min(waits.client, LONGEST))


def _answered(kind: Kind, tries: Tries, label: str, addresses: Sequence[str]) -> None:
    if not addresses:
        raise UsageError(label, f"no address is known to wait for its {kind}", "leave PING and SSHPING out")
    limits = Limits(seconds=float(tries.seconds), tries=1, total=float(tries.seconds))
    deadline = time.monotonic() + min(LONGEST, tries.count * max(1, tries.seconds))
    for _ in range(tries.count):
        began = time.monotonic()
        if any(reply.up for reply in probe(addresses, kind, limits).values()):
            return
        if began > deadline:
            break
        time.sleep(max(0.0, began + tries.seconds - time.monotonic()))
    raise TimedOut(label, f"does not answer {kind} after {tries.count} tries of {tries.seconds} s")
