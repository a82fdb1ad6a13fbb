"""A whole command line, parsed: options, targets with theirs, groups resolved, a request for each target.

    call(["-t", "xen", "-a", "create=l:tst100,CONSOLE:cli", "lab00(-Z KSU)"], Groups([]))

Options of a target go before those of its group, those before the ones for all targets, those before the
ones at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from vhost.ctys.actions import ACTIONS, action
from vhost.ctys.brackets import words
from vhost.ctys.defaults import completed, idle
from vhost.ctys.options import Given, parsed
from vhost.ctys.requests import Address, Call, Options, Request, Target
from vhost.ctys.targets import MOST, Named, common, named
from vhost.ctys.words import Line, Word
from vhost.errors import UsageError
from vhost.groups.syntax import Member

LOCAL = "localhost"


class Hosts(Protocol):
    """Who knows the groups; `vhost.groups.Groups` does."""

    def members(self, argument: str) -> tuple[Member, ...]:
        """Return the hosts that an argument stands for, itself if it is no group. Raises `UsageError`."""


def call(arguments: Sequence[str], hosts: Hosts) -> Call:
    """Return what the arguments ask for, macros expanded before. Raises `UsageError`, one line with the place."""
    line = Line(tuple(arguments))
    first, used = parsed([line.word(number) for number in range(len(line.arguments))])
    wanted = {name: first.said.get(name, False) for name in ("help", "version")}
    if any(wanted.values()):
        return Call(help=bool(wanted["help"]), version=bool(wanted["version"]))
    rest = line.part(line.starts[used]) if used < len(line.arguments) else line.part(len(line.text))
    shared, rest = common(rest)
    if shared is not None:
        first = first.then(context(shared))
    targets, notes = _targets(rest, first, hosts)
    return Call(targets=_planned(targets), options=_options(first), notes=notes)


def _planned(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Return the targets, all of them to be planned only if one is: nothing runs beside a plan."""
    if not any(target.options.dry_run for target in targets):
        return targets
    return tuple(replace(target, options=replace(target.options, dry_run=True)) for target in targets)


def context(text: Word) -> Given:
    """Return what the options of a target say. Raises `UsageError` if something else stands among them."""
    found = list(words(text))
    given, used = parsed(found)
    if used < len(found):
        raise found[used].wrong(f"{found[used].shown} is no option", "only options stand in the brackets of a target")
    return given


def _targets(text: Word, first: Given, hosts: Hosts) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    found: list[Target] = []
    notes: dict[str, None] = {}
    asked = (found for one in named(text) for found in _of(one, first, hosts))
    for target, said in asked:
        found.append(target)
        notes.update(dict.fromkeys(said))
        if len(found) > MOST:
            raise text.wrong(f"more than {MOST} targets", "call it for some of them at a time")
    if not found:
        target, said = _target(Member(host=LOCAL), first)
        return (target,), tuple(said)
    return tuple(found), tuple(notes)


def _of(one: Named, first: Given, hosts: Hosts) -> Iterator[tuple[Target, Sequence[str]]]:
    """Return the targets that one name stands for: itself, or the hosts of a group."""
    own = context(one.context) if one.context is not None else Given()
    for member in _members(one, hosts):
        given = first
        for text in (*member.outer, member.own):
            if text:
                line = Line((text,), f"{member.file}:{member.line}" if member.file else str(member.account))
                given = given.then(context(line.word(0)))
        yield _target(member, given.then(own), one.stack, one.account)


def _members(one: Named, hosts: Hosts) -> tuple[Member, ...]:
    if one.stack:
        user, _, host = one.account.text.rpartition("@")
        return (Member(host=host, user=user or None),)
    try:
        return hosts.members(one.account.text)
    except UsageError as error:
        where = one.account.line.where(one.account.places[0])
        raise UsageError(where, f"{error.where}: {error.problem}", error.advice) from error


def _target(
    member: Member,
    given: Given,
    stack: tuple[Address, ...] = (),
    place: Word | None = None,
) -> tuple[Target, Sequence[str]]:
    request = _request(given, place)
    said = _options(given)
    options, notes = completed(said, request)
    notes += [f"{letter} is accepted and has no effect here" for letter in given.idle]
    notes += idle(said, request)
    user = member.user or options.user
    where = place.line.where(place.places[0]) if place else "ctys"
    target = Target(host=member.host, user=user, stack=stack, request=request, options=options, place=where)
    return target, notes


def _request(given: Given, place: Word | None) -> Request:
    word = given.said.get("action")
    if word is None:
        problem, advice = "nothing is to be done", f"add -a {'|'.join(ACTIONS)}"
        raise place.wrong(problem, advice) if place else UsageError("ctys", problem, advice)
    return action(word)


def _options(given: Given) -> Options:
    said = {name: value for name, value in given.said.items() if name not in {"action", "help", "version"}}
    return replace(Options(), **said)
