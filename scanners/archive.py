"""Files of another host, as a tar archive that it sent; what they say is the same as if they lay here.

Nothing is unpacked. What is no regular file, too large, outside of the places that were asked for, or cut
off is left out; sizes and counts are bounded, because the host may send what it likes.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanners import reading, siblings
from scanners.candidates import LARGEST, SKIPPED, is_candidate
from scanners.recognise import File, Filtered, View, observe
from vhost.claims import FileStamp, Observation
from vhost.discover import Finding

MOST_BYTES = 256 * 1024 * 1024
"""Bytes of an archive, unpacked."""

MOST_FILES = 200_000

_CHUNK = 65_536
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(slots=True)
class Archived:
    """What the files of an archive say, sorted by path."""

    observations: list[Observation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: int = 0


class _TooLarge(Exception):
    """An archive that unpacks to more than is looked at."""


class _Unpacked(io.RawIOBase):
    """The bytes of a gzip stream as they are read, up to a limit."""

    def __init__(self, data: bytes) -> None:
        self._packed = io.BytesIO(data)
        self._tail = b""
        self._engine = zlib.decompressobj(_GZIP)
        self._left = MOST_BYTES

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - typeshed's buffers are not all writable by item
        """Fill the buffer from its beginning and return how far. Raises `_TooLarge`."""
        found = b""
        while not found and not self._engine.eof and (chunk := self._tail or self._packed.read(_CHUNK)):
            found = self._engine.decompress(chunk, len(buffer))
            self._tail = self._engine.unconsumed_tail
        self._left -= len(found)
        if self._left < 0:
            raise _TooLarge
        buffer[: len(found)] = found
        return len(found)


def read(data: bytes, roots: Collection[str], view: View, where: str) -> Archived:
    """Return what gzipped tar archives, one behind the other, say of files below the roots.

    `where` names their host in findings.
    """
    archived = Archived()
    files: list[File] = []
    try:
        for file in _files(data, tuple(roots)):
            files.append(file)
            if len(files) > MOST_FILES:
                archived.findings.append(
                    Finding(where, f"more than {MOST_FILES} files; the rest is left out", lost=True)
                )
                break
    except _TooLarge:
        problem = f"its files have more than {MOST_BYTES} bytes; the rest is left out"
        archived.findings.append(Finding(where, problem, lost=True))
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        archived.findings.append(Finding(where, f"its answer is cut off or broken: {error}", lost=True))
    archived.files = len(files)
    for group in _groups(files):
        seen = observe(group, view)
        archived.observations += [one for one in seen.found if not isinstance(one, Filtered)]
        archived.findings += seen.findings
    archived.observations.sort(key=lambda one: (one.stamp.path, one.part))
    return archived


def _files(data: bytes, roots: tuple[str, ...]) -> Iterator[File]:
    if not data:
        return
    with tarfile.open(
        fileobj=io.BufferedReader(_Unpacked(data), _CHUNK), mode="r|", ignore_zeros=True, errors="surrogateescape"
    ) as archive:
        for member in archive:
            path = posixpath.join("/", member.name)
            name = posixpath.basename(path)
            if not member.isreg() or not 0 < member.size <= LARGEST or not is_candidate(name):
                continue
            if not _is_asked_for(path, roots):
                continue
            content = archive.extractfile(member)
            if content is not None:
                yield _file(path, name, member, content.read())


def _is_asked_for(path: str, roots: tuple[str, ...]) -> bool:
    parts = path.split("/")
    if ".." in parts or SKIPPED.intersection(parts[:-1]):
        return False
    return any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in roots)


def _file(path: str, name: str, member: tarfile.TarInfo, data: bytes) -> File:
    stamp = FileStamp(
        path=path,
        size=member.size,
        mtime_ns=int(member.mtime * 1_000_000_000),
        content_hash=hashlib.sha256(data).hexdigest(),
    )
    owner, group = member.uname or str(member.uid), member.gname or str(member.gid)
    return File(stamp, name, reading.text(data, name), member.uid, member.gid, owner, group)


def _groups(files: Sequence[File]) -> Iterator[Sequence[File]]:
    """Return the files in the groups that they are read in, directory by directory."""
    folders: dict[str, dict[str, File]] = defaultdict(dict)
    for file in files:
        folders[posixpath.dirname(file.stamp.path)][file.name] = file
    for names in folders.values():
        for group in siblings.groups(names):
            yield [names[name] for name in group]
