"""`-C GROUPS`: a term that is the name of a group stands for the hosts of the group."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from vhost.errors import UsageError
from vhost.groups import Groups
from vhost.query.expression import Pattern
from vhost.query.terms import Anywhere, Term, term

Hosts = Callable[[str], Sequence[str]]
"""The hosts that a name stands for: those of a group, else itself."""

_LIMIT = 5000


def of_groups(groups: Groups) -> Hosts:
    """Return what looks names up among the groups. It raises `UsageError` for a group that is wrong."""

    def hosts(name: str) -> Sequence[str]:
        if not name or name.startswith("/") or groups.files.find(name) is None:
            return (name,)
        found = tuple(dict.fromkeys(member.host for member in groups.members(name)))
        if len(found) > _LIMIT:
            raise UsageError(name, f"the group stands for {len(found)} hosts, a term for at most {_LIMIT}")
        return found

    return hosts


def reader(hosts: Hosts) -> Callable[[str], Term]:
    """Return what makes a term of a word: a record that holds one of the hosts, if it is a group."""

    def read(word: str) -> Term:
        found = hosts(word)
        if list(found) == [word]:
            return term(word)
        return Anywhere(word, any_of(found))

    return read


def any_of(hosts: Sequence[str]) -> Pattern:
    """Return the pattern that finds one of these names; none: nothing."""
    return Pattern("|".join(map(re.escape, hosts)) or r"[^\x00-\x{10FFFF}]")
