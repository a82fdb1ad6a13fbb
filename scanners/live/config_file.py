"""Configurations on another host, read there one by one and parsed here, where the cache shall not be used.

find /etc/xen -xdev -type f -size -2048 -print0      then for each: stat, head
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from scanners import reading, recognise, siblings
from scanners.candidates import LARGEST
from vhost.claims import FileStamp, Observation
from vhost.errors import SourceMissing, UsageError
from vhost.text import escape
from vhost.transport import Site

MOST = 2000
"""Files that are read below the given directories."""

SECONDS = 60.0
_THREADS = 8
_READ = 'stat -L -c "%s %Y" -- "$1" && head -c "$2" -- "$1"'


def read(site: Site, path: str) -> list[Observation]:
    """Return what a configuration says. Raises `SourceMissing` if it cannot be read there."""
    file = _file(site, path)
    if file is None:
        raise SourceMissing(f"{site.host.account}:{escape(path)}", "cannot be read there")
    return _observed([file])


def below(site: Site, directories: Sequence[str]) -> list[Observation]:
    """Return what the configurations below directories say; a file that cannot be read is left out.

    Raises `UsageError` for too many files, `SourceMissing` where there is no such directory.
    """
    wrong = [directory for directory in directories if not directory.startswith("/")]
    if wrong:
        raise UsageError(f"b:{escape(wrong[0])}", "is no absolute path", "write for example b:/etc/xen")
    size = f"-{LARGEST // 512}"
    answer = site.run(["find", *directories, "-xdev", "-type", "f", "-size", size, "-print0"], timeout=SECONDS)
    paths = [path for path in answer.text.split("\0") if path]
    if answer.status and not paths:
        raise SourceMissing(f"{site.host.account}: {escape(directories[0])}", answer.complaint or "cannot be read")
    if len(paths) > MOST:
        raise UsageError(
            f"{site.host.account}: {escape(directories[0])}", f"{len(paths)} files, {MOST} are read", "scan them first"
        )
    with ThreadPoolExecutor(_THREADS) as pool:
        files = [file for file in pool.map(lambda path: _file(site, path), paths) if file]
    return [found for group in _groups(files) for found in _observed(group)]


def _groups(files: Sequence[recognise.File]) -> Iterator[list[recognise.File]]:
    """Yield the files that belong together: a wrapper and what it wraps."""
    by_directory: dict[str, dict[str, recognise.File]] = defaultdict(dict)
    for file in files:
        by_directory[posixpath.dirname(file.stamp.path)][file.name] = file
    for there in by_directory.values():
        yield from ([there[name] for name in names] for names in siblings.groups(there))


def _observed(group: Sequence[recognise.File]) -> list[Observation]:
    seen = recognise.observe(group, recognise.View())
    return [one for one in seen.found if isinstance(one, Observation) and one.machines]


def _file(site: Site, path: str) -> recognise.File | None:
    answer = site.run(["sh", "-c", _READ, "sh", path, str(LARGEST + 1)], timeout=SECONDS)
    head, newline, data = answer.out.partition(b"\n")
    size, _, mtime = head.decode("ascii", "replace").partition(" ")
    if answer.status or not newline or not (size.isdecimal() and mtime.isdecimal()) or len(data) > LARGEST:
        return None
    name = posixpath.basename(path)
    stamp = FileStamp(path=path, size=int(size), mtime_ns=int(mtime) * 10**9)
    return recognise.File(stamp=stamp, name=name, text=reading.text(data, name), uid=0, gid=0)
