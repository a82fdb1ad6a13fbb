"""What a sweep shows: replies as they come, typed rows at the end, findings and a summary on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from macmap.vendor import described, vendor
from scanners.answers import Answer
from scanners.ethernet import spelled
from vhost.cli.outcome import show, tell
from vhost.cli.rows import Columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vhost.cache.claim_segment import Change
    from vhost.discover import Finding
    from vhost.sweeps.result import Result

COLUMNS: Final[Columns] = {
    "ip": "string",
    "mac": "string",
    "name": "string",
    "vendor": "string",
    "vlan": "int32",
    "interface": "string",
    "network": "string",
    "attempt": "int32",
    "duplicate": "bool",
    "sender": "string",
    "own": "bool",
}
MOST_FINDINGS = 50
_ERASE = "\r\x1b[2K"


@dataclass(slots=True)
class Live:
    """Shows replies as they come, as arp-scan does: `10.0.0.7  52:54:00:12:34:56  QEMU (DUP: 2)`.

    A reader that has gone, as `head` does, must not cost what is still to be found: `closed` tells of it.
    With `bar` there is a progress bar on the terminal, which a line must not run into.
    """

    bar: bool = False
    closed: bool = False

    def __call__(self, news: Sequence[Answer]) -> None:
        """Show answers that came together."""
        erase = _ERASE if self.bar and sys.stdout and sys.stdout.isatty() else ""
        try:
            if not self.closed:
                show(erase + line(one) for one in news)
        except BrokenPipeError:
            self.closed = True


def line(answer: Answer) -> str:
    """Return the line of one answer: address, MAC, vendor and marks."""
    mac = spelled(answer.mac)
    return f"{answer.text}\t{mac}\t{described(mac) or '(Unknown)'}{''.join(_marks(answer))}"


def _marks(answer: Answer) -> Iterator[str]:
    if answer.number > 1:
        yield f" (DUP: {answer.number})"
    if answer.own:
        yield " (an address of this host)"
    if answer.vlan is not None:
        yield f" (802.1Q VLAN={answer.vlan})"
    if answer.foreign:
        yield f" (sent by {spelled(answer.sender)})"
    if not answer.attempt:
        yield " (not asked)"


def rows(results: Iterable[Result], names: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    """Return the typed values of every answer, in the order of COLUMNS.

    `attempt` is null for an address that was not asked for, `sender` where the frame came from the MAC itself.
    """
    for result in results:
        place = result.place
        for one in result.swept.answers:
            mac = spelled(one.mac)
            yield (
                *(one.text, mac, names.get(one.address), vendor(mac), one.vlan),
                *(place.link.name, place.network, one.attempt or None, one.number > 1),
                *(spelled(one.sender) if one.foreign else None, one.own),
            )


def findings(found: Iterable[Finding]) -> None:
    """Name what is wrong, one line each, up to a limit."""
    remaining = iter(found)
    for finding in islice(remaining, MOST_FINDINGS):
        tell(f"{finding.where}: {finding.problem}")
    if more := sum(1 for _ in remaining):
        tell(f"and {more} more like these; vhost db status counts what is stored")


def summary(result: Result, change: Change | None) -> str:
    """Return one line: what was asked, what answered, what changed since the last sweep of this place."""
    counts = {
        "asked": result.place.asked.size,
        "answered": result.answered,
        "late": result.late or None,
        "duplicates": sum(1 for _ in result.duplicates()),
        "not asked": result.unasked or None,
        "unusable replies": result.swept.answers.unusable or None,
        "too many replies": result.swept.answers.overflow or None,
        "new": change.new if change else None,
        "vanished": change.vanished if change else None,
    }
    listed = ", ".join(f"{word} {count}" for word, count in counts.items() if count is not None)
    return f"{result.place.root}: {listed}; {result.swept.sent} frames in {result.swept.seconds:.1f} s"


def trouble(result: Result) -> Iterator[str]:
    """Return what went wrong with a sweep, and what became of it."""
    root = result.place.root
    if result.short_buffer is not None:
        yield (
            f"{root}: the receive buffer is {result.short_buffer >> 10} KiB, which may lose replies; more needs"
            " CAP_NET_ADMIN, or a larger net.core.rmem_max"
        )
    if result.lost:
        yield f"{root}: {result.lost} replies did not fit into the receive buffer; a lower --rate loses none"
    if result.swept.problem is not None:
        yield f"{root}: ended early: {result.swept.problem}; what had answered is kept"
    if result.swept.interrupted:
        yield f"{root}: interrupted; what had answered is kept"
