"""What hosts say without being asked: `vhost scan arp --passive` and `--read`, and `vhost scan neighbours`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanners.capture import Capture
from scanners.links import links, named, usable
from scanners.listening import Listened, listen
from scanners.neighbours import neighbours
from scanners.overheard import MOST, Heard, Overheard
from scanners.packet_filter import announcements
from scanners.packets import Packets
from vhost.cli import arp_report
from vhost.cli import hearsay_report as shown
from vhost.cli.destination import Destination
from vhost.cli.ending import INTERRUPTED
from vhost.cli.outcome import tell
from vhost.cli.rows import write_rows
from vhost.errors import Partial, SourceMissing, UsageError
from vhost.progress import bar
from vhost.sweeps import hearsay

if TYPE_CHECKING:
    from vhost.claims import Binding
    from vhost.keep import Said

_STEP = 4096
"""Packets of a capture between two looks at how far it is."""


def run_passive(interface: str | None, seconds: float, to: Destination) -> int:
    """Listen on an interface, show, store and report what was heard, and return the exit code."""
    link = _link(interface)
    with Packets(link, announcements(), multicast=True) as packets, bar(f"listening on {link}") as progress:
        lines = shown.Lines(bar=progress is not None, closed=not to.live)
        heard = listen(packets, seconds, lambda new: lines(_now(one, link) for one in new), progress)
        troubles = list(_troubles(heard, packets.lost()))
    for trouble in troubles:
        tell(f"{link}: {trouble}")
    code = INTERRUPTED if heard.interrupted else Partial.exit_code if troubles else 0
    said = hearsay.listened(heard.heard, link, partial=bool(troubles))
    _report(heard.heard, link)
    _finish(said, list(hearsay.bindings(heard.heard, link, link)), to)
    return _ended(lines, to, code)


def _now(one: Heard, link: str) -> Binding:
    return hearsay.binding(one, datetime.now(UTC), link, link)


def _link(interface: str | None) -> str:
    known = links()
    if interface is None:
        found = [one.name for one in usable(known)]
        if len(found) != 1:
            problem = f"one interface is listened on; there are: {', '.join(found) or 'none'}"
            raise UsageError("--passive", problem, "name it with --interface")
        interface = found[0]
    return named(known, interface).name


def _troubles(listened: Listened, lost: int) -> Iterator[str]:
    if lost:
        yield f"{lost} frames did not fit into the receive buffer"
    if listened.problem is not None:
        yield f"ended early: {listened.problem}; what was heard is kept"
    if listened.interrupted:
        yield "interrupted; what was heard is kept"
    yield from _overflow(listened.heard)


def _overflow(heard: Overheard) -> Iterator[str]:
    if heard.overflow:
        yield f"{heard.overflow} messages with more than {MOST} different claims were left out"


def run_read(name: str, to: Destination) -> int:
    """Read a capture, show, store and report what it holds, and return the exit code."""
    path = Path(name).absolute()
    capture, heard = Capture(path), Overheard()
    with bar(f"reading {path.name}") as progress:
        lines = shown.Lines(bar=progress is not None, closed=not to.live)
        news: list[Binding] = []
        for frame, at in capture.frames():
            if (one := heard.add(frame, at)) is not None:
                news.append(hearsay.binding(one, at, str(path), None))
            if capture.packets % _STEP == 0:
                lines(news)
                news.clear()
                if progress is not None:
                    progress(capture.packets, 0, len(heard.claims))
        lines(news)
    problems = [*capture.problems, *_overflow(heard)]
    for problem in problems:
        tell(f"{path}: {problem}; what was good is kept")
    _report(heard, f"{path}: packets {capture.packets}")
    said = hearsay.captured(heard, path, partial=bool(problems))
    _finish(said, list(hearsay.bindings(heard, str(path), None)), to)
    return _ended(lines, to, Partial.exit_code if problems else 0)


def _report(heard: Overheard, where: str) -> None:
    """Tell what is suspicious, and count what was heard."""
    arp_report.findings(hearsay.suspicious(heard))
    addresses = len({one.ip for one in heard.claims if one.ip})
    contested = sum(1 for _ in heard.contested())
    tell(f"{where}: frames {heard.frames}, claims {len(heard.claims)}, addresses {addresses}, duplicates {contested}")


def run_neighbours(interface: str | None, to: Destination) -> int:
    """Show and store the kernel's table of neighbours, and return the exit code."""
    if interface is not None and interface not in {one.name for one in links()}:
        raise SourceMissing(interface, "no such interface", "see ip link")
    now = datetime.now(UTC)
    found = [one for one in neighbours() if interface in {None, one.link}]
    claims = [hearsay.neighbour(one, now) for one in found]
    lines = shown.Lines(closed=not to.live)
    lines(claims)
    _finish(hearsay.remembered(claims, interface), claims, to)
    return _ended(lines, to, 0)


def _finish(said: Said, claims: Sequence[Binding], to: Destination) -> None:
    """Store the claims, and write them where a format was asked for."""
    if to.directory is not None:
        from vhost.keep import keep  # noqa: PLC0415 - what is not stored needs no database

        (change,) = keep(to.directory, [said], lambda name, why: tell(f"{name}: left out: {why}"))
        tell(f"{said.root}: new {change.new}, vanished {change.vanished}")
    if to.form is not None:
        write_rows(to.form, shown.COLUMNS, shown.rows(claims), to.file)


def _ended(lines: shown.Lines, to: Destination, code: int) -> int:
    """Return the exit code. Raises `BrokenPipeError` where whoever read the lines has gone."""
    if lines.closed and to.live:
        raise BrokenPipeError
    return code
