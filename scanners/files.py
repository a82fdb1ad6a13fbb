"""The candidates of a directory: one stat each, and one read if they are not as they were known."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from scanners import reading, siblings
from scanners.candidates import LARGEST, promises_configuration
from scanners.crossings import Crossings
from scanners.recognise import NAME, File, Filtered, View, observe
from scanners.walk import Directory, is_gone, is_too_long, too_long, unreadable
from vhost.claims import FileStamp, Observation
from vhost.discover import Finding

Stamp = tuple[int, int, int, int]
"""Device, inode, size and mtime_ns of a file: while they stay, its content is taken to be the same."""

Entry = os.DirEntry[str]
Group = Sequence[Entry]
"""The entries of files that are read together, a `.ctys` first."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file that is as it was when an earlier scan read it, and was not read again."""

    path: str


Found = Observation | Filtered | Unchanged


@dataclass(slots=True)
class Looked:
    """What came of looking at files."""

    found: list[Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Member:
    """A file of a group as it is now."""

    path: str
    name: str
    status: os.stat_result


_Named = TypeVar("_Named", _Member, File)


def grouped(entries: Sequence[Entry]) -> list[Group]:
    """Return the entries of a directory's files in the groups that they are read in."""
    if not any(entry.name.endswith(siblings.SUFFIX) for entry in entries):
        return [(entry,) for entry in entries]
    by_name = {entry.name: entry for entry in entries}
    return [[by_name[name] for name in group] for group in siblings.groups(by_name)]


class Files:
    """Looks at files for one view, with what an earlier scan of that view knew of them."""

    def __init__(self, view: View, known: Mapping[str, Stamp], crossings: Crossings) -> None:
        self._view = view
        self._crossings = crossings
        self._known = known
        self._memory = siblings.Memory(known)

    def look(self, directory: Directory, groups: Sequence[Group], looked: Looked) -> None:
        """Add what the files in an open directory say."""
        for group in groups:
            members = []
            for entry in group:
                member = self._member(directory, entry, looked)
                if member is not None:
                    members.append(member)
            for together in _together(members):
                if self._are_unchanged(together):
                    looked.found.extend([Unchanged(member.path) for member in together])
                else:
                    self._read(directory, together, looked)

    def _member(self, directory: Directory, entry: Entry, looked: Looked) -> _Member | None:
        """Return a file with its status; None if it holds nothing, or is not to be read.

        An empty file is nothing, unless it was known: then something emptied it, and that is observed.
        """
        path = directory.prefix + entry.name
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            if not is_gone(error):
                looked.findings.append(unreadable(path, error))
            return None
        if status.st_size and status.st_size <= LARGEST and stat.S_ISREG(status.st_mode) and not is_too_long(path):
            return _Member(path, entry.name, status)
        if stat.S_ISREG(status.st_mode):
            self._pass(directory, path, status, looked)
        return None

    def _pass(self, directory: Directory, path: str, status: os.stat_result, looked: Looked) -> None:
        """Say why a regular file is not read, if that is worth a word."""
        if is_too_long(path):
            looked.findings.append(too_long(path))
        elif status.st_size > LARGEST and promises_configuration(path.rpartition("/")[2]):
            looked.findings.append(_too_large(path, status.st_size))
        elif not status.st_size and path in self._known:
            looked.found.append(Observation(stamp=self._stamp(directory, path, status, b""), scanner=NAME))

    def _are_unchanged(self, group: Sequence[_Member]) -> bool:
        for member in group:
            status, known = member.status, self._known.get(member.path)
            if known != (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns):
                return False
        return self._memory.is_same([member.path for member in group])

    def _read(self, directory: Directory, group: Sequence[_Member], looked: Looked) -> None:
        files = [file for member in group if (file := self._file(directory, member, looked))]
        for together in _together(files):
            seen = observe(together, self._view)
            looked.found.extend(seen.found)
            looked.findings.extend(seen.findings)

    def _file(self, directory: Directory, member: _Member, looked: Looked) -> File | None:
        """Return a file as it is read; None if it cannot be read."""
        status = member.status
        try:
            data = reading.content(member.name, directory.fd, status.st_size)
        except OSError as error:
            if not is_gone(error):
                looked.findings.append(unreadable(member.path, error))
            return None
        if len(data) > LARGEST:
            looked.findings.append(_too_large(member.path, len(data)))
            return None
        stamp = self._stamp(directory, member.path, status, data)
        return File(stamp, member.name, reading.text(data, member.name), status.st_uid, status.st_gid)

    def _stamp(self, directory: Directory, path: str, status: os.stat_result, data: bytes) -> FileStamp:
        mount = directory.mount
        if status.st_dev != directory.device:  # the file itself is a mount point, or of a lower layer
            crossing = self._crossings.at(path)
            mount = crossing.mount if crossing else None
        return FileStamp(
            path=path,
            mount=mount,
            device=status.st_dev,
            inode=status.st_ino,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            content_hash=hashlib.sha256(data).hexdigest(),
        )


def _together(group: Sequence[_Named]) -> Sequence[Sequence[_Named]]:
    """Return the group, or its files one by one if the `.ctys` that held them together is not there."""
    if len(group) > 1 and not group[0].name.endswith(siblings.SUFFIX):
        return [[one] for one in group]
    return [group] if group else []


def _too_large(path: str, size: int) -> Finding:
    problem = f"{size} bytes are too many for a configuration (at most {LARGEST}); not looked at"
    return Finding(path, problem, lost=True)
