"""Everything that is looked at, and the verdict on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from vhost.doctor.need import Diagnosis, Need
from vhost.doctor.places import places
from vhost.doctor.programs import modules, programs
from vhost.doctor.system import capabilities, session
from vhost.errors import UsageError
from vhost.text import escape

EVERY = "every command"

MISSING = 1
"""The exit code where something that was asked for, or without what nothing works, is missing."""


def needs(databases: Sequence[Path] | None = None) -> list[Need]:
    """Return every need in the order in which it is shown."""
    return [*modules(), *places(databases), *programs(), *capabilities(), *session()]


def examined(wanted: Sequence[str] = (), databases: Sequence[Path] | None = None) -> list[Diagnosis]:
    """Return the diagnosis of every need, or of those that every word says something of, and of what all need.

    Raises `UsageError` for a word that says nothing.
    """
    known = needs(databases)
    for word in wanted:
        if not any(_concerns(need, word) for need in known):
            raise UsageError("doctor", f"nothing is known that {word[:40]!r} needs", "see vhost doctor")
    return [Diagnosis.of(need) for need in known if not wanted or need.needed_by == EVERY or _all(need, wanted)]


def _all(need: Need, wanted: Sequence[str]) -> bool:
    return all(_concerns(need, word) for word in wanted)


def _concerns(need: Need, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", f"{need.name} {need.needed_by}", re.IGNORECASE) is not None


def verdict(found: Sequence[Diagnosis], *, asked: bool) -> int:
    """Return the exit code: with `asked` everything counts, otherwise what is vital."""
    return MISSING if any(not one.found and (asked or one.vital) for one in found) else 0


def lines(found: Sequence[Diagnosis]) -> Iterator[str]:
    """Return a line for each need, one more for what to do, and a summary."""
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        state = "ok     " if one.found else "MISSING" if one.vital else "missing"
        yield f"{state} {one.kind:<10} {escape(one.name):<{width}}  {escape(one.detail)}"
        if one.advice:
            yield f"{'':19}{'':<{width}}  for {one.needed_by}: {escape(one.advice)}"
    missing = sum(1 for one in found if not one.found)
    yield f"{len(found)} looked for, {missing} missing"
