"""From the text of a file, and of the files that belong to it, to what is observed there."""

from __future__ import annotations

import grp
import pwd
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from scanners import machines, tags
from scanners.config import Broken, Config, Format, Problem
from scanners.formats import FORMATS
from scanners.tags import Tags
from vhost.claims import FileStamp, Observation
from vhost.discover import Finding

NAME = "tree"
"""The scanner that files are said to be from that are no configuration."""

_NAMED_PROBLEMS = 3
_LONGEST_PROBLEM = 200


@dataclass(frozen=True, slots=True)
class File:
    """One file that was read; `text` is None for what is no text, `name` the last part of its path.

    `owner` and `group` are names that another host gives its numbers; None: this host knows them.
    """

    stamp: FileStamp
    name: str
    text: str | None
    uid: int
    gid: int
    owner: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """A file with a machine of a type that was not asked for."""

    path: str


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for: whose view of the files it is, of which types, and whether hidden machines count."""

    pm: str | None = None
    types: frozenset[str] | None = None
    scan_all_states: bool = False


@dataclass(slots=True)
class Seen:
    """What was observed in some files."""

    found: list[Observation | Filtered] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A file with the format that recognised it, its machines, and why it has none."""

    file: File
    tags: Tags
    format: type[Format] | None = None
    configs: Sequence[Config] = ()
    broken: str | None = None


def observe(group: Sequence[File], view: View) -> Seen:
    """Return what files that belong together say, an observation for each file at least. Never raises.

    The `.ctys` of a group comes first.
    """
    try:
        return _observed([_parsed(file) for file in group], view)
    except Exception as bug:  # noqa: BLE001 - files that a parser fails on must not cost the others
        broken = f"cannot be parsed: {type(bug).__name__}: {bug}"[:_LONGEST_PROBLEM]
        seen = Seen()
        for file in group:
            _leave_out(seen, _Parsed(file, Tags(), broken=broken))
        return seen


def _observed(group: Sequence[_Parsed], view: View) -> Seen:
    seen = Seen()
    first, *others = group
    starters = [one for one in others if _is_starter(one)]
    foreign = [one for one in others if one.format and not _is_starter(one)]
    if foreign:
        for one in foreign:
            _add(seen, replace(one, tags=tags.join(one.tags, first.tags)), view)
        for one in starters:
            _add(seen, one, view)
    else:
        _add(seen, _started(first, starters), view)
    added = [*foreign, *starters] if foreign else [first]
    for one in group:
        if one not in added:
            _leave_out(seen, one)
    return seen


def _is_starter(one: _Parsed) -> bool:
    return one.file.name.lower().endswith(".sh")


def _started(wrapper: _Parsed, starters: Iterable[_Parsed]) -> _Parsed:
    """Return a `.ctys` with what the calls in the `.sh` beside it say and it does not."""
    for starter in starters:
        if len(starter.configs) != 1:
            continue
        call = starter.configs[0]
        own = wrapper.configs[0] if wrapper.configs else Config(type=call.type)
        joined = Config(
            type=own.type,
            facts={**call.facts, **own.facts},
            interfaces=own.interfaces or call.interfaces,
            disks=own.disks or call.disks,
            problems=own.problems,
        )
        wrapper = replace(
            wrapper,
            tags=tags.join(wrapper.tags, starter.tags),
            format=wrapper.format or starter.format,
            configs=[joined],
        )
    return wrapper


def _parsed(file: File) -> _Parsed:
    text = file.text
    if text is None:
        return _Parsed(file, Tags())
    said = tags.read(text)
    found = next((known for known in FORMATS if known.recognises(text, file.name)), None)
    if found is None:
        return _Parsed(file, said)
    try:
        return _Parsed(file, said, found, found.parse(text))
    except Broken as broken:
        return _Parsed(file, said, found, broken=_spot(broken.line, broken.problem))


def _add(seen: Seen, one: _Parsed, view: View) -> None:
    """Add the machines of one file; a file without any is left out."""
    if view.types is not None and one.format:
        wanted = [config for config in one.configs if config.type in view.types]
        if len(wanted) < len(one.configs) or view.types.isdisjoint(one.format.types):
            seen.found.append(Filtered(one.file.stamp.path))
            if not wanted:
                return
        one = replace(one, configs=wanted)
    if one.configs and (view.scan_all_states or not one.tags.hidden):
        seen.found.extend(_observations(one, view, _reported(seen, one)))
    else:
        _leave_out(seen, one)


def _leave_out(seen: Seen, one: _Parsed) -> None:
    """Add that a file was looked at and makes no machine."""
    scanner = one.format.name if one.format else NAME
    seen.found.append(Observation(stamp=one.file.stamp, scanner=scanner, finding=_reported(seen, one)))


def _observations(one: _Parsed, view: View, problem: str | None) -> Iterator[Observation]:
    several = len(one.configs) > 1
    said = one.tags.without_identity() if several else one.tags
    for part, config in enumerate(one.configs):
        found, conflicts = machines.records(
            config, said, path=one.file.stamp.path, pm=view.pm, uid=_owner(one.file), gid=_owning(one.file)
        )
        yield Observation(
            stamp=one.file.stamp,
            scanner=one.format.name if one.format else NAME,
            part=part,
            machines=found,
            disks=config.disks,
            conflicts=conflicts,
            finding=problem,
        )


def _reported(seen: Seen, one: _Parsed) -> str | None:
    """Return what is wrong with a file, after it was added to the findings; None if nothing is.

    What an earlier scan read from a file that cannot be parsed now may still hold.
    """
    problem = one.broken or _problems([problem for config in one.configs for problem in config.problems])
    if problem:
        seen.findings.append(Finding(one.file.stamp.path, problem, lost=one.broken is not None))
    return problem


def _problems(problems: Sequence[Problem]) -> str | None:
    if not problems:
        return None
    named = "; ".join(_spot(problem.line, problem.problem) for problem in problems[:_NAMED_PROBLEMS])
    more = len(problems) - _NAMED_PROBLEMS
    return f"{named}; and {more} more" if more > 0 else named


def _spot(line: int, problem: str) -> str:
    brief = problem if len(problem) <= _LONGEST_PROBLEM else f"{problem[:_LONGEST_PROBLEM]}..."
    return f"line {line}: {brief}" if line else brief


def _owner(file: File) -> str:
    return _user(file.uid) if file.owner is None else file.owner


def _owning(file: File) -> str:
    return _group(file.gid) if file.group is None else file.group


@cache
def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OverflowError):  # nobody's, or out of the range that the C library knows
        return str(number)


@cache
def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except (KeyError, OverflowError):
        return str(number)
