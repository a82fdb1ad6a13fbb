"""`vhost macmap import`: reads files that bind names, MACs and addresses, and says what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from vhost import importing
from vhost.cache.place import chosen
from vhost.cli.outcome import show, tell
from vhost.collect import prepare
from vhost.errors import Partial
from vhost.importing import Imported
from vhost.progress import bar

_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import as it was asked for."""

    sources: Sequence[str]
    form: str | None = None
    database: str | None = None
    ended: bool = False
    lines: bool = False
    store: bool = True


def run(asked: Import) -> int:
    """Import the sources and return the exit code."""
    from macmap import listing  # noqa: PLC0415 - beside its use

    began = monotonic()
    directory = chosen(asked.database)[0] if asked.store else None
    if directory is not None:
        prepare(directory)
    with bar("reading") as progress:
        looked = importing.look(asked.sources, asked.form, ended=asked.ended, progress=progress)
    for one in looked:
        _tell_problems(one)
    changes = None
    if directory is not None:
        changes = importing.store(looked, directory, lambda name, why: tell(f"{name}: left out: {why}"))
    if asked.lines:
        show(listing.listed(entry for one in looked for entry in one.entries))
    for number, one in enumerate(looked):
        if one.failure is None:
            change = changes[number] if changes is not None else None
            told = "nothing was stored" if change is None and directory else _changed(change)
            tell(f"{one.path}: {_summary(one)}{told and f', {told}'}")
    tell(f"{len(looked)} sources, {sum(len(one.entries) for one in looked)} claims; {monotonic() - began:.1f} s")
    return Partial.exit_code if any(one.partial for one in looked) else 0


def _summary(one: Imported) -> str:
    """Return what a source holds, in a few words."""
    parts = [f"{one.format}, claims: {len(one.entries)}"]
    counts = (("ended leases", one.ended), ("binding nothing", one.bare), ("problems", len(one.problems)))
    return ", ".join(parts + [f"{word}: {count}" for word, count in counts if count])


def _changed(change: object) -> str:
    from vhost.cache.claim_segment import Change  # noqa: PLC0415 - as above

    if not isinstance(change, Change) or change.first:
        return ""
    return ", ".join(
        f"{word}: {count}" for word, count in (("new", change.new), ("vanished", change.vanished)) if count
    )


def _tell_problems(one: Imported) -> None:
    if one.failure is not None:
        tell(str(one.failure))
    for problem in one.problems[:_MOST_PROBLEMS]:
        tell(f"{one.where(problem)}: {problem.problem}")
    if len(one.problems) > _MOST_PROBLEMS:
        tell(f"{one.path}: and {len(one.problems) - _MOST_PROBLEMS} more problems")
