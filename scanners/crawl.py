"""The walk through trees by tasks: a directory is entered, or some of its files are looked at.

Links, FIFOs, devices and sockets are neither followed nor opened; a directory that was reached
once is not entered again. What cannot be read becomes a finding, and the rest goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from scanners.candidates import SKIPPED, is_candidate
from scanners.crossings import Crossings
from scanners.files import Files, Found, Group, Looked, Stamp, grouped
from scanners.recognise import View
from scanners.walk import Descriptors, Directory, is_gone, is_too_long, listing, open_root, too_long, unreadable
from vhost.discover import Finding, Step

MOST_DIRECTORIES = 5_000_000
"""Directories of one scan; no tree of configurations has so many."""

_TOGETHER = 8  # groups of files that one task looks at, where a directory has many


@dataclass(slots=True)
class Enter:
    """The task to walk a directory: the one of this name in `parent`, or a root."""

    parent: Directory | None
    name: str


@dataclass(slots=True)
class Look:
    """The task to look at files of an open directory."""

    directory: Directory
    groups: Sequence[Group]


@dataclass(slots=True)
class Single:
    """The task to look at one file that is a root, and at the files that belong to it."""

    path: str


Task = Enter | Look | Single


class Tree:
    """The scanner of everything below some roots. One stage of the walk is one run of it.

    `waiting` are the tasks of later stages, `seen` the directories that were walked, by device and
    inode, `again` those that were reached once more, `skipped` those that were not entered because
    of their names.
    """

    name: ClassVar[str] = "tree"

    def __init__(
        self,
        starts: Iterable[Enter | Single],
        crossings: Crossings,
        *,
        view: View,
        known: Mapping[str, Stamp],
        descriptors: int,
        all_dirs: bool,
    ) -> None:
        self.waiting: list[Enter | Single] = list(starts)
        self.seen: dict[tuple[int, int], str] = {}
        self.again: dict[str, str] = {}
        self.skipped: list[str] = []
        self.crossings = crossings
        self._files = Files(view, known, crossings)
        self._descriptors = Descriptors(descriptors)
        self._skip = frozenset[str]() if all_dirs else SKIPPED
        self._stage = 0
        self._is_full = False

    def begin(self) -> Iterable[Task]:
        """Return the tasks of the next stage: those that waited for another mount of their file system."""
        stages = [(self._stage_of(task), task) for task in self.waiting]
        self._stage = min((stage for stage, _ in stages), default=0)
        self.waiting = [task for stage, task in stages if stage > self._stage]
        return [task for stage, task in stages if stage == self._stage]

    def step(self, task: Task) -> Step[Task, Found]:
        """Do one task."""
        looked = Looked()
        if isinstance(task, Enter):
            return Step(looked.found, self._enter(task, looked), looked.findings)
        if isinstance(task, Look):
            self._files.look(task.directory, task.groups, looked)
        else:
            self._look_at_root(task.path, looked)
        return Step(looked.found, (), looked.findings)

    def _stage_of(self, task: Enter | Single) -> int:
        crossing = self.crossings.at(_path(task) if isinstance(task, Enter) else above(task.path))
        return crossing.stage if crossing else 0

    def _enter(self, task: Enter, looked: Looked) -> Sequence[Task]:
        path = _path(task)
        crossing = self.crossings.at(path)
        if crossing is not None and crossing.stage > self._stage:
            self.waiting.append(task)
            return ()
        if (crossing is not None and crossing.mount is None) or not self._is_possible(path, looked):
            return ()
        try:
            directory = self._opened(task, path)
        except OSError as error:
            if task.parent is None or not is_gone(error):
                looked.findings.append(unreadable(path, error))
            return ()
        return self._walk(directory, looked) if self._is_new(directory) else ()

    def _opened(self, task: Enter, path: str) -> Directory:
        parent = task.parent
        directory = open_root(path) if parent is None else Directory(parent.enter(task.name), path)
        crossing = self.crossings.at(path)
        if crossing is not None:
            directory.mount = crossing.mount
        elif parent is not None and parent.device == directory.device:
            directory.mount = parent.mount
        else:
            directory.mount = self.crossings.surprise(path)
        return directory

    def _is_new(self, directory: Directory) -> bool:
        path = directory.path
        first = self.seen.setdefault((directory.device, directory.inode), path)
        if first is not path:  # two threads may come here at once; only one of them was first
            self.again[path] = first
        return first is path

    def _is_possible(self, path: str, looked: Looked) -> bool:
        if is_too_long(path):
            looked.findings.append(too_long(path))
            return False
        if len(self.seen) < MOST_DIRECTORIES:
            return True
        if not self._is_full:
            self._is_full = True
            problem = f"more than {MOST_DIRECTORIES} directories; this one and others are not looked at"
            looked.findings.append(Finding(path, problem, lost=True))
        return False

    def _walk(self, directory: Directory, looked: Looked) -> Sequence[Task]:
        """Return the tasks that a directory makes; a few files are looked at right now."""
        found = listing(directory)
        looked.findings.extend(found.findings)
        inner = [name for name in found.directories if name not in self._skip]
        if len(inner) < len(found.directories):
            self.skipped.extend([directory.prefix + name for name in found.directories if name in self._skip])
        groups = grouped(found.files)
        spread = len(groups) > _TOGETHER or bool(groups and inner)
        kept = (spread or bool(inner)) and directory.keep(self._descriptors)
        tasks: list[Task] = [Enter(directory, name) for name in inner]
        if kept and spread:
            starts = range(0, len(groups), _TOGETHER)
            tasks.extend([Look(directory, groups[at : at + _TOGETHER]) for at in starts])
        else:
            self._files.look(directory, groups, looked)
        if not kept:
            directory.close()
        return tasks

    def _look_at_root(self, path: str, looked: Looked) -> None:
        name = path.rpartition("/")[2]
        directory = open_root(above(path))
        crossing = self.crossings.at(directory.path)
        directory.mount = crossing.mount if crossing else None
        with os.scandir(directory.fd) as entries:
            files = [one for one in entries if one.name == name or is_candidate(one.name)]
        groups = grouped([one for one in files if one.is_file(follow_symlinks=False)])
        self._files.look(directory, [group for group in groups if name in [one.name for one in group]], looked)


def above(path: str) -> str:
    """Return the directory that holds an absolute path."""
    return path.rpartition("/")[0] or "/"


def _path(task: Enter) -> str:
    return task.name if task.parent is None else task.parent.prefix + task.name
