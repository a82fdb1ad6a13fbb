"""Directories of a tree, opened relative to each other, so that no link is ever followed.

A path can be replaced by a link between two system calls, and a tree can be deeper than a path may
be long. So a directory is opened by its name in its open parent, and a file by its name in its
open directory. A directory stays open as long as somebody refers to it, and no longer.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from scanners.candidates import is_candidate
from vhost.discover import Finding

LONGEST_PATH = 4095
"""Bytes of the longest path that the system takes: nothing can be started from below it."""

MOST_ENTRIES = 1_000_000
"""Entries of one directory that are looked at."""

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SURELY_SHORT = LONGEST_PATH // 4  # characters, of at most four bytes each


class Descriptors:
    """The number of directories that may stay open while others of the tree are read."""

    def __init__(self, most: int) -> None:
        self._free = [None] * most  # a list, because its `pop` is one step for all threads

    def take(self) -> bool:
        """Tell whether one more directory may stay open."""
        try:
            self._free.pop()
        except IndexError:
            return False
        return True

    def give(self) -> None:
        """Say that one directory is closed that was allowed to stay open."""
        self._free.append(None)


class Directory:
    """One open directory; it is closed when it is no longer referred to.

    `mount` is the name of its file system, `device` and `inode` say which directory it is.
    """

    __slots__ = ("_kept", "device", "fd", "inode", "mount", "path", "prefix")

    def __init__(self, fd: int, path: str) -> None:
        self.fd = fd
        self._kept: Descriptors | None = None
        status = os.fstat(fd)
        self.device, self.inode = status.st_dev, status.st_ino
        self.path = path
        self.prefix = path if path.endswith("/") else f"{path}/"
        self.mount: str | None = None

    def __del__(self) -> None:
        self.close()

    def keep(self, descriptors: Descriptors) -> bool:
        """Tell whether the directory may stay open for later tasks; what to do if not is left to the caller."""
        if descriptors.take():
            self._kept = descriptors
            return True
        return False

    def enter(self, name: str) -> int:
        """Return the descriptor of the directory of this name in it.

        Raises `OSError`, also where another directory stands at its path since it was closed.
        """
        if self.fd >= 0:
            return os.open(name, _DIRECTORY, dir_fd=self.fd)
        again = open_root(self.path)
        if (again.device, again.inode) != (self.device, self.inode):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), self.path)
        return again.enter(name)

    def close(self) -> None:
        """Close it now; what is entered from it later is found by its path."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)
        if self._kept is not None:
            self._kept.give()
            self._kept = None


@dataclass(slots=True)
class Listing:
    """The directories and the candidates in a directory, and what could not be listed."""

    directories: list[str] = field(default_factory=list)
    files: list[os.DirEntry[str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def open_root(path: str) -> Directory:
    """Return the directory of this path; a link that the user named is followed. Raises `OSError`."""
    return Directory(os.open(path, _DIRECTORY & ~os.O_NOFOLLOW), path)


def listing(directory: Directory) -> Listing:
    """Return what is in a directory. What else is there (links, FIFOs, devices, sockets) is left out.

    The type of an entry mostly comes with its name; only where a file system does not say it, it
    costs a stat.
    """
    found = Listing()
    try:
        with os.scandir(directory.fd) as entries:
            for entry in islice(entries, MOST_ENTRIES):
                try:
                    if entry.is_dir(follow_symlinks=False):
                        found.directories.append(entry.name)
                    elif entry.is_file(follow_symlinks=False) and is_candidate(entry.name):
                        found.files.append(entry)
                except OSError as error:
                    found.findings.append(unreadable(directory.prefix + entry.name, error))
            if next(entries, None) is not None:
                problem = f"more than {MOST_ENTRIES} entries; the rest is not looked at"
                found.findings.append(Finding(directory.path, problem, lost=True))
    except OSError as error:
        found.findings.append(unreadable(directory.path, error))
    return found


def is_too_long(path: str) -> bool:
    """Tell whether no system call would take the path."""
    return len(path) > _SURELY_SHORT and len(os.fsencode(path)) > LONGEST_PATH


def too_long(path: str) -> Finding:
    """Return the finding of a path that `is_too_long`; it names both ends of it, which is all that anybody reads."""
    return Finding(
        f"{path[:120]}...{path[-40:]}",
        f"the path is longer than {LONGEST_PATH} bytes; nothing below it is looked at",
        lost=True,
    )


def unreadable(path: str, error: OSError) -> Finding:
    """Return the finding of a place that the system does not let us read."""
    return Finding(path, f"cannot be read: {error.strerror or error}", lost=True)


def is_gone(error: OSError) -> bool:
    """Tell whether what was listed a moment ago is no longer there, or something else is."""
    return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
