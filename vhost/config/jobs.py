"""Jobs of a configuration, checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from vhost.config.checking import At, Checker
from vhost.config.keys import COMMON, KINDS, Kind
from vhost.config.settings import Job


def job(checker: Checker, name: str, given: object, every: timedelta, databases: Mapping[str, object]) -> Job | None:
    """Return the job of a table `[jobs.NAME]`, None if it is none; `every` holds where it does not say it itself."""
    at = ("jobs", name)
    if not checker.is_name(at):
        return None
    if not isinstance(given, dict):
        checker.note(at, f"job {name} must be a table", f"write [jobs.{name}], and below it what it scans")
        return None
    kind = _kind(checker, at, given)
    if kind is None:
        return None
    found = checker.only(at, given, (kind.target, *COMMON, *kind.options))
    targets = found.pop(kind.name, ())
    _check_targets(checker, at, kind, given)
    own = {key.name: found.pop(key.name, None) for key in COMMON}
    return Job(
        name=name,
        kind=kind.name,
        targets=targets if isinstance(targets, tuple) else (),
        options=found,
        every=own["every"] if isinstance(own["every"], timedelta) else every,
        fresh=own["fresh"] if isinstance(own["fresh"], timedelta) else None,
        database=checker.database(at, own, databases),
    )


def _kind(checker: Checker, at: At, given: Mapping[str, object]) -> Kind | None:
    kinds = [kind for kind in KINDS if kind.name in given]
    if len(kinds) == 1:
        return kinds[0]
    checker.known(at, given, [name for kind in KINDS for name in _names(kind)])
    known = ", ".join(kind.name for kind in KINDS)
    if kinds:
        both = " and ".join(kind.name for kind in kinds)
        checker.note(at, f"job {at[-1]} holds {both}", "make a job for each")
    else:
        checker.note(at, f"job {at[-1]} does not say what it scans", f"add one of {known}")
    return None


def _check_targets(checker: Checker, at: At, kind: Kind, given: Mapping[str, object]) -> None:
    """Note a job that asks for nothing."""
    if given[kind.name] == [] and kind.alone is not None and not any(given.get(option) for option in kind.alone):
        without = f" without {' or '.join(kind.alone)}" if kind.alone else ""
        checker.note((*at, kind.name), f"job {at[-1]} has nothing to ask for{without}", f"name {kind.target.meaning}")


def _names(kind: Kind) -> list[str]:
    return [kind.name, *(key.name for key in (*COMMON, *kind.options))]
