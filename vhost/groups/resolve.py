"""Which hosts a group stands for: its own first, then those of its includes, in the order of the file.

Nobody is left out for being named twice. Includes are followed within bounds; a loop, a missing
include and everything that exceeds them are errors that name the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vhost.errors import UsageError
from vhost.groups.files import GroupFiles, Place
from vhost.groups.syntax import HOSTS_LIMIT, Group, Include, Member, entries

DEPTH_LIMIT = 20
_INCLUDES_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One group file, what stands in it, and the hosts it stands for."""

    place: Place
    group: Group
    members: tuple[Member, ...]


class Groups:
    """The groups of a search path. Every method raises `UsageError` for a group that is wrong."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self.files = GroupFiles(directories)

    def names(self) -> list[str]:
        """Return the names of all groups, sorted."""
        return sorted({place.name for place in self.files.everything()})

    def known(self, argument: str) -> bool:
        """Tell whether everything that an argument names is a group or a folder of groups."""
        return all(self._places(asked.host) for asked in entries(argument))

    def members(self, argument: str) -> tuple[Member, ...]:
        """Return the hosts of an argument: those of a group, of all groups of a folder, or itself, a host.

        An argument is written as a line of a group file. Its `user@` holds for the hosts of the group
        that have none, its context options surround theirs.
        """
        found = tuple(member for asked in entries(argument) for member in self._asked(asked))
        if not found and not list(entries(argument)):
            raise UsageError("host", f"{argument[:40]!r} names neither a group nor a host")
        return found

    def listed(self, arguments: Sequence[str], problems: list[UsageError], *, as_written: bool = False) -> list[Listed]:
        """Return the groups that the arguments name, all groups without any, by directory and name.

        A host gives nothing. A group that is wrong is left out and its error added to `problems`; `as_written`
        leaves it in with its own hosts, if its file can be read.
        """
        places = {place for argument in arguments for asked in entries(argument) for place in self._places(asked.host)}
        rows = []
        for place in sorted(places, key=self._order) if arguments else self.files.everything():
            group = None
            try:
                group = self.files.group(place.path)
                rows.append(Listed(place, group, self._resolved(place)))
            except UsageError as error:
                problems.append(error)
                rows += [Listed(place, group, group.hosts)] if group is not None and as_written else []
        return rows

    def _order(self, place: Place) -> tuple[int, str]:
        directories = self.files.directories
        return directories.index(place.directory) if place.directory in directories else -1, place.name

    def _places(self, name: str) -> list[Place]:
        place = self.files.find(name)
        return [place] if place else self.files.folder(name)

    def _asked(self, asked: Member) -> Iterator[Member]:
        places = self._places(asked.host)
        if not places and "/" in asked.host:
            raise UsageError(asked.host, "no such group", "vhost groups list shows all of them")
        if not places:
            yield asked
        for place in places:
            for member in self._resolved(place):
                yield replace(member.within(asked.own), user=member.user or asked.user)

    def _resolved(self, place: Place) -> tuple[Member, ...]:
        return tuple(_Walk(self.files).members([place]))


class _Walk:
    """One walk through the includes of a group; it counts what it costs."""

    def __init__(self, files: GroupFiles) -> None:
        self.files = files
        self.includes = 0
        self.hosts = 0

    def members(self, chain: list[Place]) -> Iterator[Member]:
        """Return the hosts of the last group of the chain."""
        group = self.files.group(chain[-1].path)
        self.hosts += len(group.hosts)
        if self.hosts > HOSTS_LIMIT:
            raise UsageError(str(chain[0].path), f"the group stands for more than {HOSTS_LIMIT} hosts")
        yield from group.hosts
        for include in group.includes:
            for member in self.members([*chain, self._included(include, chain)]):
                yield member.within(include.context)

    def _included(self, include: Include, chain: list[Place]) -> Place:
        where = f"{chain[-1].path}:{include.line}"
        names = " -> ".join([*(place.name for place in chain), include.name])
        place = self.files.find(include.name)
        self.includes += 1
        if place is None:
            raise UsageError(where, f"no such group: {names}", "create it, or remove its #include")
        if any(place.path == above.path for above in chain):
            raise UsageError(where, f"a group includes itself: {names}", "remove one of these #include lines")
        if len(chain) > DEPTH_LIMIT or self.includes > _INCLUDES_LIMIT:
            raise UsageError(
                where,
                f"more than {DEPTH_LIMIT} nested or {_INCLUDES_LIMIT} includes in all: {names}",
                "name the hosts themselves",
            )
        return place
