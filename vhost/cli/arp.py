"""Sweeps of segments: what `vhost scan arp` and the door `ctys-extractARPlst` both call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanners.arp.targets import is_numeric
from vhost.cli import arp_report as report
from vhost.cli.ending import INTERRUPTED
from vhost.cli.outcome import tell
from vhost.cli.rows import write_rows
from vhost.errors import Partial, UsageError
from vhost.progress import bar
from vhost.sweeps.plan import Place, Plan, SweepRequest, planned
from vhost.sweeps.result import Result, asked
from vhost.sweeps.suspicion import suspicious

if TYPE_CHECKING:
    from pathlib import Path

    from vhost.cache.claim_segment import Change
    from vhost.cli.destination import Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """A sweep as it was asked for: where it is stored (None: nowhere), whether replies are shown as they come.

    `quiet` leaves out findings and summary; what makes the sweep partial is told all the same.
    """

    request: SweepRequest
    directory: Path | None = None
    live: bool = True
    quiet: bool = False


@dataclass(slots=True)
class Done:
    """What became of it; `closed` says that nobody reads the replies any more."""

    plan: Plan
    results: list[Result] = field(default_factory=list)
    code: int = 0
    closed: bool = False


def swept(sweeping: Sweeping) -> Done:
    """Sweep, store and report one place after the other."""
    done = Done(_planned(sweeping.request))
    done.code = Partial.exit_code if done.plan.findings else 0
    for place in done.plan.places:
        result, done.closed = _one(place, sweeping, shown=sweeping.live and not done.closed)
        done.results.append(result)
        if result.swept.interrupted:
            done.code = INTERRUPTED
            break
        done.code = done.code or (Partial.exit_code if result.partial else 0)
    return done


def _planned(request: SweepRequest) -> Plan:
    """Return the plan after what is wrong with it was told. Raises `UsageError` if nothing is left of it."""
    from vhost.resolver import chosen  # noqa: PLC0415 - a wrong call asks nobody

    plan = planned(request, chosen().addresses)
    report.findings(plan.findings)
    if not plan.places:
        advice = "see ip addr; with --interface, --off-link asks all the same"
        raise UsageError("scan arp", "nothing is left to ask for", advice)
    return plan


def _one(place: Place, sweeping: Sweeping, *, shown: bool) -> tuple[Result, bool]:
    """Return what a place answered, stored and reported, and whether the reader of the replies has gone."""
    if sweeping.directory is not None and place.all_nodes:
        from vhost.sweeps.claims import remembered  # noqa: PLC0415 - the database takes its time to be imported

        place = remembered(place, sweeping.directory)
    with bar(f"asking {place.root}") as progress:
        live = report.Live(bar=progress is not None, closed=not shown)
        result = asked(place, sweeping.request, live, progress)
    change = _stored(result, sweeping.directory)
    for line in report.trouble(result):
        tell(line)
    if not sweeping.quiet:
        report.findings(suspicious(result))
        tell(report.summary(result, change))
    return result, live.closed and shown


def _stored(result: Result, directory: Path | None) -> Change | None:
    if directory is None:
        return None
    from vhost.keep import keep  # noqa: PLC0415 - what is not stored needs no database
    from vhost.sweeps.claims import said  # noqa: PLC0415 - as above

    return keep(directory, [said(result)], lambda name, why: tell(f"{name}: left out: {why}"))[0]


def run(request: SweepRequest, to: Destination) -> int:
    """Sweep, store and show as asked, and return the exit code."""
    done = swept(Sweeping(request=request, directory=to.directory, live=to.live))
    if to.form is not None:
        write_rows(to.form, report.COLUMNS, report.rows(done.results, done.plan.names), to.file)
    if done.closed:
        raise BrokenPipeError  # who read the replies has gone
    return done.code


def words(arguments: Sequence[str], databases: str | None) -> list[str]:
    """Return the arguments with groups replaced by their hosts."""
    if all(map(is_numeric, arguments)):
        return list(arguments)
    from vhost.cli.groups import hosts  # noqa: PLC0415 - as above

    return hosts(arguments, databases)
