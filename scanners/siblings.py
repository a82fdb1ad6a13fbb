"""Files that speak of one machine together: `NAME.ctys` and the configuration beside it.

    tst200.vmx   tst200.ctys     the tags of the second are added to the first
    tst200.sh    tst200.ctys     the second is the machine, the first starts it

`NAME.ctys` belongs to every file whose name is `NAME` with or without a suffix; where both
`NAME.ctys` and `NAME.cfg.ctys` are there, `NAME.cfg` belongs to the second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

SUFFIX = ".ctys"


def wrapper(name: str, names: Collection[str]) -> str | None:
    """Return the `.ctys` file among `names` that speaks of the file `name`; None without one.

    Names may be paths, but then all of them.
    """
    if name.endswith(SUFFIX):
        return None
    full = name + SUFFIX
    if full in names:
        return full
    stem = _stem(name) + SUFFIX
    return stem if stem in names else None


def groups(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the names in groups that are read together, a `.ctys` first in its group."""
    listed = list(names)
    wrappers = {name: [name] for name in listed if name.endswith(SUFFIX)}
    if not wrappers:
        return [(name,) for name in listed]
    alone = []
    for name in listed:
        owner = wrapper(name, wrappers)
        if owner is not None:
            wrappers[owner].append(name)
        elif name not in wrappers:
            alone.append((name,))
    return [*map(tuple, wrappers.values()), *alone]


class Memory:
    """The groups that the files of an earlier scan were read in."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self._groups: dict[str, set[str]] = {path: {path} for path in known if path.endswith(SUFFIX)}
        if self._groups:
            for path in known:
                owner = wrapper(path, self._groups)
                if owner is not None:
                    self._groups[owner].add(path)

    def is_same(self, group: Collection[str]) -> bool:
        """Tell whether these paths were a group then, and nothing else with them.

        Whether each of them was known at all is not asked.
        """
        if not self._groups:
            return len(group) == 1
        first = next(iter(group))
        if first.endswith(SUFFIX):
            return self._groups.get(first) == set(group)
        return wrapper(first, self._groups) is None


def _stem(name: str) -> str:
    """Return the name without its last suffix; a leading dot begins no suffix."""
    directory, slash, last = name.rpartition("/")
    head, dot, _ = last.rpartition(".")
    return f"{directory}{slash}{head}" if dot and head else name
