"""Imports files that bind names, MACs and addresses: one source is one segment of the database.

A source that is read wholly ends the claims that it makes no more; of one with bad spots they go on
as stale, because they may stand where it could not be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vhost import bindings
from vhost.claims import Binding
from vhost.discover import Finding, Progress
from vhost.errors import SourceMissing, UsageError, VhostError
from vhost.keep import CARRIED, Said, keep
from vhost.source_text import STDIN

if TYPE_CHECKING:
    from macmap.entry import Entry, Problem
    from vhost.cache.claim_segment import Change
    from vhost.cache.scan import Report

SCANNER: Final = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One source after it was read: its format and what it says, or why it could not be read.

    `ended` counts the leases that are nobody's any more, `bare` the entries that bind no two things; neither
    are claims.
    """

    path: str
    format: str = ""
    entries: Sequence[Entry] = ()
    problems: Sequence[Problem] = ()
    ended: int = 0
    bare: int = 0
    failure: VhostError | None = None

    @property
    def partial(self) -> bool:
        """Tell whether something of it was not read."""
        return self.failure is not None or bool(self.problems)

    @property
    def empty_handed(self) -> bool:
        """Tell whether it says nothing that could be stored, and something is wrong with it."""
        return self.partial and not self.entries

    def where(self, problem: Problem) -> str:
        """Return the place of a problem: file and line."""
        where = f"{self.path}: {problem.file}" if problem.file else self.path
        return f"{where}:{problem.line}" if problem.line else where

    def claims(self, seen_at: datetime) -> Iterator[Binding]:
        """Return the claims; `seen_at` is when the source was read."""
        for entry in self.entries:
            yield Binding(
                name=entry.name,
                mac=entry.mac,
                ip=entry.ip,
                source_kind=self.format,
                source=os.path.join(os.path.dirname(self.path), entry.file) if entry.file else self.path,  # noqa: PTH118, PTH120 - a million times
                seen_at=entry.seen_at or seen_at,
                expires_at=entry.expires_at,
                segment=entry.segment,
            )


def look(sources: Sequence[str], form: str | None, *, ended: bool, progress: Progress | None = None) -> list[Imported]:
    """Return what each source says; one that cannot be read carries the reason.

    `form` is the format of all of them, None recognises each; with `ended` leases that ended are claims too.
    Raises `UsageError` for a format that we do not know, and what failed if nothing could be read.
    """
    from macmap.formats import BY_NAME  # noqa: PLC0415 - --help needs no parser

    if form is not None and form not in BY_NAME:
        raise UsageError("--as", f"no such format: {form}", f"choose one of {', '.join(BY_NAME)}")
    looked: list[Imported] = []
    for number, source in enumerate(dict.fromkeys(map(_absolute, sources)), start=1):
        looked.append(_looked(source, form, ended=ended))
        if progress is not None:
            progress(number, len(sources) - number, sum(len(one.entries) for one in looked))
    failures = [one.failure for one in looked if one.failure is not None]
    if len(failures) == len(looked):
        raise _united(failures)
    return looked


def _absolute(source: str) -> str:
    return source if source == STDIN else os.path.abspath(source)  # noqa: PTH100 - links stay as the user spells them


def _united(failures: Sequence[VhostError]) -> VhostError:
    """Return the one error of sources that all failed."""
    first = failures[0]
    others = f"{first.problem}; {len(failures) - 1} more sources cannot be read" if len(failures) > 1 else first.problem
    return type(first)(first.where, others, first.advice)


def _looked(source: str, form: str | None, *, ended: bool) -> Imported:
    try:
        read = bindings.read(Path(source), form)
    except (SourceMissing, UsageError) as error:
        return Imported(path=source, failure=error)
    entries = read.parsed.entries
    held = entries if ended else [entry for entry in entries if not entry.ended]
    bound = [entry for entry in held if _binds(entry)]
    return Imported(
        path=source,
        format=read.format.name,
        entries=bound,
        problems=read.parsed.problems,
        ended=len(entries) - len(held),
        bare=len(held) - len(bound),
    )


def _binds(entry: Entry) -> bool:
    """Tell whether an entry says that two things belong together."""
    return (entry.name is not None) + (entry.mac is not None) + (entry.ip is not None) > 1


def store(
    looked: Sequence[Imported], directory: Path, skipped: Report, *, publishing: bool = True
) -> list[Change | None]:
    """Store what was read, publish it, and return what changed; None for a source of which nothing is stored.

    Raises `DatabaseUnusable`.
    """
    now = datetime.now(UTC)
    kept = [one for one in looked if not one.empty_handed]
    said = [_said(one, now) for one in kept]
    changes = iter(keep(directory, said, skipped, publishing=publishing) if kept else ())
    return [None if one.empty_handed else next(changes) for one in looked]


def _said(one: Imported, now: datetime) -> Said:
    return Said(
        kind="binding",
        scanner=SCANNER,
        root=one.path,
        claims=one.claims(now),
        findings=[Finding(one.where(problem), problem.problem) for problem in one.problems],
        partial=one.partial,
        carry=CARRIED if one.partial else None,
    )
