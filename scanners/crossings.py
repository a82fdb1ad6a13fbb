"""Where a tree crosses from one file system into another, and which of its mounts is walked first.

A file system that is mounted several times (bind mounts, two exports of one pool) is walked once.
Which of its paths the files are then known by must not depend on which thread came first, or every
scan would tell another story. So of all mounts of one device the one nearest to the root is walked
to its end before the next one begins: a stage of the walk holds each device at most once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanners.mounts import PSEUDO, Mount, Resolver, Table, depth

Reader = Callable[[], Table]
"""Reads the mount table as it is now."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What begins at one path: the file system's name, None for one that holds no files, and its stage."""

    mount: str | None
    stage: int


@dataclass(frozen=True, slots=True)
class _Start:
    """A place from which one mount is walked: a root, or a mount below it; `shown` as the user calls it."""

    shown: str
    real: str
    mount: Mount

    def meets(self, other: _Start) -> bool:
        """Tell whether both may come to the same directories."""
        if self.mount.device != other.mount.device:
            return False
        return self.mount is not other.mount or _is_below(self.real, other.real) or _is_below(other.real, self.real)


class Crossings:
    """The file systems at and below the roots of one scan.

    `mounts` maps the points where something is mounted to the name of that file system: those
    below the roots, and for each root the one that holds it.
    """

    def __init__(self, roots: Sequence[str], read: Reader, resolve: Resolver | None = None) -> None:
        self._read = read
        self._resolve = resolve
        self._table = read()
        self._lock = threading.Lock()
        self._real = {root: os.path.realpath(root) for root in roots}
        self.mounts: dict[str, str] = {}
        self._at: dict[str, Crossing] = {}
        starts = sorted(self._starts(), key=lambda start: (depth(start.shown), start.shown))
        for start, stage in zip(starts, _stages(starts), strict=True):
            self._at.setdefault(start.shown, self._crossing(start, stage))

    def at(self, path: str) -> Crossing | None:
        """Return what begins at this path; None where nothing was mounted when the scan began."""
        return self._at.get(path)

    def surprise(self, path: str) -> str | None:
        """Return the name of a file system that begins at this path unannounced.

        It was mounted because the scan came by (automount), or it is a part of its file system
        that no mount names (a subvolume). None if there is no mount table.
        """
        real = self._really(path)
        with self._lock:
            self._table = self._read()
            mount = self._table.find(real)
            if mount is None:
                return None
            if mount.point != real:
                return self._table.nested(mount, real, self._resolve)
            self.mounts[path] = self._table.identity(mount, self._resolve)
            return self.mounts[path]

    def _starts(self) -> Iterator[_Start]:
        for root, real in self._real.items():
            holding = self._table.find(real)
            if holding is not None:
                yield _Start(root, real, holding)
            for mount in self._table.below(real):
                yield _Start(_joined(root, real, mount.point), mount.point, mount)

    def _crossing(self, start: _Start, stage: int) -> Crossing:
        is_root = start.shown in self._real
        if start.mount.fstype in PSEUDO and not is_root:
            return Crossing(None, stage)
        mount = self._table.identity(start.mount, self._resolve)
        holds_root = is_root and start.shown == start.real
        self.mounts[start.mount.point if holds_root else start.shown] = mount
        return Crossing(mount, stage)

    def _really(self, path: str) -> str:
        """Return the path without the links that a root goes through."""
        roots = (root for root in self._real if _is_below(path, root))
        root = max(roots, key=len, default=path)
        return _joined(self._real.get(root, root), root, path)


def gone(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the paths where an earlier scan saw a file system that a later one did not.

    `before` and `now` are what the scans saw as `mounts`. What the earlier scan found below such a
    path may still exist. A local file system where there was a network one is the empty mount
    point; another network file system is a place that moved, and its files are looked at.
    """
    return [path for path, mount in before.items() if _is_missing(mount, now.get(path))]


def _is_missing(before: str, now: str | None) -> bool:
    return now is None or (now.startswith("local:") and not before.startswith("local:"))


def _stages(starts: Sequence[_Start]) -> Iterator[int]:
    """Yield a stage for each start: after all earlier ones that may come to the same directories."""
    stages: dict[_Start, int] = {}
    by_device: dict[str, list[_Start]] = {}
    for start in starts:
        earlier = by_device.setdefault(start.mount.device, [])
        stages[start] = max((stages[other] + 1 for other in earlier if other.meets(start)), default=0)
        earlier.append(start)
        yield stages[start]


def _is_below(path: str, above: str) -> bool:
    """Tell whether a path is another one or below it."""
    return path == above or path.startswith(above.rstrip("/") + "/")


def _joined(new: str, old: str, path: str) -> str:
    """Return the path with its beginning `old` replaced by `new`."""
    rest = path[len(old.rstrip("/")) :].lstrip("/")
    return f"{new.rstrip('/')}/{rest}" if rest else new
